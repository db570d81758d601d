"""Rules as data: the numbers a regulation sets, each with where it is written."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal, cast

Mark = Literal["A", "B", "C"]
"""A: read in the official text; B: a secondary source; C: from memory, never shown as sure."""

REASONS = (
    "other_authority",
    "revoked",
    "cancelled",
    "expired",
    "violations",
    "age",
    "suspended",
    "accident",
    "unhealthy",
    "date_unknown",
    "too_early",
    "window_open",
    "urgent",
    "hours_short",
    "no_employer",
)
"""Every reason a verdict can give; a rulebook names the source of each."""


NUMBERS = (
    "validity_months",
    "prepare_months",
    "opens_months",
    "safe_days",
    "urgent_months",
    "violations_limit",
    "hours_per_year",
    "age_min",
    "age_max",
)
"""Every number of a rulebook; each names its own source."""

OPTIONAL = frozenset({"urgent_months", "age_min", "age_max"})
"""Numbers which a regulation may leave open; we never invent one."""

SHORTEST_MONTH = 28


class BadRulebook(Exception):
    """A rulebook file is wrong; the text names the key and says how to mend it."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule is written, how sure we are, and when it was last read."""

    title: str
    clause: str
    mark: Mark
    checked_on: date

    @property
    def text(self) -> str:
        """Return title and clause as they are quoted."""
        return f"{self.title} {self.clause}".strip()


@dataclass(frozen=True, slots=True)
class Rulebook:
    """One regulation, or guide, as numbers.

    Months are calendar months before the expiry date, clamped to the month's end.
    """

    id: str
    title: str
    valid_from: date
    valid_to: date | None
    """The last day it is in force; None: still."""
    validity_months: int
    prepare_months: int
    opens_months: int
    safe_days: int
    urgent_months: int | None
    """Urgent after so many months before expiry; None: after the safe deadline."""
    violations_limit: int
    """Violations within two years from which the review fails."""
    hours_per_year: int
    age_min: int | None
    age_max: int | None
    """The last year of age that is still allowed."""
    figures: Mapping[str, Source]
    """The source of each number, also of one that is left open."""
    sources: Mapping[str, Source]
    """The source of each reason."""

    @property
    def asks_age(self) -> bool:
        """Tell whether the birth date of a grown man can change the verdict."""
        return self.age_max is not None

    @property
    def confidence(self) -> Mark:
        """Return the weakest mark of the numbers that place the window in the calendar."""
        dated = ("validity_months", "opens_months", "safe_days")
        return max(self.figures[name].mark for name in dated)

    def source_of(self, reason: str) -> Source:
        """Return where the rule behind a reason is written."""
        return self.sources[reason]

    def in_force(self, day: date) -> bool:
        """Tell whether it is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def load(row: Mapping[str, Any], name: str) -> Rulebook:
    """Make a rulebook from the mapping of its file ``name``. Raises ``BadRulebook``."""
    read = _Reader(row, name)
    read.only({"id", "title", "valid_from", "valid_to", "numbers", "sources"}, "key")
    numbers = read.part("numbers")
    numbers.only(set(NUMBERS), "number")
    values = {key: _value(numbers, key) for key in NUMBERS}
    sources = read.part("sources")
    sources.only(set(REASONS), "reason")
    book = Rulebook(
        id=read.text("id"),
        title=read.text("title"),
        valid_from=read.day("valid_from"),
        valid_to=read.day("valid_to") if row.get("valid_to") else None,
        **values,
        figures=MappingProxyType({key: numbers.part(key).source() for key in NUMBERS}),
        sources=MappingProxyType({key: sources.part(key).source() for key in REASONS}),
    )
    if wrong := _contradiction(book):
        raise BadRulebook(f"{name}: {wrong}.")
    return book


def _value(numbers: _Reader, key: str) -> Any:
    part = numbers.part(key)
    if key in OPTIONAL and part.row.get("value") is None:
        return None
    return part.number("value", least=0 if key.startswith("age") else 1)


def _contradiction(book: Rulebook) -> str:
    """Name numbers that would let a date fall between the verdicts, or none."""
    if book.prepare_months < book.opens_months:
        return "numbers.prepare_months must not be less than opens_months"
    if book.urgent_months is not None and book.urgent_months > book.opens_months:
        return "numbers.urgent_months must not be more than opens_months"
    if book.safe_days > book.opens_months * SHORTEST_MONTH:
        return "numbers.safe_days must fall inside the window of opens_months"
    if book.age_min is not None and book.age_max is not None and book.age_min > book.age_max:
        return "numbers.age_min must not be more than age_max"
    if book.valid_to is not None and book.valid_to < book.valid_from:
        return "valid_to must not be before valid_from"
    return ""


class _Reader:
    """Reads one mapping; every complaint names the file and the path of the key."""

    def __init__(self, row: Mapping[str, Any], name: str, path: str = "") -> None:
        self.row, self.name, self.path = row, name, path

    def wrong(self, key: str, what: str) -> BadRulebook:
        return BadRulebook(f"{self.name}: {self.path}{key} {what}.")

    def only(self, known: Set[str], kind: str) -> None:
        for key in self.row:
            if key not in known:
                raise self.wrong(str(key), f"names no {kind}")

    def part(self, key: str) -> _Reader:
        value = self.row.get(key)
        if not isinstance(value, Mapping):
            raise self.wrong(key, "is missing")
        return _Reader(value, self.name, f"{self.path}{key}.")

    def text(self, key: str) -> str:
        value = self.row.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, "must be a text")
        return value

    def number(self, key: str, least: int) -> int:
        value = self.row.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.wrong(key, f"must be a whole number, {least} or more")
        return value

    def day(self, key: str) -> date:
        value = self.row.get(key)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.wrong(key, "must be a day, such as 2026-11-24")
        return value

    def source(self) -> Source:
        self.only({"value", "source", "clause", "mark", "checked_on"}, "part of a source")
        if self.row.get("mark") not in {"A", "B", "C"}:
            raise self.wrong("mark", "must be A, B or C")
        clause = self.text("clause") if self.row.get("clause") else ""
        mark = cast(Mark, self.row["mark"])
        return Source(self.text("source"), clause, mark, self.day("checked_on"))
