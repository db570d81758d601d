"""Where fault tests kill a process; refused in production."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path


class Failpoint:
    """Kills this process at a named point, once, when a fault test has armed it.

    The file holds the point's name and how often it is passed before; arming is writing
    it, and it is gone before the process is, so that the next one lives.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path) if path else None
        self._lock = threading.Lock()

    def __call__(self, name: str) -> None:
        """Pass a point."""
        if self._path is None:
            return
        with self._lock:
            try:
                armed, _, left = self._path.read_text(encoding="ascii").partition(" ")
            except FileNotFoundError:
                return
            if armed != name:
                return
            if int(left) > 1:
                self._path.write_text(f"{name} {int(left) - 1}", encoding="ascii")
                return
            self._path.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
