"""A whole number, however it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.dialogs.engine.context import Context, Event, Option
from bot.dialogs.engine.slots.answer import Again, Answer, Read


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number within bounds."""

    low: int
    high: int
    type: str = "number"
    accepts: frozenset[str] = frozenset({"text"})

    @property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """Name the words it may use to explain."""
        return {"slot.number.out_of_range": frozenset({"low", "high"})}

    def read(
        self, event: Event, _options: tuple[Option, ...], _partial: Any, context: Context
    ) -> Read:
        """Take digits of any width, or numerals in words."""
        number = context.lexicon.number(event.text)
        if number is None:
            return None
        if not self.low <= number <= self.high:
            return Again("slot.number.out_of_range", {"low": self.low, "high": self.high})
        return Answer(number)
