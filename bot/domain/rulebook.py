"""Rules as data: the numbers a regulation sets, each with where it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from bot.domain.row import BadRow, Row
from bot.domain.source import Mark, Source

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
    """Make a rulebook from the mapping of its file ``name``. Raises ``BadRow``."""
    read = Row(row, name)
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
        valid_to=read.day_or_none("valid_to"),
        **values,
        figures=MappingProxyType({key: _source(numbers, key) for key in NUMBERS}),
        sources=MappingProxyType({key: _source(sources, key) for key in REASONS}),
    )
    if wrong := _contradiction(book):
        raise BadRow(f"{name}: {wrong}.")
    return book


def _source(rows: Row, key: str) -> Source:
    row = rows.part(key)
    row.only({"value", "source", "number", "clause", "mark", "checked_on"}, "part of a source")
    return row.source()


def _value(numbers: Row, key: str) -> Any:
    part = numbers.part(key)
    if key in OPTIONAL and part.values.get("value") is None:
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
