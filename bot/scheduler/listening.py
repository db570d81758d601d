"""A voice message made into words, then answered as if it had been typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.handlers.router import drain
from bot.handlers.voice import HEARD
from bot.messages import Incoming
from bot.ports import Job, NotRecognised, Recogniser, SendFailed, Services
from bot.scheduler.workshop import NotDone, say

Fetch = Callable[[str], bytes]
"""Get a file by its media id. Raises ``SendFailed``."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Does the jobs of kind ``listen``."""

    services: Services
    fetch: Fetch
    recogniser: Recogniser

    def do(self, job: Job, now: datetime) -> None:
        """Listen, and let what was heard be answered."""
        row = json.loads(job.payload)
        try:
            words = self.recogniser.listen(self.fetch(row["media"]), row["format"])
        except SendFailed as error:
            raise NotDone(str(error), again=error.nature == "retry") from None
        except NotRecognised as error:
            raise NotDone(str(error), again=error.again) from None
        if words:
            self._answer(job, words, now)
        else:
            say(job, "voice.nothing", self.services, now)

    def give_up(self, job: Job, _reason: str, now: datetime) -> None:
        """Tell how a voice is made into words by hand."""
        say(job, "voice.to_words", self.services, now)

    def _answer(self, job: Job, words: str, now: datetime) -> None:
        """Let the words arrive as a message of his: the answer leaves by the outbox.

        The job's id is in the key, so a job done twice is one message.
        """
        incoming = Incoming(
            key=f"{job.openid}:heard:{job.id}",
            openid=job.openid,
            kind="text",
            sent_at=now,
            text=words,
            fields={HEARD: words},
        )
        self.services.conversations.arrive(incoming, now, late=True)
        drain(job.contact_id, self.services)
