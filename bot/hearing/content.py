"""From content/ to an ear: what was learnt, and whether it was learnt from these phrasings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bot.domain.faq import Hint, Intent, fold
from bot.hearing.ear import Ear
from bot.hearing.learn import Example, learn
from bot.hearing.meaning import Meaning, Meaningless
from bot.hearing.model import FORMAT, KINDS, Model
from bot.hearing.reading import Reader

FILE = "faq/model.npz"
"""Where the weights lie inside content/."""

REFUSAL = "refuse_cheating"
"""The answer to a request to cheat: reached by its kind, not as a question."""


def examples(
    intents: Sequence[Intent], silences: Mapping[str, Sequence[str]]
) -> tuple[Example, ...]:
    """Return every known text with what it is."""
    asked = [
        Example(text, intent.id, 0)
        for intent in intents
        if intent.id != REFUSAL
        for text in intent.asked
    ]
    silent = [Example(text, "", KINDS.index(kind)) for kind in KINDS[1:] for text in silences[kind]]
    return (*asked, *silent)


def digest(known: Sequence[Example], hint: Hint) -> str:
    """Name what a model is learnt from: another digest, another model."""
    rows = [[example.text, example.intent, example.kind] for example in known]
    hints = [sorted(hint.plain.items()), list(hint.terms), sorted(hint.syllables.items())]
    row = json.dumps([FORMAT, rows, hints], ensure_ascii=False)
    return hashlib.sha256(row.encode()).hexdigest()[:16]


def learn_from(
    intents: Sequence[Intent],
    silences: Mapping[str, Sequence[str]],
    hint: Hint,
    meaning: Meaning,
    asks: Callable[[str], bool],
) -> Model:
    """Learn anew from all phrasings."""
    known = examples(intents, silences)
    return learn(known, Reader(hint), meaning, asks, digest(known, hint))


def is_stale(
    folder: Path, intents: Sequence[Intent], silences: Mapping[str, Sequence[str]], hint: Hint
) -> bool:
    """Tell whether phrasings have changed since the weights were learnt."""
    return Model.load(folder / FILE).digest != digest(examples(intents, silences), hint)


def open_ear(
    folder: Path,
    intents: Sequence[Intent],
    hint: Hint,
    meaning: Meaning | None,
    asks: Callable[[str], bool],
    settled: Callable[[str], bool],
) -> Ear:
    """Return an ear with the weights of a content folder; without a meaning it is hard of hearing.

    Raises ``BadModel``.
    """
    model = Model.load(folder / FILE)
    return Ear(
        reader=Reader(hint),
        model=model,
        meaning=meaning or Meaningless(model.centre),
        exact={
            fold(text): intent.id
            for intent in intents
            if intent.id != REFUSAL
            for text in intent.asked
        },
        near={intent.id: frozenset(intent.near) for intent in intents},
        asks=asks,
        settled=settled,
    )
