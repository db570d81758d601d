"""Photos that arrive in pieces: each is sealed under the application's key as it comes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.upload import HEAD, LARGEST, looks_like_photo
from bot.ports import NotTaken, Sending, WrongOffset
from bot.store import data_key
from bot.store.applications import StoredApplications
from bot.store.cipher import Cipher
from bot.store.contact import Contact
from bot.store.driver import Connection, Row, Statement
from bot.store.tables import OPEN, micros

KEPT_FOR = timedelta(days=1)

MOST_A_DAY = 40
"""Files of one application: seven papers, each photographed five times, still go."""

_APPLICATION = Statement(f"SELECT id, data_key FROM applications WHERE contact_id = :id AND {OPEN}")
# a finished file counts as received while its photo is good for something: refused or gone,
# the same file may be sent again
_FIND = Statement(
    "SELECT u.* FROM uploads u LEFT JOIN photos p ON p.id = u.photo_id"
    " WHERE u.application_id = :row AND u.name = :name"
    " AND (u.photo_id IS NULL OR p.state IN ('waiting', 'read', 'kept'))"
    " ORDER BY u.id DESC LIMIT 1"
)
_COUNT = Statement("SELECT count(*) FROM uploads WHERE application_id = :row")
_BEGIN = Statement(
    "INSERT INTO uploads (application_id, document, name, size, received, began_at)"
    " VALUES (:row, :document, :name, :size, 0, :now) RETURNING *"
)
_PIECE = Statement(
    "INSERT INTO upload_pieces (upload_id, start, content) VALUES (:upload, :start, :content)"
)
_RECEIVED = Statement("UPDATE uploads SET received = :received WHERE id = :upload")
_FINISHED = Statement("UPDATE uploads SET photo_id = :photo WHERE id = :upload")
_PIECES = Statement(
    "SELECT p.start, p.content FROM upload_pieces p JOIN uploads u ON u.id = p.upload_id"
    " WHERE u.id = :upload AND u.application_id = :row ORDER BY p.start"
)
_DROP = Statement(
    "DELETE FROM upload_pieces WHERE upload_id IN"
    " (SELECT id FROM uploads WHERE id = :upload AND application_id = :row)"
)
_AWAY = Statement("DELETE FROM uploads WHERE id = :upload")
_UNFINISHED = Statement(
    "SELECT document, received, size FROM uploads"
    " WHERE application_id = :row AND photo_id IS NULL AND received > 0 ORDER BY id"
)
_FORGET = Statement(
    "DELETE FROM uploads WHERE began_at <= :before AND NOT EXISTS"
    " (SELECT 1 FROM photos p WHERE p.id = uploads.photo_id AND p.state = 'waiting')"
)


def forget(connection: Connection, now: datetime) -> int:
    """Forget files that were begun a day ago, but for those still waiting to be read."""
    return connection.execute(_FORGET, {"before": micros(now - KEPT_FOR)}).rowcount


@dataclass(frozen=True, slots=True)
class StoredUploads:
    """Implements ``ports.Uploads``, inside a person's transaction."""

    contact: Contact
    applications: StoredApplications

    def offset(self, sending: Sending) -> int:
        """Return how many bytes of a file are there."""
        found = self.contact.run(_APPLICATION).one_or_none()
        upload = found and self._find(found.id, sending)
        return int(upload.received) if upload else 0

    def append(self, sending: Sending, offset: int, piece: bytes, now: datetime) -> int:
        """Take a piece, once however often it comes; return the offset that follows."""
        application, cipher = self._open()
        _check(sending, offset, piece)
        upload = self._find(application, sending)
        received = upload.received if upload else 0
        end = offset + len(piece)
        if end <= received:
            return int(received)  # it has come before, its answer was lost
        if offset != received:
            raise WrongOffset(received)
        if upload is None:
            upload = self._begin(application, sending, now)
        sealed = cipher.seal_bytes(piece, _place(offset), upload.id)
        self.contact.run(_PIECE, upload=upload.id, start=offset, content=sealed)
        self.contact.run(_RECEIVED, upload=upload.id, received=end)
        if end < sending.size:
            return end
        content = self._content(application, cipher, upload.id)
        if hashlib.sha256(content).hexdigest() != sending.digest:
            self.contact.run(_AWAY, upload=upload.id)
            return 0
        self._finish(upload.id, sending, now)
        return end

    def _finish(self, upload: int, sending: Sending, now: datetime) -> None:
        payload = json.dumps({"upload": upload})
        photo = self.applications.add_photo(sending.document, "page", payload, now)
        self.contact.run(_FINISHED, upload=upload, photo=photo)

    def unfinished(self) -> Mapping[str, float]:
        """Return how much of a paper's photo has arrived, where one was cut short."""
        application, _ = self._open()
        rows = self.contact.run(_UNFINISHED, row=application)
        return {row.document: row.received / row.size for row in rows}

    def content(self, upload_id: int) -> bytes:
        """Return a whole file. Raises ``LookupError`` when it is not there (any more)."""
        application, cipher = self._open()
        if not (found := self._content(application, cipher, upload_id)):
            raise LookupError("no such upload")
        return found

    def drop(self, upload_id: int) -> None:
        """Forget a file's bytes: it has been read."""
        application, _ = self._open()
        self.contact.run(_DROP, upload=upload_id, row=application)

    def _open(self) -> tuple[int, Cipher]:
        row = self.contact.run(_APPLICATION).one()
        return row.id, data_key.unwrap(self.contact.cipher, row.data_key, row.id)

    def _name(self, application: int, sending: Sending) -> str:
        """Return what a file is found by; a digest of a photo would tell who has the same."""
        text = f"{application}:{sending.document}:{sending.size}:{sending.digest}"
        return self.contact.cipher.digest(text, "uploads.name")

    def _find(self, application: int, sending: Sending) -> Row | None:
        name = self._name(application, sending)
        return self.contact.run(_FIND, row=application, name=name).one_or_none()

    def _begin(self, application: int, sending: Sending, now: datetime) -> Row:
        if self.contact.run(_COUNT, row=application).scalar_one() >= MOST_A_DAY:
            raise NotTaken("many")
        values = {"document": sending.document, "size": sending.size, "now": micros(now)}
        name = self._name(application, sending)
        return self.contact.run(_BEGIN, row=application, name=name, **values).one()

    def _content(self, application: int, cipher: Cipher, upload: int) -> bytes:
        pieces = self.contact.run(_PIECES, row=application, upload=upload)
        opened = [cipher.open_bytes(row.content, _place(row.start), upload) for row in pieces]
        return b"".join(opened)


def _check(sending: Sending, offset: int, piece: bytes) -> None:
    """Refuse what cannot become a photo, before anything of it is kept."""
    if not sending.size or not piece:
        raise NotTaken("empty")
    if sending.size > LARGEST or offset + len(piece) > sending.size:
        raise NotTaken("bytes")
    if offset == 0 and not looks_like_photo(piece[:HEAD]):
        raise NotTaken("kind")


def _place(start: int) -> str:
    return f"upload_pieces.content:{start}"
