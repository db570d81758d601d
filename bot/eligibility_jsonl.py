"""``weldmate eligibility --jsonl``: the rules of the talk, for other programs."""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from bot.dialogs.lexicon import ContentLexicon
from bot.domain import dates
from bot.domain.certificate import AUTHORITIES, STATUSES
from bot.domain.eligibility import Case, assess
from bot.domain.rulebook import Rulebook

BYTE_ORDER_MARK = codecs.BOM_UTF8.decode()
"""What some programs write in front of UTF-8."""

ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BadField(Exception):
    """A field has a value it cannot have; the text names it."""


def speak_utf8(*streams: object) -> None:
    """Let streams carry UTF-8, as JSON does, whatever this machine's encoding is.

    Bytes that are none become replacement signs; a line that holds some is judged, or
    refused, like any other.
    """
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def run(
    lines: Iterable[str], rulebook: Rulebook, lexicon: ContentLexicon, today: date
) -> Iterator[str]:
    """Judge one JSON object a line, and yield one line for each.

    A line that is no object (an empty one too, so that lines in and out stay abreast) gives
    an ``error``, and the next goes on. ``today`` stands in for a line that names no day.

    Nobody can be asked here: ``expires_on`` without its year (or month) is the next such
    day, ``today`` included, where the talk would ask for it. A month, a year, "in three
    months" and the day of issue are no expiry date, and it counts as missing.
    """
    for line in lines:
        text = line.removeprefix(BYTE_ORDER_MARK)
        yield json.dumps(_judge(text, rulebook, lexicon, today), ensure_ascii=False)


def _judge(line: str, rulebook: Rulebook, lexicon: ContentLexicon, today: date) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {"error": "not JSON"}
    if not isinstance(row, dict):
        return {"error": "not an object"}
    try:
        if row.get("today") is not None:
            today = _iso_day(row, "today")
        found = assess(_case(row, lexicon, today), rulebook, today)
    except BadField as error:
        return {"error": str(error)}
    days = ("prepare_from", "opens_on", "safe_by", "expires_on")
    return {
        "verdict": found.verdict,
        **{name: day.isoformat() if (day := getattr(found, name)) else None for name in days},
        "missing": list(found.missing),
        "reasons": [{"id": reason.id, "source": reason.source.text} for reason in found.reasons],
    }


def _case(row: dict[str, Any], lexicon: ContentLexicon, today: date) -> Case:
    number = _typed(row, "number", str, "a text")
    born_on = _day(row, "born_on")
    if born_on and born_on > today:
        raise BadField("born_on must not be after today")
    authority = _one_of(row, "authority", AUTHORITIES)
    if authority is None and number:
        authority = lexicon.authority_of(number)
    return Case(
        authority=authority,
        number=number or None,
        status=_one_of(row, "status", STATUSES),
        expires_on=_typed_day(row, lexicon, today),
        healthy=_typed(row, "healthy", bool, "true or false"),
        violations_2y=_count(row, "violations_2y"),
        accident=_typed(row, "accident", bool, "true or false"),
        employed=_typed(row, "employed", bool, "true or false"),
        hours=_hours(row),
        born_on=born_on,
    )


def _typed(row: dict[str, Any], name: str, kind: type, shape: str) -> Any:
    value = row.get(name)
    if value is not None and not isinstance(value, kind):
        raise BadField(f"{name} must be {shape}")
    return value


def _one_of(row: dict[str, Any], name: str, allowed: tuple[Any, ...]) -> Any:
    value = row.get(name)
    if value is not None and value not in allowed:
        raise BadField(f"{name} must be one of {', '.join(allowed)}")
    return value


def _count(row: dict[str, Any], name: str) -> int | None:
    value = row.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadField(f"{name} must be a whole number, 0 or more")
    return value


def _hours(row: dict[str, Any]) -> tuple[float, ...] | None:
    value = row.get("hours")
    if value is None:
        return None
    good: Callable[[Any], bool] = lambda h: (  # noqa: E731
        isinstance(h, int | float) and not isinstance(h, bool) and h >= 0
    )
    if not isinstance(value, list) or not all(map(good, value)):
        raise BadField("hours must be a list of numbers, one for each year")
    return tuple(value)


def _day(row: dict[str, Any], name: str) -> date | None:
    return _iso_day(row, name) if row.get(name) else None


def _iso_day(row: dict[str, Any], name: str) -> date:
    """Read a day in its one form, which ``fromisoformat`` alone would not insist on."""
    value = _typed(row, name, str, "a day such as 2026-11-24")
    try:
        if not ISO_DAY.fullmatch(value):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise BadField(f"{name} must be a day such as 2026-11-24") from None


def _typed_day(row: dict[str, Any], lexicon: ContentLexicon, today: date) -> date | None:
    """Read the expiry date as a welder types it; a month alone is not a date."""
    value = _typed(row, "expires_on", str, "a text, as a welder types it")
    reading = lexicon.day(value, today) if value else None
    return reading.date if isinstance(reading, dates.Day) else None
