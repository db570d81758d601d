"""Hearing a text: what settles at once settles at once, the rest is weighed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.domain.faq import fold
from bot.hearing.model import Array, Model, clues, lexical, nearness, shares, unit_length
from bot.hearing.reading import Reader
from bot.messages import Heard

Meaning = Callable[[Sequence[str]], Array]

WARY = 0.5
"""How much of the doubt remains for a text which is no question while one is open: an answer
must not be taken for a question."""

CHEATING = 0.6
"""Share from which a text is a request to cheat: a man who is refused by mistake is hurt."""

CLOSE = 0.75
"""From this share of the threshold on, two near intents that hold the trust together are both
offered."""


@dataclass(frozen=True, slots=True)
class Ear:
    """Implements ``ports.Faq``. Safe to share among threads."""

    reader: Reader
    model: Model
    meaning: Meaning
    exact: Mapping[str, str]
    """Folded phrasing -> intent: word for word, no weighing."""
    near: Mapping[str, frozenset[str]]
    """Intent -> those easily mixed up with it."""
    asks: Callable[[str], bool]
    """Tells whether a text has the shape of a question."""
    settled: Callable[[str], bool]
    """Tells a text that can only be an answer, a date or a number: no question at all."""

    def hear(self, text: str, open_question: str = "") -> Heard:
        """Understand a text; ``open_question`` is the kind of the question that waits."""
        folded = fold(text)
        if not folded:
            return Heard("none")
        if found := self.exact.get(folded):
            return Heard("answer", (found,), 1.0)
        if self.settled(text):
            return Heard("none")
        return self._weigh(self.reader.plain(text), bool(open_question))

    def _weigh(self, plain: str, waited_for: bool) -> Heard:
        model = self.model
        meant = unit_length(self.meaning([plain]) - model.centre)
        rows = np.concatenate([lexical(self.reader, [plain], model.rarity), meant], axis=1)
        intents = shares(rows @ model.intent_weights + model.intent_bias)
        kinds = shares(rows @ model.kind_weights + model.kind_bias)
        asks = self.asks(plain)
        near = nearness(unit_length(meant @ model.axes), model.known, model.known_kinds)
        found = clues(intents, kinds, near, np.array([asks]))[0]
        trust = self._trust(found)
        if waited_for and not asks:
            trust *= WARY
        if kinds[0, 3] > max(CHEATING, kinds[0, 0]):
            return Heard("refuse", (), float(kinds[0, 3]))
        return self._decide(intents[0], trust)

    def _trust(self, found: Array) -> float:
        mean, spread, weight = self.model.judge
        score = ((found - mean) / spread) @ weight + self.model.judge_bias
        return float(1 / (1 + np.exp(-score)))

    def _decide(self, intents: Array, trust: float) -> Heard:
        first, second = (self.model.intents[at] for at in np.argsort(intents)[-1:-3:-1])
        if trust >= self.model.threshold:
            return Heard("answer", (first,), trust)
        together = float(np.sort(intents)[-2:].sum())
        if (
            trust >= self.model.threshold * CLOSE
            and together > CLOSE
            and second in self.near.get(first, frozenset())
        ):
            return Heard("choice", (first, second), trust)
        return Heard("none", (), trust)
