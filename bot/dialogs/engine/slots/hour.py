"""An hour of the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.dialogs.engine.context import Context, Event, Option
from bot.dialogs.engine.slots.answer import Answer, Read


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour from 0 to 23."""

    type: str = "hour"
    accepts: frozenset[str] = frozenset({"text"})

    @property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """Explain nothing: the question says it all."""
        return {}

    def read(
        self, event: Event, _options: tuple[Option, ...], _partial: Any, context: Context
    ) -> Read:
        """Take an hour in any usual way of saying it."""
        hour = context.lexicon.hour(event.text)
        return None if hour is None else Answer(hour)
