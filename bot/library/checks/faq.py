"""Frequent questions: neighbours that exist, phrasings that stand once, talks that are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.domain.faq import fold
from bot.library.load import Library


def faq_problems(library: Library, flows: frozenset[str]) -> Iterator[str]:
    """Yield what is wrong with the intents and their phrasings."""
    known = {intent.id for intent in library.intents}
    seen: dict[str, str] = {}
    for intent in library.intents:
        if intent.goto and intent.goto not in flows:
            yield f"faq.{intent.id}.goto: there is no talk {intent.goto}"
        for near in intent.near:
            if near not in known:
                yield f"faq.{intent.id}.near: there is no {near}"
        yield from _phrasings(intent.id, intent.asked, seen)
    for kind, texts in library.silences.items():
        yield from _phrasings(f"@{kind}", texts, seen)


def _phrasings(name: str, texts: Iterable[str], seen: dict[str, str]) -> Iterator[str]:
    for phrase in texts:
        other = seen.setdefault(fold(phrase), name)
        if other != name:
            yield f"faq/phrasings/{name}.txt: {phrase} stands under {other} too"
