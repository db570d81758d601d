"""What a law, a rule or a guide says, one matter a line, so that they can be put side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from bot.domain.row import Row
from bot.domain.source import Mark, Source

TOPICS = (
    "name", "basis", "validity", "window", "expired", "conditions", "hours", "health", "age",
    "conduct", "employer", "materials", "photo", "process", "online", "fee", "exam",
    "review_time", "result", "ecert", "duties", "rights", "penalty", "fraud", "fire",
    "accident", "privacy", "other_authority",
)  # fmt: skip
"""Matters, in the order in which the table of ``docs/rules.md`` goes through them."""

LONGEST = 60


@dataclass(frozen=True, slots=True)
class Saying:
    """One statement. ``differs`` names a known disagreement (D1, D2 …), or is empty."""

    topic: str
    text: str
    source: Source
    differs: str
    office: str
    """Whose certificate it is about, where it is not ours."""


@dataclass(frozen=True, slots=True)
class Book:
    """All that one source says."""

    id: str
    title: str
    valid_to: date | None
    says: tuple[Saying, ...]


def read(row: Row) -> Book:
    """Read one file of rules/says. Raises ``BadRow``."""
    row.only("id title checked_on valid_to says", "part of a book")
    title, checked_on = row.text("title"), row.day("checked_on")
    return Book(
        id=row.text("id"),
        title=title,
        valid_to=row.day_or_none("valid_to"),
        says=tuple(_saying(part, title, checked_on) for part in row.parts("says", 1)),
    )


def _saying(row: Row, title: str, checked_on: date) -> Saying:
    row.only("topic text clause mark differs edition office", "part of a statement")
    mark = cast(Mark, row.one_of("mark", {"A", "B", "C"}))
    edition = row.text("edition") if row.values.get("edition") else ""
    return Saying(
        topic=row.one_of("topic", set(TOPICS)),
        text=row.text("text", LONGEST),
        source=Source(title, row.text("clause"), mark, checked_on, edition),
        differs=row.text("differs") if row.values.get("differs") else "",
        office=row.text("office") if row.values.get("office") else "",
    )
