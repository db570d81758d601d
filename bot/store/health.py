"""What the rows themselves tell of the processes: who has stood still, what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.store.driver import Connection, Statement
from bot.store.tables import instant, micros

ORDINARY = frozenset({"not_following", "reminders_off", "too_late", "weekly_cap"})
"""Reasons to end a message that are no fault: the person or his allowance wanted it so."""

RECENT = timedelta(days=7)

_PLANNED = Statement("SELECT value FROM clockwork WHERE name = 'planned'")
_DUE = Statement("SELECT min(due_at) FROM outbox WHERE state = 'due'")
_UNANSWERED = Statement("SELECT min(arrived_at) FROM arrivals WHERE done_at IS NULL")
_UNKNOWN = Statement("SELECT count(*) FROM outbox WHERE state = 'unknown'")
_DEAD = Statement(
    "SELECT reason, count(*) AS rows FROM outbox WHERE state = 'dead'"
    " AND COALESCE(settled_at, due_at) > :since GROUP BY reason ORDER BY reason"
)


@dataclass(frozen=True, slots=True)
class Health:
    """What is behind its time, and what ended badly of late."""

    planned_on: date | None
    """The last day whose reminders a clock has owed."""
    due_since: datetime | None
    """When the oldest message was due that is not sent yet; business time."""
    unanswered_since: datetime | None
    """When the oldest message arrived that nobody has answered; real time."""
    unknown: int
    """Messages cut after the request, which nobody has been shown yet."""
    dead: Mapping[str, int]
    """Messages of the last week that never went, by reason."""


def read_health(connection: Connection, now: datetime) -> Health:
    """Read it from the rows at business time ``now``."""
    planned = connection.execute(_PLANNED).scalar_one_or_none()
    dead = connection.execute(_DEAD, {"since": micros(now - RECENT)})
    return Health(
        planned_on=date.fromisoformat(planned) if planned else None,
        due_since=_instant(connection, _DUE),
        unanswered_since=_instant(connection, _UNANSWERED),
        unknown=connection.execute(_UNKNOWN).scalar_one(),
        dead={row.reason: row.rows for row in dead if row.reason not in ORDINARY},
    )


def _instant(connection: Connection, statement: Statement) -> datetime | None:
    found = connection.execute(statement).scalar_one()
    return None if found is None else instant(found)
