"""The clock: APScheduler says when, the database says once. It owns no business state."""

from __future__ import annotations

import logging
import threading

from apscheduler.schedulers.background import BackgroundScheduler

from bot.domain.reminders import SHANGHAI
from bot.ports import OrderDesk, Services

log = logging.getLogger(__name__)


def tick(services: Services, orders: OrderDesk | None = None) -> int:
    """Owe what is owed today, forget whose time has come, close what nobody has paid.

    Harmless however often. It asks nobody over the network: that is the workers' part.
    """
    now = services.clock.now()
    owed = services.outbox.plan(now.astimezone(SHANGHAI).date(), now)
    forgotten = services.outbox.forget(now) + services.retention.sweep(now)
    closed = orders.expire(now) if orders else 0
    if owed or forgotten or closed:
        log.info("tick: %d owed, %d forgotten, %d orders closed", owed, forgotten, closed)
    return owed + forgotten + closed


def run_clock(
    services: Services, every_s: float, stop: threading.Event, orders: OrderDesk | None = None
) -> None:
    """Tick until ``stop`` is set."""
    scheduler = BackgroundScheduler(timezone=SHANGHAI)
    scheduler.add_job(
        tick,
        "interval",
        seconds=every_s,
        args=(services, orders),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    tick(services, orders)
    scheduler.start()
    try:
        stop.wait()
    finally:
        scheduler.shutdown(wait=True)
