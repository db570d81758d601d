"""The dates people write. Code has the grammar; the words of it are content.

A text is folded into a small alphabet first: numerals become digits, words become signs
(``Y`` year, ``M`` month, ``D`` day, ``e`` end, ``+1Y`` next year …), and a few patterns over
that alphabet say what was meant. Nothing here raises, whatever is typed.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta


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
    """A date that is in no calendar, such as 30 February."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """He says that it cannot be read, or that he does not know."""


@dataclass(frozen=True, slots=True)
class NoDate:
    """No date in it."""


Reading = Day | Month | Impossible | Unreadable | NoDate


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words by their sign: ``year month day end``, numerals, relative words, "unreadable".

    ``signs`` maps a spelling to its sign: ``Y M D e`` (end of), ``+nY`` (the year n from
    now), ``+nM``, ``+nD``, ``h`` (half). ``digits`` maps a numeral to 0–9, ``ten`` lists
    the words for ten. ``unreadable`` lists ways to say that one cannot tell.
    """

    signs: Mapping[str, str]
    digits: Mapping[str, int]
    ten: frozenset[str]
    unreadable: tuple[str, ...]


_REL = r"(?:<(?P<ry>[+-]\d)Y>)"
_YEAR = rf"(?:(?P<y>\d{{4}}|\d{{2}})(?=[Y./-])|{_REL})"
_SURE = rf"(?:(?P<y>\d{{4}}|\d{{2}}(?=Y))(?=[Y./-])|{_REL})"
"""A year that is one even without a day behind it: "12-25" is no month of the year 12."""
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<unix>(?<!\d)(?:19|20)\d{6}(?!\d))",
        rf"{_YEAR}[Y./-]?(?P<m>\d{{1,2}})[M./-](?P<d>\d{{1,2}})(?!\d)[D]?",
        rf"{_SURE}[Y./-]?(?P<m>\d{{1,2}})(?:M|[./-])?(?P<e>e)",
        rf"{_SURE}[Y./-]?(?P<ye>e)",
        rf"{_SURE}[Y./-]?(?P<m>\d{{1,2}})(?!\d)M?(?![./-]?\d)",
        r"<(?P<rm>[+-]\d)M>(?:(?P<d>\d{1,2})(?!\d)D?|(?P<e>e))",
        r"<(?P<rm>[+-]\d)M>",
        r"(?<!\d)(?P<m>\d{1,2})M(?P<d>\d{1,2})(?!\d)D?",
        r"(?<![\d./-])(?P<m>\d{1,2})[./-](?P<d>\d{1,2})(?![\d./-])D?",
        r"(?<!\d)(?P<m>\d{1,2})M(?P<e>e)",
        r"(?<!\d)(?P<m>\d{1,2})M(?!\d)",
        r"<(?P<rd>[+-]\d)D>",
        r"(?P<me>Me)",
        r"(?P<ye>Ye)",
        r"(?<!\d)(?P<d>\d{1,2})D",
    )
)


def read_date(text: str, vocabulary: Vocabulary, today: date) -> Reading:
    """Read the first date in a text, relative words counted from ``today``.

    A month and day without a year are the next such day (an expiry date lies ahead); two
    digits of a year are this century. The end of a month and of a year are days.
    """
    signs = _fold(text, vocabulary)
    for pattern in _PATTERNS:
        if match := pattern.search(signs):
            return _dated(match.groupdict(), today)
    plain = "".join(text.split())
    if any(word in plain for word in vocabulary.unreadable):
        return Unreadable()
    return NoDate()


def read_number(text: str, vocabulary: Vocabulary) -> int | None:
    """Return the whole number which the text consists of, in digits or numerals."""
    signs = _numerals(unicodedata.normalize("NFKC", text).strip(" .,:)("), vocabulary)
    return int(signs) if re.fullmatch(r"[0-9]{1,9}", signs) else None


def _fold(text: str, vocabulary: Vocabulary) -> str:
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    spellings = sorted(vocabulary.signs, key=len, reverse=True)
    out: list[str] = []
    at = 0
    while at < len(plain):
        for word in spellings:
            if plain.startswith(word, at):
                sign = vocabulary.signs[word]
                out.append(f"<{sign}>" if sign[0] in "+-" else sign)
                at += len(word)
                break
        else:
            out.append(plain[at] if plain[at] not in "YMDe<>" else " ")
            at += 1
    return _numerals("".join(out), vocabulary)


def _numerals(signs: str, vocabulary: Vocabulary) -> str:
    digits, ten = vocabulary.digits, vocabulary.ten
    out: list[str] = []
    run: list[str] = []
    for sign in (*signs, ""):
        if sign and (sign in digits or sign in ten):
            run.append(sign)
            continue
        if run:
            out.append(_value(run, digits, ten))
            run = []
        out.append(sign)
    return "".join(out)


def _value(run: list[str], digits: Mapping[str, int], ten: frozenset[str]) -> str:
    """Spell a run of numerals in digits: one by one, or as tens and ones."""
    at = next((i for i, sign in enumerate(run) if sign in ten), None)
    if at is None or at > 1 or len(run) > at + 2:
        return "".join("10" if sign in ten else str(digits[sign]) for sign in run)
    tens = digits[run[0]] if at else 1
    ones = digits.get(run[at + 1], 0) if len(run) > at + 1 else 0
    return str(tens * 10 + ones)


def _dated(found: Mapping[str, str | None], today: date) -> Reading:
    if found.get("unix"):
        text = str(found["unix"])
        return _day(int(text[:4]), int(text[4:6]), int(text[6:]))
    if found.get("rd"):
        return Day(today + timedelta(days=int(str(found["rd"]))))
    year = _year(found, today)
    if found.get("ye"):
        return _day(year or today.year, 12, 31)
    if found.get("me"):
        return _end(today.year, today.month)
    if found.get("rm"):
        year, month = _shift(today.year, today.month, int(str(found["rm"])))
    elif found.get("m"):
        month = int(str(found["m"]))
    else:
        return _next_day(int(str(found["d"])), today)
    if not 1 <= month <= 12:
        return Impossible()
    return _in_month(found, year, month, today)


def _in_month(
    found: Mapping[str, str | None], year: int | None, month: int, today: date
) -> Reading:
    day = found.get("d")
    if year is None:
        for candidate in _years_ahead(today):
            reading = _at(candidate, month, day, bool(found.get("e")))
            if isinstance(reading, Impossible) or _last(reading) >= today:
                break
        # 29 February may need some years to come round again
        return reading
    return _at(year, month, day, bool(found.get("e")))


def _years_ahead(today: date) -> Iterator[int]:
    yield today.year
    yield today.year + 1


def _at(year: int, month: int, day: str | None, end: bool) -> Reading:
    if day is not None:
        return _day(year, month, int(day))
    return _end(year, month) if end else Month(year, month)


def _last(reading: Reading) -> date:
    if isinstance(reading, Day):
        return reading.date
    if isinstance(reading, Month):
        return date(
            reading.year, reading.month, calendar.monthrange(reading.year, reading.month)[1]
        )
    return date.min


def _year(found: Mapping[str, str | None], today: date) -> int | None:
    if found.get("ry"):
        return today.year + int(str(found["ry"]))
    if text := found.get("y"):
        return int(text) if len(text) == 4 else 2000 + int(text)
    return None


def _next_day(day: int, today: date) -> Reading:
    year, month = today.year, today.month
    if day < today.day:
        year, month = _shift(year, month, 1)
    return _day(year, month, day)


def _shift(year: int, month: int, by: int) -> tuple[int, int]:
    years, rest = divmod(month - 1 + by, 12)
    return year + years, rest + 1


def _end(year: int, month: int) -> Reading:
    return _day(year, month, calendar.monthrange(year, month)[1] if 1 <= year <= 9999 else 1)


def _day(year: int, month: int, day: int) -> Reading:
    try:
        return Day(date(year, month, day))
    except ValueError:
        return Impossible()
