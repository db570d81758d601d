"""The ring's keys change: what lies under an old one is sealed anew, and what still does is told.

A process that meets a number it does not know reads the ring again, so a key may be added
while everything runs.
"""

from __future__ import annotations

import base64
import os
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.domain.form import Form
from bot.ports import Busy
from bot.store import data_key
from bot.store.application_rows import read_form
from bot.store.cipher import Cipher, Unreadable, read_ring
from bot.store.database import Database
from bot.store.driver import Row, Statement

BATCH = 200
"""Rows of one transaction: nobody waits long for his turn."""

PATIENCE = 5
"""Tries of a batch whose person is in the middle of a turn."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that the ring itself seals; ``row`` is its key, ``owner`` what it is bound to."""

    table: str
    name: str
    owner: str = "contact_id"
    row: str = "id"

    @property
    def place(self) -> str:
        """Name it as it is bound."""
        return f"{self.table}.{self.name}"


SEALED = (
    Column("applications", "data_key", "id"),
    Column("contacts", "session", "id"),
    Column("certificates", "number"),
    Column("phone_codes", "phone", row="contact_id"),
    Column("phone_codes", "code", row="contact_id"),
    Column("human_requests", "words"),
    Column("unanswered", "words"),
    Column("jobs", "payload"),
    Column("outbox", "said"),
    Column("arrivals", "body"),
    Column("arrivals", "reply"),
    Column("orders", "invoice", "id"),
    Column("payments", "payer", "order_id"),
)

UNDER_DATA_KEYS = frozenset(
    {
        "applications.form",
        "application_events.note",
        "photos.picture",
        "photos.reading",
        "upload_pieces.content",
    }
)
"""Sealed under a key of an application: the ring wraps that key alone."""

_FORMS = Statement(
    "SELECT * FROM applications WHERE form IS NOT NULL AND data_key IS NOT NULL AND id > :after"
    f" ORDER BY id LIMIT {BATCH}"
)
_INDEX = Statement("UPDATE applications SET id_index = :found_by WHERE id = :row AND form = :form")


def add_key(path: Path) -> int:
    """Add a new newest key to the ring's file, whole or not at all; return its number.

    Raises ``OSError`` (``FileExistsError`` while another change is under way), ``ValueError``.
    """
    number = max(read_ring(path)) + 1
    if number > 255:
        raise ValueError(f"{path}: there are no numbers left: take old keys out")
    lines = path.read_text(encoding="ascii").rstrip("\n")
    text = f"{lines}\n{number} {base64.b64encode(os.urandom(32)).decode()}\n"
    draft, owner = path.with_name(f"{path.name}.new"), path.stat()
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(file, "w", encoding="ascii") as out:
            out.write(text)
            out.flush()
            os.fchown(file, owner.st_uid, owner.st_gid)
            os.fsync(file)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return number


def rewrap(database: Database, cipher: Cipher) -> int:
    """Seal anew, in batches, whatever lies under an older key; return how many values.

    What changes at the same moment, or does not open, is left as it is.
    """
    values = sum(_column(database, cipher, column) for column in SEALED)
    _find_again(database, cipher)
    return values


def usage(database: Database) -> Mapping[int, int]:
    """Count the values under each key of the ring."""
    found: Counter[int] = Counter()
    with database.read() as connection:
        for column in SEALED:
            name = column.name
            sql = (
                f"SELECT substr({name}, 1, 1) AS key, count(*) AS held FROM {column.table}"
                f" WHERE {name} IS NOT NULL AND length({name}) > 0 GROUP BY substr({name}, 1, 1)"
            )
            for row in connection.execute(Statement(sql)):
                found[bytes(row.key)[0]] += row.held
    return found


def _column(database: Database, cipher: Cipher, column: Column) -> int:
    name, key = column.name, column.row
    old = Statement(
        f"SELECT {key} AS key, {column.owner} AS owner, {name} AS sealed FROM {column.table}"
        f" WHERE {name} IS NOT NULL AND length({name}) > 0 AND substr({name}, 1, 1) <> :newest"
        f" AND {key} > :after ORDER BY {key} LIMIT {BATCH}"
    )
    new = Statement(
        f"UPDATE {column.table} SET {name} = :new WHERE {key} = :row AND {name} = :sealed"
    )
    done, after = 0, 0
    while True:
        with database.read() as connection:
            values = {"newest": bytes((cipher.newest,)), "after": after}
            rows = connection.execute(old, values).all()
        if not rows:
            return done
        done += _batch(database, cipher, column.place, new, rows)
        after = rows[-1].key


def _batch(
    database: Database, cipher: Cipher, place: str, statement: Statement, rows: list[Row]
) -> int:
    changes = []
    for row in rows:
        try:
            text = cipher.open_bytes(bytes(row.sealed), place, row.owner)
        except Unreadable:
            continue
        changes.append(
            {
                "row": row.key,
                "sealed": row.sealed,
                "new": cipher.seal_bytes(text, place, row.owner),
            }
        )
    for n in range(PATIENCE):
        try:
            with database.write() as connection:
                return sum(connection.execute(statement, values).rowcount for values in changes)
        except Busy:
            time.sleep(n)
    return 0


def _find_again(database: Database, cipher: Cipher) -> None:
    """Make the names by which ID numbers are found: the oldest key, taken out, changes them."""
    after = 0
    while True:
        with database.read() as connection:
            rows = connection.execute(_FORMS, {"after": after}).all()
        if not rows:
            return
        for row in rows:
            found_by = _found_by(cipher, row)
            if found_by not in {None, row.id_index}:
                with database.write() as connection:
                    values = {"row": row.id, "form": row.form, "found_by": found_by}
                    connection.execute(_INDEX, values)
        after = rows[-1].id


def _found_by(cipher: Cipher, row: Row) -> str | None:
    try:
        filled: Form = read_form(data_key.unwrap(cipher, row.data_key, row.id), row)
    except Unreadable:
        return None
    return cipher.digest(filled.id_number, "applications.id_number") if filled.id_number else ""
