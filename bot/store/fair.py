"""A lock that is had in the order in which it was asked for.

Python's own lets the thread that runs take it again before one that waits: under eight
welders at once the unlucky waited four times as long as the median (``make bench``, p99).
"""

from __future__ import annotations

import threading
from collections import deque


class FairLock:
    """First come, first served. Whoever releases hands over to the next in line."""

    def __init__(self) -> None:
        self._door = threading.Lock()
        self._held = False
        self._line: deque[threading.Lock] = deque()

    def acquire(self, seconds: float) -> bool:
        """Take the lock, or return False if its turn has not come after so many seconds."""
        with self._door:
            if not self._held:
                self._held = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._line.append(mine)
        if mine.acquire(timeout=seconds):
            return True
        with self._door:
            if mine not in self._line:  # handed over at the last moment
                return True
            self._line.remove(mine)
            return False

    def release(self) -> None:
        """Hand over to whoever has waited longest."""
        with self._door:
            if self._line:
                self._line.popleft().release()
            else:
                self._held = False
