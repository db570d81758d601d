"""The dates people write. Code has the grammar; the words of it are content.

A text is folded into signs first (``spelling``); a few patterns over that alphabet say what
was meant. Nothing here raises, whatever is typed.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from bot.domain.spelling import Vocabulary, fold
from bot.domain.spelling import whole_number as read_number

__all__ = (
    "Day",
    "Impossible",
    "Month",
    "NoDate",
    "Reading",
    "Unreadable",
    "Vocabulary",
    "read_date",
    "read_number",
)


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day."""

    date: date


@dataclass(frozen=True, slots=True)
class Month:
    """A month without a day."""

    year: int
    month: int


@dataclass(frozen=True, slots=True)
class Impossible:
    """A date that is in no calendar: ``why`` says which part cannot be (30 February: day)."""

    why: Literal["day", "month", "year"] = "day"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """He says that it cannot be read, or that he does not know."""


@dataclass(frozen=True, slots=True)
class NoDate:
    """No date in it, or one that would be a guess: a year alone, "in three months"."""


Reading = Day | Month | Impossible | Unreadable | NoDate

YEARS_AHEAD = 20
"""A year of two digits lies at most so far ahead; otherwise it has passed ("78" is 1978)."""

_REL = r"<(?P<ry>[+-]\d)Y>Y?"
_SHORT = r"(?<!\d)(?<!\d[^\d.<>YMDe])(?P<yy>\d\d)Y"
"""A short year, but not behind a word of number that we do not know (hundred, thousand)."""

_YEAR = (
    r"(?:(?<!\d)(?P<y>\d{4})[Y.]|(?<!\d)(?P<yd>\d\d)\."
    rf"|(?<!\d)(?P<ym>(?:19|20)\d\d)(?=\d\d?M)|{_SHORT}|{_REL})"
)
_SURE = rf"(?:(?<!\d)(?P<y>\d{{4}})[Y.]|{_SHORT}|{_REL})"
"""A year that is one even without a day behind it: "12-25" is no month of the year 12."""

_WITH_YEAR = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<!\w)(?P<compact>(?:19|20)\d{6})(?!\d)",
        r"^(?P<compact>\d{6})$",
        rf"{_YEAR}(?P<m>\d{{1,2}})[M.](?P<d>\d{{1,2}})(?!\d)D?",
        rf"{_SURE}(?P<m>\d{{1,2}})M?(?P<e>e)",
        rf"{_SURE}(?P<ye>e)",
        rf"{_SURE}(?P<m>\d{{1,2}})(?:M|(?![\w<])(?!\.\d))",
    )
)
_WITHOUT_YEAR = tuple(
    re.compile(pattern)
    for pattern in (
        r"<(?P<rm>[+-]\d)M>(?:(?P<d>\d{1,2})(?!\d)D?|(?P<e>e))?",
        r"(?<![\dY])(?P<m>\d{1,2})M(?P<d>\d{1,2})(?!\d)D?",
        r"(?<![\dY.])(?P<m>\d{1,2})\.(?P<d>\d{1,2})(?![\d.])D?",
        r"(?<![\dY])(?P<m>\d{1,2})M(?P<e>e)?",
        r"<(?P<rd>[+-]\d)D>",
        r"(?<![\dY])(?P<me>Me)",
        r"(?P<ye>Ye)",
        r"(?<![\dM.])(?P<d>\d{1,2})D",
    )
)


def read_date(text: str, vocabulary: Vocabulary, today: date) -> Reading:
    """Read the date in a text, relative words counted from ``today``.

    Of several dates with their years the latest counts: a certificate prints its term from
    one day to another. A month and day without a year are the next such day, today
    included (an expiry date lies ahead); so is a day without its month. The end of a month
    and of a year are days.
    """
    signs = fold(text, vocabulary)
    if found := list(_matches(_WITH_YEAR, signs)):
        return _latest([_dated(match, today) for match in found])
    for match in _matches(_WITHOUT_YEAR, signs):
        return _dated(match, today)
    plain = "".join(text.split())
    if any(word in plain for word in vocabulary.unreadable):
        return Unreadable()
    return NoDate()


def _matches(
    patterns: tuple[re.Pattern[str], ...], signs: str
) -> Iterator[Mapping[str, str | None]]:
    """Yield what the patterns find, an earlier pattern before a later; nothing is read twice."""
    for pattern in patterns:
        for match in pattern.finditer(signs):
            yield match.groupdict()
        signs = pattern.sub(" ", signs)


def _latest(readings: list[Reading]) -> Reading:
    """Choose the end of a term; one impossible end makes the whole uncertain."""
    wrong = [reading for reading in readings if isinstance(reading, Impossible)]
    return wrong[0] if wrong else max(readings, key=_last_day)


def _dated(found: Mapping[str, str | None], today: date) -> Reading:
    if compact := found.get("compact"):
        return _compact(compact, today)
    if days := found.get("rd"):
        return _shifted(today, int(days))
    end, day = bool(found.get("e")), _number(found.get("d"))
    year = _year(found, today)
    if found.get("ye"):
        return _at(year or today.year, 12, None, end=True)
    if found.get("me"):
        return _at(today.year, today.month, None, end=True)
    if months := found.get("rm"):
        return _at(*_months_on(today.year, today.month, int(months)), day, end)
    month = _number(found.get("m"))
    if month is None:
        return _soonest((_months_on(today.year, today.month, n) for n in range(12)), day, today)
    if year is not None:
        return _at(year, month, day, end)
    # 29 February may need eight years to come round again (1896, 1904)
    return _soonest(((today.year + n, month) for n in range(9)), day, today, end)


def _compact(digits: str, today: date) -> Reading:
    """Read 20270301, 202703 and 270301."""
    if len(digits) == 8:
        return _at(int(digits[:4]), int(digits[4:6]), int(digits[6:]), end=False)
    if digits[:2] in {"19", "20"} and 1 <= int(digits[4:]) <= 12:
        return Month(int(digits[:4]), int(digits[4:]))
    day = _at(_century(int(digits[:2]), today), int(digits[2:4]), int(digits[4:]), end=False)
    return day if isinstance(day, Day) else NoDate()


def _soonest(
    months: Iterator[tuple[int, int]], day: int | None, today: date, end: bool = False
) -> Reading:
    """Return the first of these months, or this day of them, that has not passed."""
    reading: Reading = NoDate()
    for year, month in months:
        reading = _at(year, month, day, end)
        if isinstance(reading, Day | Month) and _last_day(reading) >= today:
            return reading
    return reading if isinstance(reading, Impossible) else NoDate()


def _at(year: int, month: int, day: int | None, end: bool) -> Reading:
    if day is not None:
        return _day(year, month, day)
    first = _day(year, month, 1)
    if not isinstance(first, Day):
        return first
    return Day(_month_end(year, month)) if end else Month(year, month)


def _day(year: int, month: int, day: int) -> Reading:
    if not 1 <= month <= 12:
        return Impossible("month")
    if not date.min.year <= year <= date.max.year:
        return Impossible("year")
    if not 1 <= day <= _month_end(year, month).day:
        return Impossible("day")
    return Day(date(year, month, day))


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _last_day(reading: Reading) -> date:
    if isinstance(reading, Day):
        return reading.date
    if isinstance(reading, Month):
        return _month_end(reading.year, reading.month)
    return date.min


def _year(found: Mapping[str, str | None], today: date) -> int | None:
    if years := found.get("ry"):
        return today.year + int(years)
    digits = next((found[name] for name in ("y", "ym", "yy", "yd") if found.get(name)), None)
    if digits is None:
        return None
    return int(digits) if len(digits) == 4 else _century(int(digits), today)


def _century(year: int, today: date) -> int:
    """Complete a year of two digits: the one nearest below ``YEARS_AHEAD`` from now."""
    newest = today.year + YEARS_AHEAD
    return newest - (newest - year) % 100


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _months_on(year: int, month: int, by: int) -> tuple[int, int]:
    years, rest = divmod(month - 1 + by, 12)
    return year + years, rest + 1


def _shifted(today: date, days: int) -> Reading:
    try:
        return Day(today + timedelta(days=days))
    except OverflowError:
        return Impossible("year")
