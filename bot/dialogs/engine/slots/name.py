"""What a person is called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.dialogs.engine.context import Context, Event, Option
from bot.dialogs.engine.slots.answer import Again, Answer, Read
from bot.dialogs.engine.slots.text import asks

_HAN = "\u3400-\u9fff\N{IDEOGRAPHIC NUMBER ZERO}\U00020000-\U0003ffff"
_DOTS = "\u00b7\u2022\u2027\N{KATAKANA MIDDLE DOT}\N{FULLWIDTH FULL STOP}."
_NAME = re.compile(rf"[{_HAN}]{{2,4}}|[{_HAN}]{{1,15}}(?:[{_DOTS}][{_HAN}]{{1,15}})+")
"""Two to four signs; or parts with a dot between them, as Tibetans and Uyghurs write."""

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a person, as his ID card prints it; a question is none, nor a sentence."""

    type: str = "text"
    accepts: frozenset[str] = frozenset({"text"})

    @property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """Name the words it may use to explain."""
        return {"slot.name.wrong": frozenset()}

    def read(
        self, event: Event, _options: tuple[Option, ...], _partial: Any, context: Context
    ) -> Read:
        """Take a name, with what spaces stand in it left out."""
        words, lexicon = _SPACES.sub("", event.text), context.lexicon
        if not words or asks(event, self.type, context):
            return None
        if lexicon.has_none(words) or lexicon.cannot_tell(words) or not _NAME.fullmatch(words):
            return Again("slot.name.wrong")
        return Answer(words)
