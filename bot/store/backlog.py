"""What is still to be done, and when the next thing will be: the demo's clock reads it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.domain import reminders
from bot.ports import Backlog
from bot.store import planning
from bot.store.driver import Connection, Statement
from bot.store.tables import instant, micros

_PENDING = Statement(
    "SELECT (SELECT count(*) FROM outbox WHERE state = 'due' AND due_at <= :now)"
    " + (SELECT count(*) FROM outbox WHERE state = 'sending')"
    " + (SELECT count(*) FROM timers WHERE fire_at <= :now)"
    " + (SELECT count(*) FROM arrivals WHERE done_at IS NULL)"
    " + (SELECT count(*) FROM jobs WHERE state = 'due' AND due_at <= :now)"
    " + (SELECT count(*) FROM contacts WHERE followed = 0 AND purge_at <= :now)"
)
_NEXT_DUE = Statement(
    "SELECT min(at) FROM (SELECT min(due_at) AS at FROM outbox WHERE state = 'due'"
    " AND due_at > :now UNION ALL SELECT min(fire_at) FROM timers WHERE fire_at > :now"
    " UNION ALL SELECT min(due_at) FROM jobs WHERE state = 'due' AND due_at > :now"
    " UNION ALL SELECT min(purge_at) FROM contacts WHERE followed = 0 AND purge_at > :now) x"
)
_NEXT_REMINDER = Statement(
    "SELECT min(due_at) FROM outbox WHERE state = 'due' AND kind = 'expiry' AND due_at > :now"
)
_NEXT_TERM = Statement(f"SELECT min(c.expires_on){planning.REMINDED} AND c.expires_on > :after")


def read_backlog(connection: Connection, now: datetime) -> Backlog:
    """Count what is still to be done at ``now`` (also points not yet planned)."""
    values = {"now": micros(now)}
    today = now.astimezone(reminders.SHANGHAI).date()
    pending = connection.execute(_PENDING, values).scalar_one()
    pending += planning.unplanned(connection, today)
    due = connection.execute(_NEXT_DUE, values).scalar_one()
    reminder = connection.execute(_NEXT_REMINDER, values).scalar_one()
    point = _next_point(connection, today)
    owed_at = reminders.due_at(point, 0) if point else None
    told_at = reminders.due_at(point, None) if point else None
    dues = [at for at in (instant(due) if due else None, owed_at) if at]
    tellings = [at for at in (instant(reminder) if reminder else None, told_at) if at]
    return Backlog(pending, min(dues, default=None), min(tellings, default=None))


def _next_point(connection: Connection, today: date) -> date | None:
    """Return the next day on which a point is owed."""
    days: list[date] = []
    for point in reminders.POINTS:
        after = (today + timedelta(days=point)).isoformat()
        found = connection.execute(_NEXT_TERM, {"after": after, "point": point}).scalar_one()
        if found:
            days.append(reminders.point_day(date.fromisoformat(found), point))
    return min(days, default=None)
