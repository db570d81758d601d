"""Renewals: what a person has told and shown, sealed under a key of each application's own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.domain.application import Actor, Deed, Happened, State, after
from bot.domain.form import Form, filled_from, form
from bot.domain.photo import Field, PhotoReading
from bot.ports import Application, Photo, Sight
from bot.store import data_key
from bot.store.cipher import Cipher
from bot.store.contact import Contact
from bot.store.driver import Connection, Row, Statement
from bot.store.jobs import StoredJobs
from bot.store.tables import OPEN, instant, micros

_CURRENT = Statement(f"SELECT * FROM applications WHERE contact_id = :id AND {OPEN}")
_LATEST = Statement(
    "SELECT * FROM applications WHERE contact_id = :id AND data_key IS NOT NULL"
    " ORDER BY id DESC LIMIT 1"
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
_SAME = Statement(
    f"SELECT id FROM applications WHERE id_index = :found_by AND contact_id <> :id AND {OPEN}"
)
_DISPUTED = Statement("UPDATE applications SET disputed = 1 WHERE id = :row")
_HAPPENED = Statement(
    "INSERT INTO application_events (application_id, deed, actor, happened_at, reasons, note)"
    " VALUES (:row, :deed, :actor, :now, :reasons, :note)"
)
_HISTORY = Statement("SELECT * FROM application_events WHERE application_id = :row ORDER BY id")
_PHOTOS = Statement(
    "SELECT id, document, state, reading, received_at FROM photos"
    " WHERE application_id = :row ORDER BY id"
)
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
    " WHERE id = :photo AND application_id = :row"
)
_REPLACED = Statement(
    "DELETE FROM photos WHERE application_id = :row AND document = :document AND id <> :photo"
    " AND state IN ('kept', 'skipped', 'refused')"
)
_DROP = Statement("DELETE FROM photos WHERE id = :photo AND application_id = :row")
_PICTURE = Statement("SELECT picture FROM photos WHERE id = :photo AND application_id = :row")
_SHRED_EVENTS = Statement(
    "DELETE FROM application_events WHERE application_id IN"
    " (SELECT id FROM applications WHERE contact_id = :id)"
)
_SHRED_PHOTOS = Statement(
    "DELETE FROM photos WHERE application_id IN"
    " (SELECT id FROM applications WHERE contact_id = :id)"
)
_SHRED = Statement(
    "UPDATE applications SET data_key = NULL, form = NULL, id_index = '', changed_at = :now,"
    " state = CASE WHEN state = 'renewed' THEN state ELSE 'withdrawn' END WHERE contact_id = :id"
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
        """Replace what the form holds; an ID number that another account named is disputed."""
        row, cipher = self._open()
        found_by = ""
        if form.id_number:
            found_by = self.contact.cipher.digest(form.id_number, "applications.id_number")
            for same in self.contact.run(_SAME, found_by=found_by).all():
                self._run(_DISPUTED, row=same.id)
                self._run(_DISPUTED, row=row.id)
        sealed = cipher.seal(json.dumps(form.to_row(), ensure_ascii=False), "form", row.id)
        self._run(_FILL, row=row.id, form=sealed, found_by=found_by, now=micros(now))

    def happen(
        self, deed: Deed, by: Actor, now: datetime, reasons: Sequence[str] = (), note: str = ""
    ) -> State:
        """Do a deed, write it into the history, and return the new state."""
        row, cipher = self._open()
        state = after(row.state, deed, by)
        values = {"deed": deed, "actor": by, "reasons": " ".join(reasons), "now": micros(now)}
        sealed = cipher.seal(note, "note", row.id) if note else None
        self._run(_HAPPENED, row=row.id, note=sealed, **values)
        self._run(_STATE, row=row.id, state=state, now=micros(now))
        return state

    def real_name(self, way: Literal["face", "person"], now: datetime) -> None:
        """Write down how it was checked who he is."""
        row, _ = self._open()
        self._run(_REAL_NAME, row=row.id, way=way, now=micros(now))

    def add_photo(self, document: str, source: str, payload: str, now: datetime) -> int:
        """Receive a photo and have it read; return its id."""
        row, _ = self._open()
        photo = self._photo(row, document, source, "waiting", now)
        work = {**json.loads(payload), "photo": photo, "document": document}
        self.jobs.add("read", str(photo), json.dumps(work), now)
        return photo

    def skip(self, document: str, now: datetime) -> None:
        """Write down that he has no such paper."""
        row, _ = self._open()
        photo = self._photo(row, document, "", "skipped", now)
        self._run(_REPLACED, row=row.id, document=document, photo=photo)

    def _photo(self, row: Row, document: str, source: str, state: str, now: datetime) -> int:
        values = {"document": document, "source": source, "state": state, "now": micros(now)}
        return int(self._run(_ADD_PHOTO, row=row.id, **values).scalar_one())

    def keep_sight(self, photo_id: int, sight: Sight, document: str, now: datetime) -> bool:
        """Keep a photo and what it shows; False if it is not waited for any more."""
        return self._seen(photo_id, document, "read", sight.photo, sight.reading)

    def refuse(self, photo_id: int, reading: PhotoReading, now: datetime) -> bool:
        """Give a photo up, with the problems why; False if it is not waited for any more."""
        return self._seen(photo_id, "", "refused", None, reading)

    def _seen(
        self, photo: int, document: str, state: str, picture: bytes | None, reading: PhotoReading
    ) -> bool:
        row = self.contact.run(_CURRENT).one_or_none()
        if row is None or not row.data_key:
            return False  # withdrawn or forgotten while somebody was reading
        cipher = data_key.unwrap(self.contact.cipher, row.data_key, row.id)
        kept = next((one for one in self._photos(row) if one.id == photo), None)
        if kept is None:
            return False
        values = {
            "document": document or kept.document,
            "state": state,
            "picture": cipher.seal_bytes(picture, "picture", photo) if picture else None,
            "reading": _seal_reading(cipher, photo, reading),
        }
        return bool(self._run(_SEEN, row=row.id, photo=photo, **values).rowcount)

    def confirm(self, photo_id: int, reading: PhotoReading, document: str, now: datetime) -> None:
        """Take a photo as right: it replaces an older one of its paper and fills the form."""
        row, cipher = self._open()
        self._read_as(row, cipher, photo_id, reading, document, "kept")
        self._run(_REPLACED, row=row.id, document=document, photo=photo_id)
        self.fill(filled_from(_form(cipher, row), document, reading), now)

    def correct(self, photo_id: int, reading: PhotoReading, document: str) -> None:
        """Replace what was read of a photo; it stays to be confirmed."""
        row, cipher = self._open()
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
        sealed = _seal_reading(cipher, photo, reading)
        values = {"document": document, "reading": sealed, "state": state}
        self._run(_READ_AS, row=row.id, photo=photo, **values)

    def drop(self, photo_id: int) -> None:
        """Forget a photo."""
        row, _ = self._open()
        self._run(_DROP, row=row.id, photo=photo_id)

    def picture(self, photo_id: int) -> bytes:
        """Return a photo's picture. Raises ``LookupError`` when there is none."""
        row, cipher = self._open()
        sealed = self._run(_PICTURE, row=row.id, photo=photo_id).scalar_one()
        if sealed is None:
            raise LookupError("no picture")
        return cipher.open_bytes(sealed, "picture", photo_id)

    def uploaded(self, upload_id: int) -> bytes:
        """Return a photo sent by our page; nothing when it is there no more."""
        return b""

    def shred(self, now: datetime) -> None:
        """Destroy the keys of all his applications, and all that lay under them."""
        self.contact.run(_SHRED_EVENTS)
        self.contact.run(_SHRED_PHOTOS)
        self.contact.run(_SHRED, now=micros(now))

    def _run(self, statement: Statement, **values: Any) -> Any:
        return self.contact.connection.execute(statement, {"id": self.contact.id, **values})

    def _open(self) -> tuple[Row, Cipher]:
        row = self.contact.run(_CURRENT).one()
        return row, data_key.unwrap(self.contact.cipher, row.data_key, row.id)

    def _photos(self, row: Row) -> tuple[Photo, ...]:
        return read(self.contact.connection, self.contact.cipher, row).photos


def read(connection: Connection, ring: Cipher, row: Row) -> Application:
    """Make an application of its row, with its photos and its history."""
    cipher = data_key.unwrap(ring, row.data_key, row.id) if row.data_key else None
    values = {"row": row.id}
    photos = connection.execute(_PHOTOS, values).all() if cipher else []
    events = connection.execute(_HISTORY, values).all() if cipher else []
    return Application(
        id=row.id,
        contact_id=row.contact_id,
        state=row.state,
        form=_form(cipher, row) if cipher else Form(),
        photos=tuple(_photo(cipher, photo) for photo in photos if cipher),
        history=tuple(_happened(cipher, row.id, event) for event in events if cipher),
        disputed=bool(row.disputed),
        real_name=row.real_name,
        created_at=instant(row.created_at),
        changed_at=instant(row.changed_at),
        shredded=cipher is None,
    )


def _form(cipher: Cipher, row: Row) -> Form:
    return form(json.loads(cipher.open(row.form, "form", row.id))) if row.form else Form()


def _photo(cipher: Cipher, row: Row) -> Photo:
    reading = None
    if row.reading:
        read_row = json.loads(cipher.open(row.reading, "reading", row.id))
        fields = {name: Field(*found) for name, found in read_row["fields"].items()}
        reading = PhotoReading(read_row["document"], fields, tuple(read_row["problems"]))
    return Photo(row.id, row.document, row.state, instant(row.received_at), reading)


def _seal_reading(cipher: Cipher, photo: int, reading: PhotoReading) -> bytes:
    row = {
        "document": reading.document,
        "fields": {name: [found.value, found.score] for name, found in reading.fields.items()},
        "problems": reading.problems,
    }
    return cipher.seal(json.dumps(row, ensure_ascii=False), "reading", photo)


def _happened(cipher: Cipher, application: int, row: Row) -> Happened:
    note = cipher.open(row.note, "note", application) if row.note else ""
    reasons = tuple(row.reasons.split())
    return Happened(row.deed, instant(row.happened_at), row.actor, reasons, note)
