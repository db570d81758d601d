"""Renewals: what a person has told and shown, sealed under a key of each application's own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.domain.application import EDITABLE, Actor, Deed, NotNow, State, after
from bot.domain.form import Form, filled_from
from bot.domain.photo import PhotoReading
from bot.ports import Application, Sight
from bot.store import data_key
from bot.store.application_rows import (
    APPLICATION,
    photos,
    read,
    read_form,
    seal_form,
    seal_reading,
)
from bot.store.cipher import Cipher
from bot.store.contact import Contact
from bot.store.driver import Row, Statement
from bot.store.jobs import StoredJobs
from bot.store.order_rows import CLOSE_UNPAID
from bot.store.tables import OPEN, micros

_CURRENT = Statement(f"{APPLICATION} WHERE a.contact_id = :id AND a.{OPEN}")
# one that was forgotten on demand has neither key nor history
_LATEST = Statement(
    f"{APPLICATION} WHERE a.contact_id = :id AND (a.data_key IS NOT NULL OR EXISTS"
    " (SELECT 1 FROM application_events e WHERE e.application_id = a.id))"
    " ORDER BY a.id DESC LIMIT 1"
)
_BEGIN = Statement(
    "INSERT INTO applications (contact_id, state, created_at, changed_at)"
    " VALUES (:id, 'draft', :now, :now) RETURNING id"
)
_KEY = Statement("UPDATE applications SET data_key = :key WHERE id = :row")
_FILL = Statement(
    "UPDATE applications SET form = :form, id_index = :found_by, changed_at = :now WHERE id = :row"
)
_STATE = Statement("UPDATE applications SET state = :state, changed_at = :now WHERE id = :row")
_REAL_NAME = Statement(
    "UPDATE applications SET real_name = :way, changed_at = :now WHERE id = :row"
)
_TOUCH = Statement("UPDATE applications SET changed_at = :now WHERE id = :row")
_HAPPENED = Statement(
    "INSERT INTO application_events (application_id, deed, actor, happened_at, reasons)"
    " VALUES (:row, :deed, :actor, :now, :reasons) RETURNING id"
)
_NOTE = Statement("UPDATE application_events SET note = :note WHERE id = :event")
_ADD_PHOTO = Statement(
    "INSERT INTO photos (application_id, document, source, state, received_at)"
    " VALUES (:row, :document, :source, :state, :now) RETURNING id"
)
_SEEN = Statement(
    "UPDATE photos SET document = :document, state = :state, picture = :picture,"
    " reading = :reading WHERE id = :photo AND application_id = :row AND state = 'waiting'"
)
_READ_AS = Statement(
    "UPDATE photos SET document = :document, reading = :reading, state = :state"
    " WHERE id = :photo AND application_id = :row AND state IN ('read', 'kept')"
)
_REPLACED = Statement(
    "DELETE FROM photos WHERE application_id = :row AND document = :document AND id <> :photo"
    " AND state IN ('kept', 'skipped', 'refused')"
)
_DROP = Statement("DELETE FROM photos WHERE id = :photo AND application_id = :row")
_PICTURE = Statement("SELECT picture FROM photos WHERE id = :photo AND application_id = :row")
_HIS = "SELECT id FROM applications WHERE contact_id = :id"
_SHRED = tuple(
    Statement(sql)
    for sql in (
        f"DELETE FROM application_events WHERE application_id IN ({_HIS})",
        f"DELETE FROM photos WHERE application_id IN ({_HIS})",
        f"DELETE FROM uploads WHERE application_id IN ({_HIS})",
        "UPDATE applications SET data_key = NULL, form = NULL, id_index = '', real_name = '',"
        " state = CASE WHEN state = 'renewed' THEN state ELSE 'withdrawn' END, changed_at = :now"
        " WHERE contact_id = :id",
    )
)


@dataclass(frozen=True, slots=True)
class StoredApplications:
    """Implements ``ports.Applications``, inside a person's transaction."""

    contact: Contact
    jobs: StoredJobs

    def current(self) -> Application | None:
        """Return the open one."""
        row = self.contact.run(_CURRENT).one_or_none()
        return None if row is None else read(self.contact.connection, self.contact.cipher, row)

    def latest(self) -> Application | None:
        """Return the open one, or else the one closed last."""
        row = self.contact.run(_LATEST).one_or_none()
        return None if row is None else read(self.contact.connection, self.contact.cipher, row)

    def begin(self, now: datetime) -> Application:
        """Open one, or return the one that is open."""
        if (found := self.current()) is not None:
            return found
        row = self.contact.run(_BEGIN, now=micros(now)).scalar_one()
        _, wrapped = data_key.make(self.contact.cipher, row)
        self._run(_KEY, row=row, key=wrapped)
        found = self.current()
        assert found is not None
        return found

    def fill(self, form: Form, now: datetime) -> None:
        """Replace what the form holds; its ID number can be found again, and not be read.

        Whoever is another by it has not been checked yet.
        """
        row, cipher = self._editable()
        before = read_form(cipher, row)
        if (before.name, before.id_number) != (form.name, form.id_number):
            self._run(_REAL_NAME, row=row.id, way="", now=micros(now))
        found_by = ""
        if form.id_number:
            found_by = self.contact.cipher.digest(form.id_number, "applications.id_number")
        sealed = seal_form(cipher, row.id, form)
        self._run(_FILL, row=row.id, form=sealed, found_by=found_by, now=micros(now))

    def happen(
        self, deed: Deed, by: Actor, now: datetime, reasons: Sequence[str] = (), note: str = ""
    ) -> State:
        """Do a deed, write it into the history, and return the new state."""
        row, cipher = self._open()
        state = after(row.state, deed, by)
        values = {"deed": deed, "actor": by, "reasons": " ".join(reasons), "now": micros(now)}
        event = self._run(_HAPPENED, row=row.id, **values).scalar_one()
        if note:
            self._run(_NOTE, event=event, note=cipher.seal(note, "note", event))
        self._run(_STATE, row=row.id, state=state, now=micros(now))
        if row.state == "ordered" and deed != "pay":
            self._close_unpaid(now)
        return state

    def _close_unpaid(self, now: datetime) -> None:
        """Close what he has ordered and not paid: it has no purpose any more."""
        for statement in CLOSE_UNPAID:
            self._run(statement, now=micros(now))

    def real_name(self, way: Literal["face", "person"], now: datetime) -> None:
        """Write down how it was checked who he is."""
        row, _ = self._open()
        self._run(_REAL_NAME, row=row.id, way=way, now=micros(now))

    def add_photo(self, document: str, source: str, payload: str, now: datetime) -> int:
        """Receive a photo and have it read; return its id."""
        photo = self._photo(document, source, "waiting", now)
        work = {**json.loads(payload), "photo": photo, "document": document}
        self.jobs.add("read", str(photo), json.dumps(work), now)
        return photo

    def skip(self, document: str, now: datetime) -> None:
        """Write down that he has no such paper."""
        photo = self._photo(document, "", "skipped", now)
        row, _ = self._editable()
        self._run(_REPLACED, row=row.id, document=document, photo=photo)

    def _photo(self, document: str, source: str, state: str, now: datetime) -> int:
        row, _ = self._open()
        values = {"document": document, "source": source, "state": state, "now": micros(now)}
        photo = int(self._run(_ADD_PHOTO, row=row.id, **values).scalar_one())
        self._run(_TOUCH, row=row.id, now=micros(now))
        return photo

    def keep_sight(self, photo_id: int, sight: Sight, document: str, now: datetime) -> bool:
        """Keep a photo and what it shows; False if it is not waited for any more."""
        return self._seen(photo_id, document, "read", sight.photo, sight.reading)

    def refuse(self, photo_id: int, reading: PhotoReading, now: datetime) -> bool:
        """Give a photo up, with the problems why; False if it is not waited for any more."""
        return self._seen(photo_id, None, "refused", None, reading)

    def _seen(
        self,
        photo: int,
        document: str | None,
        state: str,
        picture: bytes | None,
        reading: PhotoReading,
    ) -> bool:
        """Write what became of a photo; without a document it stays with the one asked for."""
        row = self.contact.run(_CURRENT).one_or_none()
        if row is None or not row.data_key:
            return False  # withdrawn or forgotten while somebody was reading
        cipher = data_key.unwrap(self.contact.cipher, row.data_key, row.id)
        there = photos(self.contact.connection, cipher, row.id)
        kept = next((one for one in there if one.id == photo), None)
        if kept is None:
            return False
        values = {
            "document": kept.document if document is None else document,
            "state": state,
            "picture": cipher.seal_bytes(picture, "picture", photo) if picture else None,
            "reading": seal_reading(cipher, photo, reading),
        }
        return bool(self._run(_SEEN, row=row.id, photo=photo, **values).rowcount)

    def confirm(self, photo_id: int, reading: PhotoReading, document: str, now: datetime) -> None:
        """Take a photo as right: it replaces an older one of its paper and fills the form."""
        row, cipher = self._editable()
        self._read_as(row, cipher, photo_id, reading, document, "kept")
        self._run(_REPLACED, row=row.id, document=document, photo=photo_id)
        self.fill(filled_from(read_form(cipher, row), document, reading), now)

    def correct(self, photo_id: int, reading: PhotoReading, document: str) -> None:
        """Replace what was read of a photo; it stays to be confirmed."""
        row, cipher = self._editable()
        self._read_as(row, cipher, photo_id, reading, document, "read")

    def _read_as(
        self,
        row: Row,
        cipher: Cipher,
        photo: int,
        reading: PhotoReading,
        document: str,
        state: str,
    ) -> None:
        sealed = seal_reading(cipher, photo, reading)
        values = {"document": document, "reading": sealed, "state": state}
        if not self._run(_READ_AS, row=row.id, photo=photo, **values).rowcount:
            raise LookupError("no such photo has been read")

    def drop(self, photo_id: int) -> None:
        """Forget a photo."""
        row, _ = self._editable()
        self._run(_DROP, row=row.id, photo=photo_id)

    def picture(self, photo_id: int) -> bytes:
        """Return a photo's picture. Raises ``LookupError`` when there is none."""
        row, cipher = self._open()
        sealed = self._run(_PICTURE, row=row.id, photo=photo_id).scalar_one()
        if sealed is None:
            raise LookupError("no picture")
        return cipher.open_bytes(sealed, "picture", photo_id)

    def shred(self, now: datetime) -> None:
        """Destroy the keys of all his applications, and all that lay under them."""
        self._close_unpaid(now)
        for statement in _SHRED:
            self.contact.run(statement, now=micros(now))

    def _run(self, statement: Statement, **values: Any) -> Any:
        return self.contact.connection.execute(statement, {"id": self.contact.id, **values})

    def _editable(self) -> tuple[Row, Cipher]:
        """Return the open one, if the welder may change it. Raises ``NotNow`` if not."""
        row, cipher = self._open()
        if row.state not in EDITABLE:
            raise NotNow(f"nothing is changed while {row.state}")
        return row, cipher

    def _open(self) -> tuple[Row, Cipher]:
        row = self.contact.run(_CURRENT).one()
        return row, data_key.unwrap(self.contact.cipher, row.data_key, row.id)
