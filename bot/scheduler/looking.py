"""A photo fetched, read in a process of its own, kept sealed, and told about once."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.domain.application import NotNow
from bot.domain.photo import PhotoReading
from bot.domain.photo_use import Use, second_look, use_of
from bot.domain.reminders import SHANGHAI
from bot.handlers.router import drain
from bot.messages import Incoming
from bot.ports import (
    BadPhoto,
    Conversation,
    Job,
    NotRead,
    Reader,
    SecondReader,
    SendFailed,
    Services,
    Sight,
)
from bot.scheduler.listening import Fetch
from bot.scheduler.workshop import NotDone


@dataclass(frozen=True, slots=True)
class Looker:
    """Does the jobs of kind ``read``."""

    services: Services
    fetch: Fetch
    reader: Reader
    second: SecondReader | None = None

    def do(self, job: Job, now: datetime) -> None:
        """Read a photo, keep what it shows, and let it be told.

        Whoever does it again, after a worker that has kept it and died, only tells; a photo
        that is not wanted any more is not even fetched.
        """
        row = json.loads(job.payload)
        if not self._waits(job, int(row["photo"])):
            self._tell(job, int(row["photo"]), now)
            return
        photo = self._fetched(job, row)
        try:
            sight = self.reader.read(photo, row["document"]) if photo else None
        except BadPhoto as error:
            self._refused(job, row, error.reason, now)
            return
        except NotRead as error:
            raise NotDone(str(error), again=error.again) from None
        if sight is None:
            self._refused(job, row, "gone", now)
            return
        self._seen(job, row, self._looked_at_twice(sight, now), now)

    def give_up(self, job: Job, reason: str, now: datetime) -> None:
        """Tell that it could not be read here."""
        gone = reason.startswith("fetch")
        self._refused(job, json.loads(job.payload), "gone" if gone else "unread", now)

    def _waits(self, job: Job, photo: int) -> bool:
        with self.services.conversations.open(job.contact_id) as conversation:
            return _waits(conversation, photo)

    def _fetched(self, job: Job, row: dict[str, str]) -> bytes:
        """Return the photo; nothing for one that the platform keeps no more."""
        if "media" not in row:
            with self.services.conversations.open(job.contact_id) as conversation:
                try:
                    return conversation.uploads.content(int(row["upload"]))
                except LookupError:
                    return b""
        try:
            return self.fetch(row["media"])
        except SendFailed as error:
            if error.nature == "never":
                return b""
            raise NotDone(f"fetch: {error}", again=True) from None

    def _looked_at_twice(self, sight: Sight, now: datetime) -> Sight:
        """Ask for a second opinion on an ID card; without one the first stands."""
        paper = sight.reading.document
        if self.second is None or paper not in {"id_front", "id_back"}:
            return sight
        try:
            other = self.second.read_id_card(sight.photo, paper)
        except NotRead:
            return sight
        today = now.astimezone(SHANGHAI).date()
        return replace(sight, reading=second_look(sight.reading, other, today))

    def _seen(self, job: Job, row: dict[str, Any], sight: Sight, now: datetime) -> None:
        photo, expected = int(row["photo"]), str(row["document"])
        with self.services.conversations.open(job.contact_id) as conversation:
            if _waits(conversation, photo):  # else it was withdrawn while this was read
                _drop_upload(conversation, row)
                use = use_of(sight.reading, expected, _refused_before(conversation, expected))
                _keep(conversation, photo, sight, use, now)
        self._tell(job, photo, now)

    def _refused(self, job: Job, row: dict[str, Any], problem: str, now: datetime) -> None:
        photo = int(row["photo"])
        with self.services.conversations.open(job.contact_id) as conversation:
            if _waits(conversation, photo):
                _drop_upload(conversation, row)
                reading = PhotoReading(None, {}, (problem,))
                conversation.applications.refuse(photo, reading, now)
        self._tell(job, photo, now)

    def _tell(self, job: Job, photo: int, now: datetime) -> None:
        """Let it arrive as a message: answered once, however often this is done."""
        incoming = Incoming(
            key=f"{job.openid}:sight:{job.id}",
            openid=job.openid,
            kind="sight",
            sent_at=now,
            fields={"photo": photo},
        )
        self.services.conversations.arrive(incoming, now, late=True)
        drain(job.contact_id, self.services)


def _waits(conversation: Conversation, photo: int) -> bool:
    """Tell whether a photo is still to be read: not yet kept, nor withdrawn or forgotten."""
    application = conversation.applications.current()
    photos = application.photos if application else ()
    return any(one.id == photo and one.state == "waiting" for one in photos)


def _drop_upload(conversation: Conversation, row: dict[str, Any]) -> None:
    if "upload" in row:
        conversation.uploads.drop(int(row["upload"]))


def _keep(conversation: Conversation, photo: int, sight: Sight, use: Use, now: datetime) -> None:
    kept = conversation.applications
    if use.state == "refused":
        kept.refuse(photo, sight.reading, now)
        return
    kept.keep_sight(photo, sight, use.document, now)
    if use.state == "kept":
        with suppress(NotNow):  # handed in while this was read: an operator sees it
            kept.confirm(photo, sight.reading, use.document, now)


def _refused_before(conversation: Conversation, document: str) -> int:
    """Count the photos of a paper that could not be used: nobody is asked for ever."""
    application = conversation.applications.current()
    photos = application.photos if application else ()
    return sum(one.state == "refused" and one.document == document for one in photos)
