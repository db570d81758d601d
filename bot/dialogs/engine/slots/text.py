"""Free words: a name, a number on a paper."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.dialogs.engine.context import Context, Event, Option, Unheard
from bot.dialogs.engine.slots.answer import NOTHING, UNREADABLE, Again, Answer, Read


@dataclass(frozen=True, slots=True)
class Text:
    """Some words, at most ``longest`` characters."""

    longest: int = 60
    printed: bool = False
    """It stands on a paper: it may be unreadable, and a question is no answer."""
    or_none: bool = False
    """He may have none: then the answer is ``NOTHING``."""
    type: str = "text"
    accepts: frozenset[str] = frozenset({"text"})

    @property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """Name the words it may use to explain."""
        return {"slot.words.too_long": frozenset({"longest"})}

    def read(
        self, event: Event, _options: tuple[Option, ...], _partial: Any, context: Context
    ) -> Read:
        """Take anything that is not empty and asks nothing."""
        words = event.text.strip()
        if len(words) > self.longest:
            return Again("slot.words.too_long", {"longest": self.longest})
        if self.or_none and context.lexicon.has_none(words):
            return Answer(NOTHING)
        if context.lexicon.cannot_tell(words):
            return Answer(UNREADABLE) if self.printed else None
        if self.printed and context.lexicon.is_question(words):
            return None
        if not words or asks(event, self.type, context):
            return None
        return Answer(words)


def asks(event: Event, waits: str, context: Context) -> bool:
    """Tell whether a text asks something instead of answering.

    The shape of a question is not enough, names of firms and people may have it: unless it
    ends with its mark, somebody must know what it asks. Raises ``Unheard``.
    """
    if not context.lexicon.is_question(event.text):
        return False
    if "?" in unicodedata.normalize("NFKC", event.text):
        return True
    if event.heard is None:
        raise Unheard(event.text, waits)
    return event.heard.kind != "none"
