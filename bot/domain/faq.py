"""Which frequent question is this? Precise rather than broad: silence is better than a guess."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

LIKE_ENOUGH = 0.72
"""Cosine of sign pairs from which a text is the same question in other words."""

CLEAR = 0.08
"""By how much the best intent must beat the next."""


@dataclass(frozen=True, slots=True)
class Intent:
    """One frequent question: how people ask it, the answer, and where that is written.

    ``keys`` are sets of words; a question that holds every word of one set is this one.
    """

    id: str
    title: str
    ask: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]
    answer: str
    more: str
    sources: tuple[str, ...]
    checked_on: date


def fold(text: str) -> str:
    """Drop width, case, spaces and marks."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] in "LN")


def _pairs(text: str) -> Counter[str]:
    folded = f"^{fold(text)}$"
    return Counter(folded[at : at + 2] for at in range(len(folded) - 1))


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    shared = sum(count * other[pair] for pair, count in one.items())
    size = sqrt(sum(n * n for n in one.values())) * sqrt(sum(n * n for n in other.values()))
    return shared / size if size else 0.0


class Matcher:
    """Finds the intent of a question; built once."""

    def __init__(self, intents: Sequence[Intent]) -> None:
        self._phrases = [
            (intent.id, _pairs(phrase))
            for intent in intents
            for phrase in (intent.title, *intent.ask)
        ]
        self._exact = {
            fold(phrase): intent.id for intent in intents for phrase in (intent.title, *intent.ask)
        }
        self._keys = [
            (intent.id, frozenset(fold(word) for word in words))
            for intent in intents
            for words in intent.keys
        ]

    def find(self, text: str, is_question: bool) -> str | None:
        """Return the intent's id, or None rather than a guess.

        A statement is nobody's question, unless it is word for word a known phrasing.
        """
        folded = fold(text)
        if not folded or len(folded) > 80:
            return None
        if folded in self._exact:
            return self._exact[folded]
        return (self._by_words(folded) or self._by_likeness(text)) if is_question else None

    def _by_words(self, folded: str) -> str | None:
        hits = [(len("".join(ws)), id_) for id_, ws in self._keys if all(w in folded for w in ws)]
        if not hits:
            return None
        longest = max(size for size, _ in hits)
        ids = {intent for size, intent in hits if size == longest}
        return ids.pop() if len(ids) == 1 else None

    def _by_likeness(self, text: str) -> str | None:
        pairs = _pairs(text)
        best: dict[str, float] = {}
        for intent, phrase in self._phrases:
            best[intent] = max(best.get(intent, 0.0), _likeness(pairs, phrase))
        ranked = sorted(best.items(), key=lambda item: -item[1])[:2]
        if not ranked or ranked[0][1] < LIKE_ENOUGH:
            return None
        if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < CLEAR:
            return None
        return ranked[0][0]
