"""Rows of applications, their photos and their history, read back as the shapes of the ports."""

from __future__ import annotations

import json

from bot.domain.application import Happened
from bot.domain.form import Form, form
from bot.domain.photo import Field, PhotoReading
from bot.ports import Application, Photo
from bot.store import data_key
from bot.store.cipher import Cipher
from bot.store.driver import Connection, Row, Statement
from bot.store.tables import OPEN, instant

# whether another account names the same number is asked of the rows whenever it is read:
# nobody writes into another person's row, and a slip that was mended is no dispute any more
APPLICATION = (
    "SELECT a.*, EXISTS (SELECT 1 FROM applications o WHERE o.id_index = a.id_index"
    f" AND o.id_index <> '' AND o.contact_id <> a.contact_id AND o.{OPEN} AND a.{OPEN})"
    " AS disputed FROM applications a"
)

_HISTORY = Statement("SELECT * FROM application_events WHERE application_id = :row ORDER BY id")
_PHOTOS = Statement(
    "SELECT id, document, state, reading, received_at FROM photos"
    " WHERE application_id = :row ORDER BY id"
)


def read(connection: Connection, ring: Cipher, row: Row) -> Application:
    """Make an application of a row of ``APPLICATION``. Raises ``Unreadable``."""
    cipher = data_key.unwrap(ring, row.data_key, row.id) if row.data_key else None
    events = connection.execute(_HISTORY, {"row": row.id}).all()
    return Application(
        id=row.id,
        contact_id=row.contact_id,
        state=row.state,
        form=read_form(cipher, row) if cipher else Form(),
        photos=photos(connection, cipher, row.id) if cipher else (),
        history=tuple(_happened(cipher, event) for event in events),
        disputed=bool(row.disputed),
        real_name=row.real_name,
        created_at=instant(row.created_at),
        changed_at=instant(row.changed_at),
        shredded=cipher is None,
    )


def photos(connection: Connection, cipher: Cipher, application_id: int) -> tuple[Photo, ...]:
    """Return an application's photos without their pictures. Raises ``Unreadable``."""
    rows = connection.execute(_PHOTOS, {"row": application_id}).all()
    return tuple(_photo(cipher, row) for row in rows)


def read_form(cipher: Cipher, row: Row) -> Form:
    """Return the form of an application. Raises ``Unreadable``."""
    return form(json.loads(cipher.open(row.form, "form", row.id))) if row.form else Form()


def seal_form(cipher: Cipher, application_id: int, filled: Form) -> bytes:
    """Encrypt a form for its application."""
    return cipher.seal(json.dumps(filled.to_row(), ensure_ascii=False), "form", application_id)


def seal_reading(cipher: Cipher, photo_id: int, reading: PhotoReading) -> bytes:
    """Encrypt what was read of a photo."""
    row = {
        "document": reading.document,
        "fields": {name: [found.value, found.score] for name, found in reading.fields.items()},
        "problems": reading.problems,
    }
    return cipher.seal(json.dumps(row, ensure_ascii=False), "reading", photo_id)


def _photo(cipher: Cipher, row: Row) -> Photo:
    reading = None
    if row.reading:
        read_row = json.loads(cipher.open(row.reading, "reading", row.id))
        fields = {name: Field(*found) for name, found in read_row["fields"].items()}
        reading = PhotoReading(read_row["document"], fields, tuple(read_row["problems"]))
    return Photo(row.id, row.document, row.state, instant(row.received_at), reading)


def _happened(cipher: Cipher | None, row: Row) -> Happened:
    note = cipher.open(row.note, "note", row.id) if row.note and cipher else ""
    return Happened(row.deed, instant(row.happened_at), row.actor, tuple(row.reasons.split()), note)
