"""One frequent question: how people ask it, the answer, and where that is written."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.row import Row
from bot.domain.source import Source

LONGEST, LONGEST_MORE = 200, 450
"""Signs of an answer, and of what "tell me more" gives: both fit one message with a question."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A question people ask in many wordings."""

    id: str
    title: str
    near: tuple[str, ...]
    """Ids which are easily mixed up with this one."""
    answer: str
    more: str
    goto: str
    """The talk that goes on from here, or empty."""
    sources: tuple[Source, ...]
    checked_on: date
    phrasings: tuple[str, ...] = ()
    """How people ask it; the title counts too."""

    @property
    def asked(self) -> tuple[str, ...]:
        """Return every known wording."""
        return (self.title, *self.phrasings)


@dataclass(frozen=True, slots=True)
class Hint:
    """What content/ knows of how people type."""

    syllables: Mapping[str, str]
    """Sign -> how it sounds, without tone."""
    plain: Mapping[str, str]
    """Dialect or slang -> the plain word."""
    terms: Sequence[str]
    """Words of the trade, restored where something that sounds the same was typed."""


def read(row: Row, phrasings: tuple[str, ...]) -> Intent:
    """Read one intent. Raises ``BadRow``."""
    row.only("id title near answer more goto sources checked_on", "part of a question")
    checked_on = row.day("checked_on")
    return Intent(
        id=row.text("id"),
        title=row.text("title"),
        near=row.texts("near"),
        answer=row.text("answer", LONGEST),
        more=row.text("more", LONGEST_MORE) if row.values.get("more") else "",
        goto=row.text("goto") if row.values.get("goto") else "",
        sources=tuple(part.source(checked_on) for part in row.parts("sources", 1)),
        checked_on=checked_on,
        phrasings=phrasings,
    )


def fold(text: str) -> str:
    """Drop width, case, spaces and marks."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] in "LN")
