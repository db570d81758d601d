"""What was learnt from the phrasings: weights to score a text with, small enough to ship.

Three judges look at a text. One tells the intents apart; one tells a question of ours from
chatter, from an answer to an open question, and from a request to cheat; the third knows how
far both can be trusted here, from how sure they are and how near the text is to anything
known. Only the last one's word counts: silence beats a wrong answer.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.hearing.reading import BUCKETS, Reader

Array = NDArray[np.float32]

KINDS = ("in", "none", "flow", "refuse")
"""What a text can be: a question of ours, chatter, an answer to something else, cheating."""

MEANING = 512
"""Numbers of a meaning vector."""

AXES = 64
"""Directions of meaning in which nearness to known phrasings is measured."""

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Model:
    """Weights, and what they were learnt from. Shapes: L = 2 * BUCKETS, M = MEANING."""

    digest: str
    """Names the phrasings and hints it was learnt from."""
    intents: tuple[str, ...]
    rarity: Array
    """(L,): the weight of each gram."""
    centre: Array
    """(M,): the mean meaning, taken away from every vector."""
    intent_weights: Array
    """(L + M, intents)."""
    intent_bias: Array
    kind_weights: Array
    """(L + M, kinds)."""
    kind_bias: Array
    axes: Array
    """(M, AXES)."""
    known: Array
    """(phrasings, AXES): every known text, of length 1."""
    known_kinds: NDArray[np.uint8]
    judge: Array
    """(3, clues): mean, spread and weight of each clue to how far to trust."""
    judge_bias: float
    threshold: float
    """Trust from which a question is answered."""

    def save(self, path: Path) -> None:
        """Write it, the large weights in whole numbers from -127 to 127."""
        arrays: dict[str, Any] = {
            "rarity": self.rarity.astype(np.float16),
            "centre": self.centre.astype(np.float16),
            "intent_bias": self.intent_bias,
            "kind_bias": self.kind_bias,
            "axes": self.axes.astype(np.float16),
            "known_kinds": self.known_kinds,
            "judge": self.judge,
        }
        for name in ("intent_weights", "kind_weights", "known"):
            arrays[name], arrays[f"{name}_unit"] = _whole(getattr(self, name))
        head = {
            "format": FORMAT,
            "digest": self.digest,
            "intents": self.intents,
            "judge_bias": self.judge_bias,
            "threshold": self.threshold,
        }
        arrays["head"] = np.frombuffer(json.dumps(head).encode(), dtype=np.uint8)
        held = io.BytesIO()
        np.savez_compressed(held, **arrays)
        path.write_bytes(held.getvalue())

    @classmethod
    def load(cls, path: Path) -> Model:
        """Read it back. Raises ``BadModel`` for a file that is none, or of another format."""
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = dict(file)
            head = json.loads(arrays.pop("head").tobytes())
            if head.pop("format") != FORMAT:
                raise BadModel(f"{path.name} was made by another release")
            for name in ("intent_weights", "kind_weights", "known"):
                arrays[name] = arrays[name].astype(np.float32) * arrays.pop(f"{name}_unit")
            kinds = arrays.pop("known_kinds")
            intents = tuple(head.pop("intents"))
            floats = {name: array.astype(np.float32) for name, array in arrays.items()}
            return cls(intents=intents, known_kinds=kinds, **floats, **head)
        except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
            raise BadModel(f"{path.name} cannot be read ({type(error).__name__})") from None


class BadModel(Exception):
    """The file of weights cannot be used; it is made anew by ``weldmate faq learn``."""


def _whole(weights: Array) -> tuple[NDArray[np.int8], Array]:
    unit = np.abs(weights).max(axis=0, keepdims=True) / 127 + 1e-12
    return np.round(weights / unit).astype(np.int8), unit.astype(np.float32)


def lexical(reader: Reader, plain: list[str], rarity: Array | None) -> Array:
    """Return (texts, L): weighted grams, signs and sounds each of length 1."""
    rows = np.zeros((len(plain), 2 * BUCKETS), np.float32)
    for at, text in enumerate(plain):
        for offset, counts in zip((0, BUCKETS), reader.grams(text), strict=True):
            places = np.fromiter(counts.keys(), np.intp, len(counts)) + offset
            rows[at, places] = 1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))
    if rarity is None:
        return rows
    rows *= rarity
    for half in (slice(0, BUCKETS), slice(BUCKETS, 2 * BUCKETS)):
        rows[:, half] = unit_length(rows[:, half])
    return rows


def unit_length(rows: Array) -> Array:
    """Return rows of length 1; a row of nothing stays one."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Array = (rows / np.maximum(lengths, 1e-9)).astype(np.float32)
    return scaled


def shares(scores: Array) -> Array:
    """Turn scores into shares of one (softmax)."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    made: Array = (raised / raised.sum(axis=1, keepdims=True)).astype(np.float32)
    return made


def clues(intents: Array, kinds: Array, nearness: Array, asks: NDArray[np.bool_]) -> Array:
    """Return (texts, clues): how sure the judges are, and how near anything known is."""
    ranked = np.sort(intents, axis=1)
    best, second = ranked[:, -1], ranked[:, -2]
    doubt = -(intents * np.log(intents + 1e-9)).sum(axis=1)
    sure = _odds(kinds)
    question = asks.astype(np.float32)
    columns = [
        sure,
        _odds(best)[:, None],
        np.log(best / (second + 1e-6))[:, None],
        doubt[:, None],
        question[:, None],
        (question * sure[:, 0])[:, None],
        nearness,
    ]
    made: Array = np.concatenate(columns, axis=1).astype(np.float32)
    return made


def _odds(share: Array) -> Array:
    inside = np.clip(share, 1e-5, 1 - 1e-5)
    made: Array = np.log(inside / (1 - inside)).astype(np.float32)
    return made


def nearness(texts: Array, known: Array, kinds: NDArray[np.uint8]) -> Array:
    """Return (texts, 5): the nearest of ours, the mean of three, chatter, answers, the gap."""
    likeness = texts @ known.T
    ours = np.partition(likeness[:, kinds == 0], -3, axis=1)[:, -3:]
    best = ours.max(axis=1)
    chatter = likeness[:, kinds == 1].max(axis=1)
    flow = likeness[:, kinds == 2].max(axis=1)
    columns = (best, ours.mean(axis=1), chatter, flow, best - np.maximum(chatter, flow))
    made: Array = np.stack(columns, axis=1).astype(np.float32)
    return made
