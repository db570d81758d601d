"""One evening's five minutes: a scene, an idea, a line to remember, three questions."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.row import Row
from bot.domain.source import Source

DAYS = 30

LONGEST = 300
"""Signs of a lesson's text: five minutes on a small screen."""

QUESTIONS = 3

KEYS = "id day topic title text remember card questions sources checked_on"


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson has one idea. ``card`` names the drawing that goes with it, if one does."""

    id: str
    day: int
    topic: str
    title: str
    text: str
    remember: str
    card: str
    questions: tuple[str, ...]
    """Ids: the first is an old one where there is an old one."""
    sources: tuple[Source, ...]


def read(row: Row) -> Lesson:
    """Read one lesson. Raises ``BadRow``."""
    row.only(KEYS, "part of a lesson")
    day = row.number("day", 1)
    if day > DAYS:
        raise row.wrong("day", f"must be 1 to {DAYS}")
    questions = row.texts("questions", QUESTIONS)
    if len(set(questions)) != QUESTIONS:
        raise row.wrong("questions", f"must be {QUESTIONS} different ones")
    checked_on = row.day("checked_on")
    sources = tuple(part.source(checked_on) for part in row.parts("sources", 1))
    if any(source.mark == "C" for source in sources):
        raise row.wrong("sources", "hold a C: find a second source before a welder sees it")
    return Lesson(
        id=row.text("id"),
        day=day,
        topic=row.text("topic"),
        title=row.text("title", 20),
        text=row.text("text", LONGEST),
        remember=row.text("remember", 40),
        card=row.text("card") if row.values.get("card") else "",
        questions=questions,
        sources=sources,
    )
