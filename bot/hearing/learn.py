"""Learning the weights from the phrasings: offline, in about a minute, with numpy alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.hearing.model import (
    AXES,
    KINDS,
    Array,
    Model,
    clues,
    lexical,
    nearness,
    shares,
    unit_length,
)
from bot.hearing.reading import Reader

FOLDS = 5
"""Parts of which each is judged by weights that were learnt without it."""

EPOCHS, BATCH, STEP, SHRINK = 20, 256, 0.05, 3e-5

COST = np.array([1.0, 3.0, 8.0, 5.0], np.float32)
"""What a mistake costs, by kind: eating somebody's answer is the worst."""

MOST_CHATTER, MOST_FLOW = 0.08, 0.025
"""Shares of the chatter and of the answers that may be taken for questions when judged by
weights that never saw them; the threshold is the lowest that keeps both."""

Meaning = Callable[[Sequence[str]], Array]


@dataclass(frozen=True, slots=True)
class Example:
    """One known text: of an intent, or (``intent`` empty) of another kind."""

    text: str
    intent: str
    kind: int


def learn(
    examples: Sequence[Example],
    reader: Reader,
    meaning: Meaning,
    asks: Callable[[str], bool],
    digest: str,
) -> Model:
    """Learn a model; the same examples give the same model on the same machine."""
    return _Lesson(examples, reader, meaning, asks).model(digest)


class _Lesson:
    def __init__(
        self,
        examples: Sequence[Example],
        reader: Reader,
        meaning: Meaning,
        asks: Callable[[str], bool],
    ) -> None:
        plain = [reader.plain(example.text) for example in examples]
        counts = lexical(reader, plain, None)
        seen = (counts > 0).sum(axis=0)
        self.rarity = (np.log((1 + len(plain)) / (1 + seen)) + 1).astype(np.float32)
        vectors = meaning(plain)
        self.centre: Array = vectors.mean(axis=0)
        self.meant = unit_length(vectors - self.centre)
        self.rows: Array = np.concatenate([lexical(reader, plain, self.rarity), self.meant], axis=1)
        self.kinds = np.array([example.kind for example in examples], np.uint8)
        self.intents = tuple(sorted({e.intent for e in examples if e.kind == 0}))
        number = {name: at for at, name in enumerate(self.intents)}
        self.labels = np.array([number.get(example.intent, -1) for example in examples])
        self.asks = np.array([asks(text) for text in plain])
        self.axes = _axes(self.meant)
        self.places = unit_length(self.meant @ self.axes)
        self.fold = _folds(examples)

    def model(self, digest: str) -> Model:
        judge, bias, threshold = self._judge()
        weights = self._weights(np.ones(len(self.kinds), bool))
        return Model(
            digest=digest,
            intents=self.intents,
            rarity=self.rarity,
            centre=self.centre,
            intent_weights=weights[0],
            intent_bias=weights[1],
            kind_weights=weights[2],
            kind_bias=weights[3],
            axes=self.axes,
            known=self.places,
            known_kinds=self.kinds,
            judge=judge,
            judge_bias=bias,
            threshold=threshold,
        )

    def _weights(self, chosen: NDArray[np.bool_]) -> tuple[Array, Array, Array, Array]:
        ours = chosen & (self.kinds == 0)
        intent = softmax_regression(self.rows[ours], self.labels[ours], len(self.intents))
        kinds = self.kinds[chosen].astype(np.intp)
        kind = softmax_regression(self.rows[chosen], kinds, len(KINDS), COST[kinds])
        return (*intent, *kind)

    def _judge(self) -> tuple[Array, float, float]:
        """Learn how far to trust, from what the judges say of texts they never saw."""
        seen: list[Array] = []
        order: list[NDArray[np.intp]] = []
        right = np.zeros(len(self.kinds), bool)
        for part in range(FOLDS):
            there, left = self.fold != part, np.flatnonzero(self.fold == part)
            intent_w, intent_b, kind_w, kind_b = self._weights(there)
            intents = shares(self.rows[left] @ intent_w + intent_b)
            kinds = shares(self.rows[left] @ kind_w + kind_b)
            near = nearness(self.places[left], self.places[there], self.kinds[there])
            seen.append(clues(intents, kinds, near, self.asks[left]))
            right[left] = intents.argmax(axis=1) == self.labels[left]
            order.append(left)
        found = np.empty((len(self.kinds), seen[0].shape[1]), np.float32)
        found[np.concatenate(order)] = np.concatenate(seen)
        return self._trust(found, right & (self.kinds == 0))

    def _trust(self, found: Array, right: NDArray[np.bool_]) -> tuple[Array, float, float]:
        mean, spread = found.mean(axis=0), found.std(axis=0) + 1e-6
        scaled = ((found - mean) / spread).astype(np.float32)
        weights, bias = softmax_regression(
            scaled, right.astype(np.intp), 2, COST[self.kinds.astype(np.intp)], shrink=1e-4
        )
        weight, offset = weights[:, 1] - weights[:, 0], float(bias[1] - bias[0])
        trust = 1 / (1 + np.exp(-(scaled @ weight + offset)))
        threshold = max(
            np.quantile(trust[self.kinds == 1], 1 - MOST_CHATTER),
            np.quantile(trust[self.kinds == 2], 1 - MOST_FLOW),
        )
        return np.stack([mean, spread, weight]).astype(np.float32), offset, float(threshold)


def _axes(meant: Array) -> Array:
    """Return the directions in which known texts differ most."""
    _, vectors = np.linalg.eigh(meant.T @ meant)
    made: Array = vectors[:, -AXES:].astype(np.float32)
    return made


def _folds(examples: Sequence[Example]) -> NDArray[np.intp]:
    """Cut each intent's texts into blocks: neighbours in a file are often of one head."""
    total: dict[tuple[str, int], int] = {}
    for example in examples:
        key = (example.intent, example.kind)
        total[key] = total.get(key, 0) + 1
    passed = dict.fromkeys(total, 0)
    folds = []
    for example in examples:
        key = (example.intent, example.kind)
        folds.append(passed[key] * FOLDS * 3 // total[key] % FOLDS)
        passed[key] += 1
    return np.array(folds)


def softmax_regression(
    rows: Array,
    labels: NDArray[np.intp],
    classes: int,
    cost: Array | None = None,
    shrink: float = SHRINK,
) -> tuple[Array, Array]:
    """Return weights (columns, classes) and bias, by Adam with a falling step."""
    chance = np.random.default_rng(0)
    weights, bias = np.zeros((rows.shape[1], classes), np.float32), np.zeros(classes, np.float32)
    steppers = (_Adam(weights), _Adam(bias))
    for epoch in range(EPOCHS):
        order = chance.permutation(len(rows))
        step = STEP * (1 - epoch / EPOCHS)
        for start in range(0, len(rows), BATCH):
            batch = order[start : start + BATCH]
            wrong = shares(rows[batch] @ weights + bias)
            wrong[np.arange(len(batch)), labels[batch]] -= 1
            wrong *= (1 if cost is None else cost[batch, None]) / len(batch)
            steppers[0].go(rows[batch].T @ wrong + shrink * weights, step)
            steppers[1].go(wrong.sum(axis=0), step)
    return weights, bias


class _Adam:
    """Moves weights in place (Kingma and Ba 2015, the paper's own constants)."""

    def __init__(self, weights: Array) -> None:
        self._weights = weights
        self._mean, self._square = np.zeros_like(weights), np.zeros_like(weights)
        self._time = 0

    def go(self, slope: Array, step: float) -> None:
        self._time += 1
        self._mean += 0.1 * (slope - self._mean)
        self._square += 0.001 * (slope * slope - self._square)
        mean = self._mean / (1 - 0.9**self._time)
        square = self._square / (1 - 0.999**self._time)
        self._weights -= step * mean / (np.sqrt(square) + 1e-8)
