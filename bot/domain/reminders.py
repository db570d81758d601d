"""Which reminders are owed on which day, and at what hour they may be told."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.certificate import Status

SHANGHAI = ZoneInfo("Asia/Shanghai")

DAY_AFTER = -1

POINTS = (180, 120, 90, 60, 30, 15, 7, 3, 1, 0, DAY_AFTER)
"""Days before expiry at which a reminder is owed; ``DAY_AFTER``: "expired, what now"."""

SCARCE = frozenset({90, 30, 7})
"""The points for which a one-time consent or a template may be spent (wechat.md 2.2, 2.3)."""

QUIET_FROM, QUIET_TO = time(21, 0), time(8, 0)
"""Nobody is disturbed between these, unless he chose such an hour himself."""

DEFAULT_HOUR = 9

LAST_WEEK = 7
"""Points of so many days or fewer are the last ones: nothing may cost a person these."""

REMINDED: frozenset[Status] = frozenset({"valid", "suspended"})
"""Whose expiry is spoken of: the term of a suspended certificate runs on."""


def point_day(expires_on: date, point: int) -> date:
    """Return the day on which a point falls, within the calendar."""
    day = expires_on.toordinal() - point
    return date.fromordinal(max(1, min(day, date.max.toordinal())))


def reached(expires_on: date, today: date) -> int | None:
    """Return the latest point whose day has come, today's included; None before the first.

    It is what a person is owed at once who joins late, returns, or changes his mind: of
    several points that passed meanwhile, he is told the latest.
    """
    left = (expires_on - today).days
    return min((point for point in POINTS if point >= left), default=None)


def owed_at(expires_on: date, point: int, now: datetime, hour: int | None) -> datetime:
    """Return when a point that has been reached is told: at his hour, today or tomorrow.

    Today only if it is today's point and its hour is still to come: who has just spoken
    with us about his certificate is not reminded of it in the same breath.
    """
    today = now.astimezone(SHANGHAI).date()
    planned = due_at(point_day(expires_on, point), hour)
    return planned if planned > now else due_at(today + timedelta(days=1), hour)


def expiries_due(today: date) -> tuple[tuple[int, date], ...]:
    """Return (point, expiry date) of every certificate that has a point today."""
    return tuple((point, today + timedelta(days=point)) for point in POINTS)


def upcoming(
    expires_on: date, today: date, hour: int | None, above: int | None = None
) -> tuple[tuple[int, datetime], ...]:
    """Return (point, instant) still to come; points of more than ``above`` days are muted."""
    return tuple(
        (point, due_at(point_day(expires_on, point), hour))
        for point in POINTS
        if point_day(expires_on, point) >= today and (above is None or point <= above)
    )


def due_at(day: date, hour: int | None) -> datetime:
    """Return the instant of a day at which a person is reminded: his hour, or the default."""
    chosen = DEFAULT_HOUR if hour is None else hour
    return datetime.combine(day, time(chosen), SHANGHAI)


def quiet_until(now: datetime, hour: int | None) -> datetime | None:
    """Return when quiet hours end for a person, or None if it is not quiet now.

    The hour that he chose himself is never quiet for him: they end with it, or in the
    morning, whichever comes first.
    """
    local = now.astimezone(SHANGHAI)
    if local.hour == hour or QUIET_TO <= local.time() < QUIET_FROM:
        return None
    today = local.date()
    ends = [
        datetime.combine(day, time(end), SHANGHAI)
        for day in (today, today + timedelta(days=1))
        for end in {QUIET_TO.hour, QUIET_TO.hour if hour is None else hour}
    ]
    return min(end for end in ends if end > local)
