"""``weldmate content check``: what the loader cannot see alone, proved against the flows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from bot.dialogs.engine.context import Option
from bot.domain.faq import fold
from bot.library.load import Library
from bot.library.words import placeholders

LONGEST = 600
"""Signs of one sentence; a passive reply holds 1,800 bytes (wechat.md 1.4)."""

LONGEST_ANSWER = 200


def check(
    library: Library,
    needed: Mapping[str, frozenset[str] | None],
    ways: Mapping[str, Iterable[str]],
    allowed_elsewhere: frozenset[str],
) -> list[str]:
    """Return every problem as "key: what".

    ``needed`` maps each key the code says to its placeholders (None: not known here);
    ``ways`` maps each question with fixed options to their ids; ``allowed_elsewhere``
    names keys that are there for another reason than a flow.
    """
    problems = [
        *_keys(library, needed, allowed_elsewhere),
        *_choices(library, ways),
        *_sentences(library),
        *_faq(library),
    ]
    return sorted(problems)


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
        if stem not in needed and key not in allowed:
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
        if not text.strip():
            yield f"{key}: says nothing"


def _faq(library: Library) -> Iterator[str]:
    seen: dict[str, str] = {}
    for intent in library.intents:
        if len(intent.answer) > LONGEST_ANSWER:
            yield f"faq.{intent.id}: {len(intent.answer)} signs, at most {LONGEST_ANSWER}"
        for phrase in (intent.title, *intent.ask):
            other = seen.setdefault(fold(phrase), intent.id)
            if other != intent.id:
                yield f"faq.{intent.id}: {phrase} stands under {other} too"
