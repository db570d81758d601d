"""The clock: APScheduler says when, the database says once. It owns no business state."""

from __future__ import annotations

import logging
import threading

from apscheduler.schedulers.background import BackgroundScheduler

from bot.domain.reminders import SHANGHAI
from bot.ports import Services

log = logging.getLogger(__name__)


def tick(services: Services) -> int:
    """Owe what is owed today, and forget whose time has come; harmless however often."""
    now = services.clock.now()
    owed = services.outbox.plan(now.astimezone(SHANGHAI).date(), now)
    forgotten = services.outbox.forget(now) + services.retention.sweep(now)
    if owed or forgotten:
        log.info("tick: %d owed, %d forgotten", owed, forgotten)
    return owed + forgotten


def run_clock(services: Services, every_s: float, stop: threading.Event) -> None:
    """Tick until ``stop`` is set."""
    scheduler = BackgroundScheduler(timezone=SHANGHAI)
    scheduler.add_job(
        tick,
        "interval",
        seconds=every_s,
        args=(services,),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    tick(services)
    scheduler.start()
    try:
        stop.wait()
    finally:
        scheduler.shutdown(wait=True)
