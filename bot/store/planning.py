"""What is owed today becomes rows: one statement a point, unique by construction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from bot.domain import reminders
from bot.store.driver import Connection, Statement
from bot.store.tables import micros

MOST_DAYS = 400
"""How far back a clock that stood still catches up."""

_LAST = Statement("SELECT value FROM clockwork WHERE name = 'planned'")
_KEEP_LAST = Statement(
    "INSERT INTO clockwork (name, value) VALUES ('planned', :day)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_STATUS = ", ".join(f"'{status}'" for status in sorted(reminders.REMINDED))

REMINDED = (
    " FROM certificates c JOIN contacts p ON p.id = c.contact_id"
    f" WHERE c.status IN ({_STATUS})"
    " AND p.followed = 1 AND p.reminders_on = 1"
    " AND (c.muted_above IS NULL OR c.muted_above >= :point)"
)
"""Certificates whose owners want to hear of a point."""

# what was taken back may be owed again; what was told, or may have been, never
_NOT_YET = (
    " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.contact_id = c.contact_id"
    " AND o.kind = 'expiry' AND o.scope = CAST(c.id AS TEXT) || :scope"
    " AND (o.state <> 'cancelled' OR o.first_sent_at IS NOT NULL))"
)
_OF_DAY = " AND c.expires_on = :term AND c.created_at < :day_ends"
_INSERT = (
    "INSERT INTO outbox (contact_id, kind, scope, state, due_at, certificate_id, point, term)"
    " SELECT c.contact_id, 'expiry', CAST(c.id AS TEXT) || :scope, 'due', {due}, c.id, :point,"
    f" c.expires_on{REMINDED}{{which}}{_NOT_YET}"
    " ON CONFLICT (contact_id, kind, scope) DO UPDATE SET state = 'due', reason = '',"
    " due_at = excluded.due_at, via = NULL, tries = 0, settled_at = NULL"
    " WHERE outbox.state = 'cancelled' AND outbox.first_sent_at IS NULL"
)
# midnight of the day in Shanghai plus the person's hour; the zone has no summer time
_OWE_DAY = Statement(
    _INSERT.format(
        due=":midnight + COALESCE(p.hour, :hour) * CAST(3600000000 AS BIGINT)", which=_OF_DAY
    )
)
_OWE_ONE = Statement(_INSERT.format(due="CAST(:due AS BIGINT)", which=" AND c.id = :certificate"))
_UNPLANNED = Statement(f"SELECT count(*){REMINDED}{_OF_DAY}{_NOT_YET}")
# of several points of one term that nobody has been told, the newest alone remains
_SUPERSEDE = Statement(
    "UPDATE outbox SET state = 'superseded', reason = 'newer_point'"
    " WHERE kind = 'expiry' AND state IN ('due', 'parked') AND EXISTS ("
    "SELECT 1 FROM outbox n WHERE n.contact_id = outbox.contact_id AND n.kind = 'expiry'"
    " AND n.certificate_id = outbox.certificate_id AND n.term = outbox.term"
    " AND n.point < outbox.point AND n.due_at <= :now"
    " AND n.state IN ('due', 'parked', 'sending', 'sent', 'unknown', 'shown'))"
)
_SUPERSEDE_OF = Statement(f"{_SUPERSEDE.sqlite} AND contact_id = :contact")
_RECOUNT = Statement(
    "UPDATE contacts SET waiting = (SELECT count(*) FROM outbox WHERE"
    " contact_id = contacts.id AND state IN ('parked', 'unknown')) WHERE waiting > 0"
)


def plan(connection: Connection, today: date, now: datetime) -> int:
    """Owe today's points, and those of days the clock missed; return how many are new."""
    last = connection.execute(_LAST).scalar_one_or_none()
    new = 0
    for day in _days(last, today):
        for point, term in reminders.expiries_due(day):
            new += connection.execute(_OWE_DAY, _values(day, point, term)).rowcount
    if last != today.isoformat():
        connection.execute(_KEEP_LAST, {"day": today.isoformat()})
    if new or last != today.isoformat():
        supersede(connection, now)
    return new


def owe(
    connection: Connection, certificate_id: int, term: date, now: datetime, hour: int | None
) -> None:
    """Owe the latest point that a certificate has reached, unless it was told already."""
    point = reminders.reached(term, now.astimezone(reminders.SHANGHAI).date())
    if point is not None:
        values = {
            "certificate": certificate_id,
            "scope": f":{term.isoformat()}:{point}",
            "point": point,
            "due": micros(reminders.owed_at(term, point, now, hour)),
        }
        connection.execute(_OWE_ONE, values)


def supersede(connection: Connection, now: datetime) -> None:
    """Let a newer point that is due take the place of older ones nobody was told."""
    if connection.execute(_SUPERSEDE, {"now": micros(now)}).rowcount:
        connection.execute(_RECOUNT)


def supersede_of(connection: Connection, contact_id: int, now: datetime) -> None:
    """Do the same for one person, at the moment before something is sent to him."""
    connection.execute(_SUPERSEDE_OF, {"now": micros(now), "contact": contact_id})


def unplanned(connection: Connection, today: date) -> int:
    """Count the points of today that no clock has owed yet."""
    return sum(
        connection.execute(_UNPLANNED, _values(today, point, term)).scalar_one()
        for point, term in reminders.expiries_due(today)
    )


def _days(last: str | None, today: date) -> Iterator[date]:
    first = today if last is None else date.fromisoformat(last)
    first = max(min(first, today), today - timedelta(days=MOST_DAYS))
    while first <= today:
        yield first
        first += timedelta(days=1)


def _values(day: date, point: int, term: date) -> dict[str, Any]:
    midnight = micros(reminders.due_at(day, 0))
    return {
        "term": term.isoformat(),
        "scope": f":{term.isoformat()}:{point}",
        "midnight": midnight,
        "day_ends": midnight + 24 * 3600 * 1_000_000,
        "hour": reminders.DEFAULT_HOUR,
        "point": point,
    }
