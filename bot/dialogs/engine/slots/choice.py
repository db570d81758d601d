"""One of several options: tapped, typed as its number, or said in other words."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from bot.dialogs.engine.context import Context, Event, Lexicon, Option
from bot.dialogs.engine.slots.answer import Answer, Read

LOOSE = 16
"""Words are looked for inside a longer text only up to this length: a story is no choice."""

Spoken = tuple[int, int, str]
"""Where a spelling stands in a text, from and to, and whose it is."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An option's id."""

    step: str
    ids: tuple[str, ...] = ()
    exact: frozenset[str] = frozenset()
    """Options taken only word for word, by number or by tap: what they do is not undone."""
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
        whole = exactly(event.text, options)
        if whole is not None:
            return Answer(whole)
        number = context.lexicon.number(event.text)
        if number is not None:
            return Answer(options[number - 1].id) if 1 <= number <= len(options) else None
        found = self._loosely(event.text, options, context.lexicon)
        return None if found is None or found in self.exact else Answer(found)

    def _loosely(self, said: str, options: tuple[Option, ...], lexicon: Lexicon) -> str | None:
        """Find the one option spoken of, unless something beside its words denies it."""
        text = plain(said)
        for barer in lexicon.without_particles(text):
            if (bare := exactly(barer, options)) is not None:
                return bare
        if len(text) > LOOSE or lexicon.is_question(said):
            return None
        found = spoken(text, options)
        if len({option_id for _, _, option_id in found}) != 1 or _denied(text, found, lexicon):
            return None
        return found[0][2]


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


def spoken(text: str, options: tuple[Option, ...]) -> list[Spoken]:
    """Find spellings from left to right as (start, end, option), the longest first.

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
    found: list[Spoken] = []
    at = 0
    while at < len(text):
        for words, option_id in spellings:
            if text.startswith(words, at):
                found.append((at, at + len(words), option_id))
                at += len(words)
                break
        else:
            at += 1
    return found


def _denied(text: str, found: list[Spoken], lexicon: Lexicon) -> bool:
    """Tell whether a word beside the spellings denies, or one spelling denies the next.

    "No, I am ill" says no twice; "I am not ill", where both "not" and "ill" are spellings
    of one option, says the contrary of it.
    """
    rest = text
    for start, end, _ in reversed(found):
        rest = f"{rest[:start]} {rest[end:]}"
    return lexicon.denies(rest) or any(
        end == start and lexicon.denies(text[max(begin, end - 2) : end])
        for (begin, end, _), (start, _, _) in pairwise(found)
    )
