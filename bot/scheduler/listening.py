"""A voice message made into words, then answered as if it had been typed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.handlers.router import drain
from bot.handlers.voice import HEARD
from bot.messages import Incoming, Said
from bot.ports import Job, NotRecognised, Outgoing, Recogniser, SendFailed, Services

MOST_TRIES = 4

PAUSE_S = 5

log = logging.getLogger(__name__)

Fetch = Callable[[str], bytes]
"""Get a sound by its media id. Raises ``SendFailed``."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Does the jobs of kind ``listen``."""

    services: Services
    fetch: Fetch
    recogniser: Recogniser

    def work(self, job_id: int) -> str:
        """Do one job if it is still due; return how it ended, or "" if there was nothing."""
        now = self.services.clock.now()
        job = self.services.jobs.take(job_id, now)
        if job is None:
            return ""
        try:
            words = self._words(job)
        except (SendFailed, NotRecognised) as error:
            return self._failed(job, error, now)
        if not words:
            self._say(job, "voice.nothing", now)
        else:
            self._answer(job, words, now)
        self.services.jobs.end(job.id, "done")
        return "done"

    def _words(self, job: Job) -> str:
        row = json.loads(job.payload)
        return self.recogniser.listen(self.fetch(row["media"]), row["format"])

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

    def _failed(self, job: Job, error: SendFailed | NotRecognised, now: datetime) -> str:
        again = error.again if isinstance(error, NotRecognised) else error.nature == "retry"
        reason = str(error)[:80]
        if again and job.tries < MOST_TRIES:
            at = now + timedelta(seconds=PAUSE_S * 2**job.tries)
            self.services.jobs.later(job.id, at, reason)
            return "due"
        log.error("job %d: the voice was not recognised: %s", job.id, reason)
        self._say(job, "voice.to_words", now)
        self.services.jobs.end(job.id, "dead", reason)
        return "dead"

    def _say(self, job: Job, key: str, now: datetime) -> None:
        said = Said(key, self.services.words.say(key))
        with self.services.conversations.open(job.contact_id) as conversation:
            conversation.mailbox.queue(Outgoing("reply_part", f"job:{job.id}", now, (said,)))
