"""The dates people write. Code has the grammar; the words of it are content.

A text is folded into signs first (``spelling``); a few patterns over that alphabet say what
was meant. Nothing here raises, whatever is typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from bot.domain.almanac import (
    YEARS_OFFERED,
    at,
    century,
    last_day,
    likely_years,
    months_on,
    shifted,
)
from bot.domain.readings import (
    Day,
    Impossible,
    Issued,
    Month,
    NoDate,
    Reading,
    Roughly,
    Supplied,
    Unreadable,
    Year,
)
from bot.domain.spelling import Vocabulary, fold, within
from bot.domain.spelling import whole_number as read_number

__all__ = (
    "Day",
    "Impossible",
    "Issued",
    "Month",
    "NoDate",
    "Reading",
    "Roughly",
    "Unreadable",
    "Vocabulary",
    "Year",
    "likely_years",
    "read_date",
    "read_number",
)

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
        rf"{_REL}[^\d<>YMDe]?<(?P<rd>[+-]\d)D>",
        rf"{_SURE}(?P<m>\d{{1,2}})M?(?P<e>e)",
        rf"{_SURE}(?P<ye>e)",
        rf"{_SURE}(?P<m>\d{{1,2}})(?:M|(?![\w<])(?!\.\d))",
    )
)
_BARE_YEAR = re.compile(rf"(?P<y>(?:19|20)\d\d)Y?|(?P<yy>\d\d)Y|{_REL}")
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
    included, and the reading says that the year was ``supplied``; so is a day without its
    month. The end of a month and of a year are days. A single date that is said to be the
    day of issue is none of expiry.
    """
    signs = fold(text, vocabulary)
    if found := list(_matches(_WITH_YEAR, signs)):
        reading = _latest([_dated(match, today) for match in found])
        return Issued() if len(found) == 1 and _issued(text, vocabulary) else reading
    for match in _matches(_WITHOUT_YEAR, signs):
        return Issued() if _issued(text, vocabulary) else _dated(match, today)
    return _no_date(text, signs, vocabulary, today)


def _issued(text: str, vocabulary: Vocabulary) -> bool:
    return within(text, vocabulary.issued) and not within(text, vocabulary.expiring)


def _no_date(text: str, signs: str, vocabulary: Vocabulary, today: date) -> Reading:
    """Tell apart what names no day: a year, a time more or less, "I cannot tell", the rest."""
    bare = "".join(sign for sign in signs if unicodedata.category(sign) != "Lo")
    if found := _BARE_YEAR.fullmatch(bare):
        year = _year(found.groupdict(), today) or 0
        if not date.min.year <= year <= date.max.year:
            return Impossible("year")
        return Issued() if _issued(text, vocabulary) else Year(year)
    if within(text, vocabulary.unreadable):
        return Unreadable()
    return Roughly() if within(text, vocabulary.roughly) else NoDate()


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
    return wrong[0] if wrong else max(readings, key=last_day)


def _dated(found: Mapping[str, str | None], today: date) -> Reading:
    if compact := found.get("compact"):
        return _compact(compact, today)
    if days := found.get("rd"):
        return shifted(today, int(days), int(found.get("ry") or 0))
    end, day = bool(found.get("e")), _number(found.get("d"))
    year = _year(found, today)
    if found.get("ye"):
        return at(year or today.year, 12, None, end=True)
    if found.get("me"):
        return at(today.year, today.month, None, end=True)
    if months := found.get("rm"):
        return at(*months_on(today.year, today.month, int(months)), day, end)
    month = _number(found.get("m"))
    if month is None:
        months_ahead = (months_on(today.year, today.month, n) for n in range(12))
        return _soonest(months_ahead, day, today, "month")
    if year is None and day and _is_year(month, today):
        year, month, day = century(month, today), day, None
    if year is not None:
        return at(year, month, day, end)
    # 29 February may need eight years to come round again (1896, 1904)
    return _soonest(((today.year + n, month) for n in range(9)), day, today, "year", end)


def _is_year(month: int, today: date) -> bool:
    """Tell whether the first part of "27-3" is a year of our time: it is no month."""
    return month > 12 and abs(century(month, today) - today.year) <= YEARS_OFFERED


def _compact(digits: str, today: date) -> Reading:
    """Read 20270301, 202703 and 270301."""
    if len(digits) == 8:
        return at(int(digits[:4]), int(digits[4:6]), int(digits[6:]), end=False)
    if digits[:2] in {"19", "20"} and 1 <= int(digits[4:]) <= 12:
        return Month(int(digits[:4]), int(digits[4:]))
    day = at(century(int(digits[:2]), today), int(digits[2:4]), int(digits[4:]), end=False)
    return day if isinstance(day, Day) else NoDate()


def _soonest(
    months: Iterator[tuple[int, int]],
    day: int | None,
    today: date,
    supplied: Supplied,
    end: bool = False,
) -> Reading:
    """Return the first of these months, or this day of them, that has not passed."""
    reading: Reading = NoDate()
    for year, month in months:
        reading = at(year, month, day, end)
        if isinstance(reading, Day | Month) and last_day(reading) >= today:
            return replace(reading, supplied=supplied)
    return reading if isinstance(reading, Impossible) else NoDate()


def _year(found: Mapping[str, str | None], today: date) -> int | None:
    if years := found.get("ry"):
        return today.year + int(years)
    digits = next((found[name] for name in ("y", "ym", "yy", "yd") if found.get(name)), None)
    if digits is None:
        return None
    return int(digits) if len(digits) == 4 else century(int(digits), today)


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None
