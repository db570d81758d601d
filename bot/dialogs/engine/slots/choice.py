"""One of several options: tapped, typed as its number, or said in other words."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.dialogs.engine.context import Context, Event, Option
from bot.dialogs.engine.slots.answer import Answer, Read

LOOSE = 16
"""Words are looked for inside a longer text only up to this length: a story is no choice."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An option's id."""

    step: str
    ids: tuple[str, ...] = ()
    type: str = "choice"
    accepts: frozenset[str] = frozenset({"text"})

    @property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """Explain nothing: the options are shown again."""
        return {}

    def read(
        self, event: Event, options: tuple[Option, ...], _partial: Any, context: Context
    ) -> Read:
        """Take a number, a label, a known spelling, or one inside a short statement."""
        text = plain(event.text)
        exact = exactly(event.text, options)
        if exact is not None:
            return Answer(exact)
        number = context.lexicon.number(event.text)
        if number is not None:
            return Answer(options[number - 1].id) if 1 <= number <= len(options) else None
        if len(text) > LOOSE or context.lexicon.is_question(event.text):
            return None
        found = {option_id for _, option_id in spoken(text, options)}
        return Answer(found.pop()) if len(found) == 1 else None


def exactly(text: str, options: tuple[Option, ...]) -> str | None:
    """Return the option of which a text is the label or a known spelling, word for word."""
    said = plain(text)
    for option in options:
        if said and said in {plain(option.label), *map(plain, option.accept)}:
            return option.id
    return None


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Drop what does not change the meaning: spaces, case, marks at the ends."""
    signs = [sign for sign in text.casefold() if not sign.isspace()]
    while signs and _mark(signs[-1]):
        signs.pop()
    while signs and _mark(signs[0]):
        signs.pop(0)
    return "".join(signs)


def _mark(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "PSC"


def spoken(text: str, options: tuple[Option, ...]) -> list[tuple[int, str]]:
    """Find spellings from left to right, the longest first, never overlapping.

    So a word of two signs that denies is not read as the one sign inside it that affirms.
    A single sign counts in a text of two or three signs only: in a longer one it is part
    of some other word.
    """
    spellings = sorted(
        (
            (plain(words), option.id)
            for option in options
            for words in (option.label, *option.accept)
            if len(plain(words)) > (1 if len(text) > 3 else 0)
        ),
        key=lambda pair: -len(pair[0]),
    )
    found: list[tuple[int, str]] = []
    at = 0
    while at < len(text):
        for words, option_id in spellings:
            if text.startswith(words, at):
                found.append((at, option_id))
                at += len(words)
                break
        else:
            at += 1
    return found
