"""One parent for several processes: restarts what dies, stops all of it cleanly."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import IO

STOP_S = 12.0
"""A process that has not stopped by then is killed; each promises to need less than 10 s."""

STEADY_S = 5.0
"""Who lived so long is started again at once; who did not waits a little longer each time."""

log = logging.getLogger(__name__)


@dataclass
class Child:
    """One process to be kept alive."""

    name: str
    command: list[str]
    environ: Mapping[str, str]
    output: IO[bytes] | None = None
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    not_before: float = 0.0

    def start(self) -> None:
        """Start it in a group of its own, so that Ctrl-C reaches the parent alone."""
        self.process = subprocess.Popen(
            self.command,
            env=dict(self.environ),
            stdout=self.output,
            stderr=self.output,
            start_new_session=True,
        )
        self.started_at = time.monotonic()

    def look(self) -> None:
        """Start it again if it has died."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is None:
            return
        if self.process is not None:
            lived = now - self.started_at
            self.failures = 0 if lived > STEADY_S else self.failures + 1
            self.not_before = now + min(0.2 * 2**self.failures, 10.0) - 0.2
            log.warning("%s ended with %s; starting it again", self.name, self.process.returncode)
            self.process = None
        if now >= self.not_before:
            self.start()

    def ask_to_stop(self) -> None:
        """Ask it to stop."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, deadline: float) -> None:
        """Wait for it, and kill it when its time is over."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Parent:
    """Keeps children alive until it is told to stop; ``output``: a file for all they print."""

    children: list[Child] = field(default_factory=list)
    output: IO[bytes] | None = None
    stopping: bool = False

    def add(self, name: str, *command: str, environ: Mapping[str, str] | None = None) -> None:
        """Add ``weldmate command…`` as a child."""
        run = [sys.executable, "-m", *command]
        surroundings = os.environ if environ is None else environ
        self.children.append(Child(name, run, surroundings, self.output))

    def run(self) -> None:
        """Keep the children alive until SIGTERM or SIGINT, then stop them in reverse order."""
        signal.signal(signal.SIGTERM, self._told_to_stop)
        signal.signal(signal.SIGINT, self._told_to_stop)
        try:
            while not self.stopping:
                for child in self.children:
                    child.look()
                time.sleep(0.05)
        finally:
            self.stop()

    def stop(self) -> None:
        """Stop the children in reverse order."""
        for child in reversed(self.children):
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_S
        for child in reversed(self.children):
            child.end(deadline)

    def _told_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True
