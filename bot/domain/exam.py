"""The exam's blueprint: how many of which kind from which area, and what each is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.domain.question import KINDS, Kind, Question
from bot.domain.row import BadRow, Row

PAPERS = 3
"""Papers that must be drawable without a question in common: an exam and two resits."""


@dataclass(frozen=True, slots=True)
class Blueprint:
    """One exam under one rulebook. Points of all parts together are 100."""

    minutes: int
    pass_mark: int
    resits: int
    wait_hours: int
    """Hours between an attempt and the next."""
    points: Mapping[Kind, int]
    counts: Mapping[tuple[Kind, str], int]
    """(kind, area) -> questions."""
    areas: Mapping[str, str]
    """topic -> area."""

    def questions(self, kind: Kind) -> int:
        """Return how many of a kind a paper has."""
        return sum(n for (of, _), n in self.counts.items() if of == kind)

    @property
    def full_marks(self) -> int:
        """Return the sum of all points."""
        return sum(self.questions(kind) * self.points[kind] for kind in KINDS)

    def short_of(self, bank: Iterable[Question], day: date) -> Iterator[str]:
        """Say where the bank is too small for ``PAPERS`` papers with nothing in common."""
        there = Counter(
            (question.kind, self.areas.get(question.topic, ""))
            for question in bank
            if question.in_force(day)
        )
        for (kind, area), count in self.counts.items():
            if there[kind, area] < count * PAPERS:
                yield f"{area}/{kind}: {there[kind, area]} questions, {count * PAPERS} needed"


def read(row: Row) -> Blueprint:
    """Read one blueprint of exam.yaml. Raises ``BadRow``."""
    areas = row.part("areas")
    parts = row.part("parts")
    parts.only(set(KINDS), "kind of question")
    counts: dict[tuple[Kind, str], int] = {}
    points: dict[Kind, int] = {}
    for kind in KINDS:
        part = parts.part(kind)
        points[kind] = part.number("points", 1)
        numbers = part.part("questions")
        numbers.only(set(areas.values), "area")
        counts.update({(kind, area): numbers.number(area, 0) for area in areas.values})
    blueprint = Blueprint(
        minutes=row.number("minutes", 1),
        pass_mark=row.number("pass_mark", 1),
        resits=row.number("resits", 0),
        wait_hours=row.number("wait_hours", 0),
        points=points,
        counts=counts,
        areas={topic: area for area in areas.values for topic in areas.texts(area, 1)},
    )
    if blueprint.full_marks != 100:
        raise BadRow(f"{row.place()}: {row.path}parts: {blueprint.full_marks} points, not 100")
    return blueprint
