"""Sentences and options, proved against the flows that say them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from bot.dialogs.engine.context import Option
from bot.domain.faq import fold
from bot.library.load import Library
from bot.library.words import placeholders

LONGEST = 600
"""Signs of one sentence; a passive reply holds 1,800 bytes (wechat.md 1.4)."""


def word_problems(
    library: Library,
    needed: Mapping[str, frozenset[str] | None],
    ways: Mapping[str, Iterable[str]],
    allowed: frozenset[str],
) -> Iterator[str]:
    """Yield keys without words, words without use, options that differ from the flow's."""
    yield from _keys(library, needed, allowed)
    yield from _choices(library, ways)
    yield from _sentences(library)
    yield from _notices(library)


def _keys(
    library: Library, needed: Mapping[str, frozenset[str] | None], allowed: frozenset[str]
) -> Iterator[str]:
    texts = library.words.texts
    for key, names in needed.items():
        if key not in texts:
            yield f"{key}: is said by a flow, but has no words"
        elif names is not None and (
            extra := sorted(placeholders(texts[key]) - names - set(library.words.fixed))
        ):
            yield f"{key}: {{{extra[0]}}} is never filled"
    for key in texts:
        stem = key.removesuffix(".again").removesuffix(".name")
        if stem not in needed and key not in needed and key not in allowed:
            yield f"{key}: no flow says this"


def _choices(library: Library, ways: Mapping[str, Iterable[str]]) -> Iterator[str]:
    for key, ids in ways.items():
        there = {option.id for option in library.words.options(key)}
        if there != set(ids):
            yield f"{key}.choices: has {sorted(there)}, the flow has {sorted(ids)}"
    for key, options in library.words.choices.items():
        yield from _ambiguous(key, options)


def _ambiguous(key: str, options: tuple[Option, ...]) -> Iterator[str]:
    spoken = Counter(
        word for option in options for word in {fold(w) for w in (option.label, *option.accept)}
    )
    for word, count in spoken.items():
        if count > 1:
            yield f"{key}.choices: {word} means two options"


def _sentences(library: Library) -> Iterator[str]:
    for key, text in library.words.texts.items():
        if len(text) > LONGEST:
            yield f"{key}: {len(text)} signs, at most {LONGEST}"
        if not text.strip() and key not in library.words.choices:
            yield f"{key}: says nothing"


def _notices(library: Library) -> Iterator[str]:
    """Yield fields of a notice that WeChat would cut off (wechat.md 2.3)."""
    for name, notice in library.notices.items():
        for field, most in (notice.get("limits") or {}).items():
            text = library.words.texts.get(notice["fields"].get(field, ""), "")
            if not placeholders(text) and len(text) > most:
                yield f"notices.yaml: {name}.{field}: {len(text)} signs, at most {most}"
