"""Jobs: rows say what is to be done, each kind has its hand, and a failure has its nature."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.messages import Said
from bot.ports import Job, Outgoing, Services

MOST_TRIES = 4

PAUSE_S = 5

log = logging.getLogger(__name__)


class NotDone(Exception):
    """A job could not be done; ``again``: it may be later."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.again = again


class Hand(Protocol):
    """Does jobs of one kind. It may be killed anywhere and asked again."""

    def do(self, job: Job, now: datetime) -> None:
        """Do a job. Raises ``NotDone``."""
        ...

    def give_up(self, job: Job, reason: str, now: datetime) -> None:
        """Tell the person, after the last try."""
        ...


@dataclass(frozen=True, slots=True)
class Workshop:
    """Does jobs, whatever their kind."""

    services: Services
    hands: Mapping[str, Hand] = field(default_factory=dict)
    in_hand: set[int] = field(default_factory=set, init=False)

    def work(self, job_id: int) -> str:
        """Do one job if it is still due; return how it ended, or "" if there was nothing."""
        now = self.services.clock.now()
        job = self.services.jobs.take(job_id, now)
        if job is None:
            return ""
        self.in_hand.add(job.id)
        try:
            return self._work(job, now)
        finally:
            self.in_hand.discard(job.id)

    def hold(self) -> None:
        """Keep what is in hand from being taken for a dead worker's: a photo may take long."""
        if held := tuple(self.in_hand):
            self.services.jobs.hold(held)

    def _work(self, job: Job, now: datetime) -> str:
        hand = self.hands.get(job.kind)
        if hand is None:
            log.error("job %d: nobody here does %s", job.id, job.kind)
            self.services.jobs.end(job.id, "dead", "no hand")
            return "dead"
        try:
            if job.tries > MOST_TRIES:  # whoever had it died of it, as often as it may fail
                raise NotDone("nobody came back from it", again=False)
            hand.do(job, now)
        except NotDone as error:
            return self._failed(job, hand, error, now)
        except Exception as error:
            log.exception("job %d (%s) failed", job.id, job.kind)
            return self._failed(job, hand, NotDone(type(error).__name__, again=True), now)
        self.services.jobs.end(job.id, "done")
        return "done"

    def _failed(self, job: Job, hand: Hand, error: NotDone, now: datetime) -> str:
        reason = str(error)[:80]
        if error.again and job.tries < MOST_TRIES:
            at = now + timedelta(seconds=PAUSE_S * 2**job.tries)
            self.services.jobs.later(job.id, at, reason)
            return "due"
        log.error("job %d (%s) was given up: %s", job.id, job.kind, reason)
        hand.give_up(job, reason, now)
        self.services.jobs.end(job.id, "dead", reason)
        return "dead"


def say(job: Job, key: str, services: Services, now: datetime) -> None:
    """Tell a person what became of a job, once."""
    said = Said(key, services.words.say(key))
    with services.conversations.open(job.contact_id) as conversation:
        conversation.mailbox.queue(Outgoing("reply_part", f"job:{job.id}", now, (said,)))
