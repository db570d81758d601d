"""The side that asks: a child process at a time, started at the first photo, never trusted."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from bot.domain.papers import Papers
from bot.domain.photo import BAD_PHOTO
from bot.ports import BadPhoto, NotRead, Sight
from bot.vision import wire

PATIENCE_S = 20.0
"""A photo takes one second; a child that takes longer is ended."""

START_S = 60.0
"""A child on a busy machine loads its weights in seconds."""

MOST_BYTES = 12 * 1024 * 1024

MOST_MEMORY = 600 * 1024 * 1024
"""Resident memory of the child, where the system tells it (Linux)."""

LOOK_S = 0.02

COMMAND = [sys.executable, "-m", "bot.vision"]

log = logging.getLogger(__name__)


@dataclass
class PhotoReader:
    """Implements ``ports.Reader``. ``today`` decides what has expired; close it at the end."""

    papers: Papers
    today: Callable[[], date]
    most_memory: int = MOST_MEMORY
    patience_s: float = PATIENCE_S
    _child: _Child | None = field(default=None, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def read(self, photo: bytes, expected: str = "") -> Sight:
        """Read a photo; ``expected`` is the document asked for.

        Raises ``BadPhoto`` and ``NotRead``: with ``again`` when the child died of it. Who
        sees the same photo die twice should call it damaged.
        """
        if not photo:
            raise BadPhoto("empty")
        if len(photo) > MOST_BYTES:
            raise BadPhoto("bytes")
        with self._lock:
            try:
                answer, kept = self._ready().ask(
                    {"expected": expected, "today": self.today().isoformat()},
                    photo,
                    self.patience_s,
                )
                return _sight(answer, kept)
            except _Died as error:
                self._end()
                log.warning("the reader of photos died: %s", error)
                raise NotRead(str(error), again=True) from None

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._end()

    @property
    def pid(self) -> int | None:
        """Return the child's number, if there is one."""
        return self._child.process.pid if self._child else None

    def _ready(self) -> _Child:
        """Return a child that lives and has its weights. Raises ``NotRead``, ``_Died``."""
        if self._child and self._child.process.poll() is not None:
            self._end()
        if self._child is None:
            self._child = _Child(self.most_memory)
            answer, _ = self._child.ask(wire.papers_out(self.papers), b"", START_S)
            if not answer.get("ready"):
                self._end()
                raise NotRead(str(answer.get("failed")), again=False)
        return self._child

    def _end(self) -> None:
        if self._child:
            self._child.end()
            self._child = None


def _sight(answer: dict[str, Any], kept: bytes) -> Sight:
    if "bad" in answer:
        reason = str(answer["bad"])
        raise BadPhoto(reason if reason in BAD_PHOTO else "damaged")
    if "failed" in answer:
        raise NotRead(str(answer["failed"]), again=False)
    try:
        return Sight(kept, wire.reading_in(answer["reading"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _Died("gave an answer that is none") from None


class _Died(Exception):
    """The child is gone, or has to go; the text says why."""


class _Child:
    """One process that reads photos."""

    def __init__(self, most_memory: int) -> None:
        self.most_memory = most_memory
        self.process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_surroundings(),
            start_new_session=True,  # Ctrl-C reaches the parent alone
        )

    def ask(self, words: dict[str, Any], load: bytes, patience_s: float) -> tuple[Any, bytes]:
        """Send a frame and return the answer. Raises ``_Died``.

        Reading blocks and a child cannot be trusted to write, so this thread watches
        another one that reads, and ends the child when its time or memory is over.
        """
        found: list[tuple[Any, bytes]] = []
        reading = threading.Thread(target=self._exchange, args=(words, load, found), daemon=True)
        reading.start()
        deadline = time.monotonic() + patience_s
        why = ""
        while not why:
            reading.join(LOOK_S)
            if not reading.is_alive():
                break
            why = self._too_much(deadline)
        if why:
            self.process.kill()
            reading.join()
        if found and not why:
            return found[0]
        raise _Died(why or f"ended with {self.process.wait()}")

    def _exchange(self, words: dict[str, Any], load: bytes, found: list[tuple[Any, bytes]]) -> None:
        asked, told = _pipes(self.process)
        try:
            wire.write(asked, words, load)
            found.append(wire.read(told))
        except (wire.Lost, OSError, ValueError):
            self.process.kill()

    def _too_much(self, deadline: float) -> str:
        if time.monotonic() > deadline:
            return "took too long"
        return "took too much memory" if memory(self.process.pid) > self.most_memory else ""

    def end(self) -> None:
        """End it and wait for it."""
        self.process.kill()
        self.process.wait()
        for pipe in _pipes(self.process):
            with suppress(OSError):
                pipe.close()


def _pipes(process: subprocess.Popen[bytes]) -> tuple[BinaryIO, BinaryIO]:
    assert process.stdin
    assert process.stdout
    return process.stdin, process.stdout  # type: ignore[return-value]


def memory(pid: int) -> int:
    """Return resident bytes of a process; 0 where the system does not tell."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _surroundings() -> dict[str, str]:
    """Return the child's environment: no key and no password of ours is in it."""
    kept = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "SYSTEMROOT", "VIRTUAL_ENV")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        # large blocks go back to the system at once: 455 MB at the peak instead of 580
        "MALLOC_ARENA_MAX": "1",
        "MALLOC_MMAP_THRESHOLD_": "4194304",
        "MALLOC_TRIM_THRESHOLD_": "4194304",
    }
