"""Free words: a name, a number on a paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.dialogs.engine.context import Context, Event, Option
from bot.dialogs.engine.slots.answer import Again, Answer, Read


@dataclass(frozen=True, slots=True)
class Text:
    """Some words, at most ``longest`` characters."""

    longest: int = 60
    type: str = "text"
    accepts: frozenset[str] = frozenset({"text"})

    @property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """Name the words it may use to explain."""
        return {"slot.words.too_long": frozenset({"longest"})}

    def read(
        self, event: Event, _options: tuple[Option, ...], _partial: Any, _context: Context
    ) -> Read:
        """Take anything that is not empty."""
        words = event.text.strip()
        if len(words) > self.longest:
            return Again("slot.words.too_long", {"longest": self.longest})
        return Answer(words) if words else None
