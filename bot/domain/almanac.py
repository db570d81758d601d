"""What a calendar makes of years, months and days, impossible ones included."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from bot.domain.readings import Day, Impossible, Month, Reading

YEARS_AHEAD = 20
"""A year of two digits lies at most so far ahead; otherwise it has passed ("78" is 1978)."""

YEARS_OFFERED = 4
"""A certificate runs for two years and may be renewed early: its year is one of so many."""


def at(year: int, month: int, day: int | None, end: bool) -> Reading:
    """Return a day, the last day of a month (``end``), or a month."""
    if day is not None:
        return on(year, month, day)
    first = on(year, month, 1)
    if not isinstance(first, Day):
        return first
    return Day(month_end(year, month)) if end else Month(year, month)


def on(year: int, month: int, day: int) -> Reading:
    """Return a day, or which part of it cannot be."""
    if not 1 <= month <= 12:
        return Impossible("month")
    if not date.min.year <= year <= date.max.year:
        return Impossible("year")
    if not 1 <= day <= month_end(year, month).day:
        return Impossible("day")
    return Day(date(year, month, day))


def month_end(year: int, month: int) -> date:
    """Return the last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def last_day(reading: Reading) -> date:
    """Return the last day that a reading covers; the first of all if it covers none."""
    if isinstance(reading, Day):
        return reading.date
    if isinstance(reading, Month):
        return month_end(reading.year, reading.month)
    return date.min


def century(year: int, today: date) -> int:
    """Complete a year of two digits: the one nearest below ``YEARS_AHEAD`` from now."""
    newest = today.year + YEARS_AHEAD
    return newest - (newest - year) % 100


def months_on(year: int, month: int, by: int) -> tuple[int, int]:
    """Go some months on, or back, from a month."""
    years, rest = divmod(month - 1 + by, 12)
    return year + years, rest + 1


def shifted(today: date, days: int, years: int) -> Reading:
    """Go some days on, or back, and then to the same day so many years away."""
    try:
        day = today + timedelta(days=days)
    except OverflowError:
        return Impossible("year")
    return on(day.year + years, day.month, day.day)


def likely_years(month: int, day: int | None, today: date) -> tuple[int, ...]:
    """Return the years in which a day, or month, named without one may well lie.

    The first is that of the last twelve months, because an expiry that has just passed
    matters most; a day that was not in them (29 February) begins with the next.
    """
    oldest = today - timedelta(days=365) if today.year > 1 else today
    years = range(max(today.year - 1, 1), min(today.year + YEARS_OFFERED, date.max.year) + 1)
    return tuple(
        year
        for year in years
        if not isinstance(reading := at(year, month, day, end=False), Impossible)
        and last_day(reading) > oldest
    )[:YEARS_OFFERED]
