"""One photo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.dialogs.engine.context import Context, Event, Option
from bot.dialogs.engine.slots.answer import NOTHING, Answer, Read


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo sent in the chat; the answer is its media id, or ``NOTHING``."""

    type: str = "photo"
    accepts: frozenset[str] = frozenset({"image", "text"})

    @property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """Explain nothing: any photo will do here."""
        return {}

    def read(
        self, event: Event, _options: tuple[Option, ...], _partial: Any, context: Context
    ) -> Read:
        """Take the photo, or that he has none to show."""
        if event.kind == "text" and context.lexicon.has_none(event.text):
            return Answer(NOTHING)
        return Answer(event.media) if event.media else None
