"""The worker: Dramatiq actors that are told ids, and the sweeper that rings for what is due.

Rows are the truth. A lost, doubled or late ring changes nothing: whoever acts claims the
row first. Without Redis the broker lives inside this process and the sweeper is all there
is; with Redis the same actors run on as many machines as there are.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import AgeLimit, Retries, TimeLimit

from bot.handlers.router import drain, wake
from bot.ports import Busy
from bot.scheduler.bookkeeper import Bookkeeper
from bot.scheduler.cashier import Cashier
from bot.scheduler.sender import Sender
from bot.scheduler.workshop import Workshop

SWEEP_S = {True: 1.0, False: 0.2}
"""Seconds between sweeps, with and without Redis."""

UNDONE_S = 20.0
"""An arrival nobody answered is swept after WeChat's three tries of 5 s are over."""

RING_AGAIN_S = 1.0

HOLD_S = 3.0
"""Seconds between renewals of a claim, a fraction of what it lasts."""

THREADS = 4

log = logging.getLogger(__name__)


def make_broker(redis_url: str) -> dramatiq.Broker:
    """Return the broker: Redis when there is one, else one inside this process.

    No retries and no results: the rows say what is to be done again.
    """
    middleware = [AgeLimit(max_age=60_000), TimeLimit(time_limit=60_000), Retries(max_retries=0)]
    if redis_url:
        return RedisBroker(  # type: ignore[no-untyped-call]
            url=redis_url, namespace="weldmate", middleware=middleware
        )
    return StubBroker(middleware=middleware)


@dataclass(frozen=True, slots=True)
class Crew:
    """Who works beside the sender; None for what the operator has not set up."""

    workshop: Workshop | None = None
    cashier: Cashier | None = None
    bookkeeper: Bookkeeper | None = None

    def work(self, job_id: int) -> None:
        """Do a job."""
        if self.workshop:
            self.workshop.work(job_id)

    def settle(self, number: str) -> None:
        """Ask about a payment or refund."""
        if self.cashier:
            self.cashier.look(number)

    def reconcile(self, day: str) -> None:
        """Compare a day with its statement."""
        if self.bookkeeper:
            self.bookkeeper.look(date.fromisoformat(day))


ALONE = Crew()


@dataclass(frozen=True, slots=True)
class Bells:
    """The actors of one broker."""

    deliver: dramatiq.Actor[[int], None]
    fire: dramatiq.Actor[[int, str], None]
    answer: dramatiq.Actor[[int], None]
    work: dramatiq.Actor[[int], None]
    settle: dramatiq.Actor[[str], None]
    reconcile: dramatiq.Actor[[str], None]


def make_bells(broker: dramatiq.Broker, sender: Sender, crew: Crew = ALONE) -> Bells:
    """Declare the actors on a broker, which must be chosen before."""
    services = sender.services

    def deliver(message_id: int) -> None:
        _unless_busy(lambda: sender.deliver(message_id))

    def fire(contact_id: int, kind: str) -> None:
        _unless_busy(lambda: wake(contact_id, kind, services))

    def answer(contact_id: int) -> None:
        _unless_busy(lambda: drain(contact_id, services))

    def work(job_id: int) -> None:
        _unless_busy(lambda: crew.work(job_id))

    def settle(number: str) -> None:
        _unless_busy(lambda: crew.settle(number))

    def reconcile(day: str) -> None:
        _unless_busy(lambda: crew.reconcile(day))

    def declare(name: str) -> dramatiq.ActorDecorator:
        return dramatiq.actor(actor_name=name, broker=broker, queue_name="weldmate")

    return Bells(
        declare("deliver")(deliver),
        declare("fire")(fire),
        declare("answer")(answer),
        declare("work")(work),
        declare("settle")(settle),
        declare("reconcile")(reconcile),
    )


def _unless_busy(work: Callable[[], object]) -> None:
    try:
        work()
    except Busy:
        log.info("a person is busy; the sweeper comes back")


class Sweeper:
    """Rings for every row that is due, and frees rows whose taker died."""

    def __init__(self, bells: Bells, sender: Sender, crew: Crew = ALONE) -> None:
        self._bells, self._services, self._crew = bells, sender.services, crew
        self._rung: dict[tuple[int | str, ...], float] = {}
        self._held = 0.0

    def sweep(self) -> int:
        """Ring once for everything due; return how many rings."""
        self._hold()
        now = self._services.clock.now()
        outbox = self._services.outbox
        outbox.recover(now)
        rings = 0
        for message_id in outbox.due(now):
            rings += self._ring(self._bells.deliver, message_id)
        for contact, kind in outbox.due_timers(now):
            rings += self._ring(self._bells.fire, contact, kind)
        for job in self._services.jobs.due(now):
            rings += self._ring(self._bells.work, job)
        for contact in self._services.conversations.undone(UNDONE_S):
            rings += self._ring(self._bells.answer, contact)
        return rings + self._money(now)

    def _money(self, now: datetime) -> int:
        """Ring for what WeChat Pay is to be asked."""
        rings, cashier, bookkeeper = 0, self._crew.cashier, self._crew.bookkeeper
        for number in cashier.errands.due(now) if cashier else ():
            rings += self._ring(self._bells.settle, number)
        for day in bookkeeper.desk.due(now) if bookkeeper else ():
            rings += self._ring(self._bells.reconcile, day.isoformat())
        return rings

    def _hold(self) -> None:
        """Renew now and then the claims of what this process has in hand."""
        now = time.monotonic()
        if self._crew.workshop and now - self._held >= HOLD_S:
            self._held = now
            self._crew.workshop.hold()

    def _ring(self, bell: dramatiq.Actor[..., None], *row: int | str) -> int:
        """Ring for a row, but not again while the last ring is still young."""
        now = time.monotonic()
        name = (bell.actor_name, *row)
        if now - self._rung.get(name, -RING_AGAIN_S) < RING_AGAIN_S:
            return 0
        if len(self._rung) > 10_000:
            self._rung = {r: at for r, at in self._rung.items() if now - at < RING_AGAIN_S}
        self._rung[name] = now
        bell.send(*row)
        return 1


def run_worker(sender: Sender, redis_url: str, stop: threading.Event, crew: Crew = ALONE) -> None:
    """Work until ``stop`` is set, then finish what is in hand."""
    broker = make_broker(redis_url)
    sweeper = Sweeper(make_bells(broker, sender, crew), sender, crew)
    worker = dramatiq.Worker(broker, worker_threads=THREADS, worker_timeout=100)
    worker.start()
    try:
        while not stop.wait(SWEEP_S[bool(redis_url)]):
            try:
                sweeper.sweep()
            except Exception:
                log.exception("sweep failed; the next one tries again")
    finally:
        worker.stop(timeout=8_000)
        broker.close()
