"""One question of the bank: what is asked, what is right, why, and where that is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

from bot.domain.row import Row
from bot.domain.source import Source

Kind = Literal["judge", "single", "multiple"]

KINDS: tuple[Kind, ...] = ("judge", "single", "multiple")

TRUE, FALSE = "T", "F"
"""The two answers of a judge question."""

LONGEST_STEM, LONGEST_OPTION, LONGEST_WHY = 90, 30, 110
"""Signs; a stem with its options is one bubble on a small screen."""

KEYS = (
    "id kind scenario stem options answer why source number clause mark checked_on"
    " valid_from valid_to"
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question with a permanent id; a changed meaning is another question."""

    id: str
    topic: str
    kind: Kind
    scenario: bool
    """A situation on site: what do you do now?"""
    stem: str
    options: Mapping[str, str]
    """Letter -> words; none for a judge question."""
    answer: frozenset[str]
    """Letters, or ``TRUE`` or ``FALSE``."""
    why: str
    source: Source
    valid_from: date | None = None
    valid_to: date | None = None
    """The last day its source was in force: it is not asked after it."""

    def in_force(self, day: date) -> bool:
        """Tell whether it may be asked on a day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)

    @property
    def gives_itself_away(self) -> bool:
        """Tell whether the right option of a single question is longer than every other."""
        if self.kind != "single":
            return False
        (right,) = self.answer
        others = [len(words) for letter, words in self.options.items() if letter != right]
        return len(self.options[right]) > max(others)


def read(row: Row, topic: str) -> Question:
    """Read one question of a topic's file. Raises ``BadRow``."""
    row.only(KEYS, "part of a question")
    name = row.text("id")
    if not name.startswith(f"q-{topic}-"):
        raise row.wrong("id", f"must begin with q-{topic}-")
    kind = cast(Kind, row.one_of("kind", set(KINDS)))
    options = _options(row, kind)
    source = row.source()
    if source.mark == "C":
        raise row.wrong("mark", "is C: find a second source before a welder sees it")
    if not source.clause:
        raise row.wrong("clause", "must be a text")
    return Question(
        id=name,
        topic=topic,
        kind=kind,
        scenario=row.flag("scenario"),
        stem=row.text("stem", LONGEST_STEM),
        options=options,
        answer=_answer(row, kind, options),
        why=row.text("why", LONGEST_WHY),
        source=source,
        valid_from=row.day_or_none("valid_from"),
        valid_to=row.day_or_none("valid_to"),
    )


def _options(row: Row, kind: Kind) -> Mapping[str, str]:
    if kind == "judge":
        if row.values.get("options"):
            raise row.wrong("options", "belong to no judge question")
        return {}
    part = row.part("options")
    letters = "ABCD" if len(part.values) == 4 or kind == "single" else "ABCDE"
    if "".join(map(str, part.values)) != letters:
        raise row.wrong("options", "must be A to D, or A to E where several are right")
    options = {letter: part.text(letter, LONGEST_OPTION) for letter in letters}
    if len(set(options.values())) < len(options):
        raise row.wrong("options", "say the same thing twice")
    return options


def _answer(row: Row, kind: Kind, options: Mapping[str, str]) -> frozenset[str]:
    if kind == "judge":
        if not isinstance(row.values.get("answer"), bool):
            raise row.wrong("answer", "must be true or false")
        return frozenset({TRUE if row.flag("answer") else FALSE})
    letters = row.text("answer")
    if not set(letters) <= set(options) or "".join(sorted(set(letters))) != letters:
        raise row.wrong("answer", "must be letters of its options, in order")
    if kind == "single" and len(letters) != 1:
        raise row.wrong("answer", "must be one letter")
    if kind == "multiple" and not 2 <= len(letters) < len(options):
        raise row.wrong("answer", "must be two letters or more, and not all of them")
    return frozenset(letters)
