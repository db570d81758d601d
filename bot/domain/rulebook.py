"""Rules as data: the numbers a regulation sets, each with where it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
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


class BadRulebook(Exception):
    """A rulebook file is wrong; the text names the key and says how to mend it."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule is written, how sure we are, and when it was last read."""

    text: str
    mark: Mark
    checked_on: date


@dataclass(frozen=True, slots=True)
class Rulebook:
    """One regulation, or guide, as numbers.

    Months are calendar months before the expiry date, clamped to the month's end.
    """

    id: str
    title: str
    valid_from: date
    valid_to: date | None
    validity_months: int
    prepare_months: int
    opens_months: int
    safe_days: int
    urgent_months: int | None
    """Urgent after so many months before expiry; None: after the safe deadline."""
    violations_limit: int
    hours_per_year: int
    age_min: int | None
    age_max: int | None
    sources: Mapping[str, Source]

    @property
    def asks_age(self) -> bool:
        """Tell whether the birth date can change the verdict."""
        return self.age_max is not None

    def source_of(self, reason: str) -> Source:
        """Return where the rule behind a reason is written."""
        return self.sources[reason]


def load(row: Mapping[str, Any], name: str) -> Rulebook:
    """Make a rulebook from the mapping of its file. Raises ``BadRulebook``."""
    read = _Reader(row, name)
    book = Rulebook(
        id=read.text("id"),
        title=read.text("title"),
        valid_from=read.day("valid_from"),
        valid_to=read.day("valid_to") if row.get("valid_to") else None,
        validity_months=read.number("validity_months"),
        prepare_months=read.number("prepare_months"),
        opens_months=read.number("opens_months"),
        safe_days=read.number("safe_days"),
        urgent_months=read.optional("urgent_months"),
        violations_limit=read.number("violations_limit"),
        hours_per_year=read.number("hours_per_year"),
        age_min=read.optional("age_min"),
        age_max=read.optional("age_max"),
        sources=read.sources(),
    )
    if book.prepare_months < book.opens_months:
        raise BadRulebook(f"{name}: prepare_months must not be less than opens_months.")
    return book


class _Reader:
    def __init__(self, row: Mapping[str, Any], name: str) -> None:
        self.row, self.name = row, name

    def text(self, key: str) -> str:
        value = self.row.get(key)
        if not isinstance(value, str) or not value.strip():
            raise BadRulebook(f"{self.name}: {key} must be a text.")
        return value

    def number(self, key: str) -> int:
        value = self.row.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise BadRulebook(f"{self.name}: {key} must be a whole number, 0 or more.")
        return value

    def optional(self, key: str) -> int | None:
        return None if self.row.get(key) is None else self.number(key)

    def day(self, key: str) -> date:
        value = self.row.get(key)
        if not isinstance(value, date):
            raise BadRulebook(f"{self.name}: {key} must be a day, such as 2026-11-24.")
        return value

    def sources(self) -> Mapping[str, Source]:
        rows = self.row.get("sources")
        if not isinstance(rows, Mapping):
            raise BadRulebook(f"{self.name}: sources must list a source for every reason.")
        found: dict[str, Source] = {}
        for reason in REASONS:
            if not isinstance(rows.get(reason), Mapping):
                raise BadRulebook(f"{self.name}: sources.{reason} is missing.")
            part = _Reader(rows[reason], f"{self.name}: sources.{reason}")
            if part.row.get("mark") not in {"A", "B", "C"}:
                raise BadRulebook(f"{part.name}: mark must be A, B or C.")
            source = f"{part.text('source')} {part.row.get('clause') or ''}".strip()
            found[reason] = Source(source, cast(Mark, part.row["mark"]), part.day("checked_on"))
        if unknown := set(rows) - set(REASONS):
            raise BadRulebook(f"{self.name}: sources.{unknown.pop()} names no reason.")
        return found
