"""What WeChat will do later, by the virtual clock; it outlives a restart."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from sandbox.clock import Clock
from sandbox.state import State

Work = Callable[[str], object]

TICK_S = 0.05
AT_ONCE = 32
"""Things that may be done at the same time."""


class Agenda:
    """Things with a due time, each done on a thread of its own once that time has come."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state, self._clock = state, clock
        self._works: dict[str, Work] = {}
        # Never held while the state is touched: who holds the state may add to the agenda.
        self._changed = threading.Condition()
        self._taken: set[str] = set()
        self._thread: threading.Thread | None = None
        self._closed = False

    def on(self, kind: str, work: Work) -> None:
        """Name what is done with the key of a thing of a kind."""
        self._works[kind] = work
        if self._state.first("agenda"):
            self._start()

    def add(self, kind: str, key: str, at: float) -> None:
        """Write down a thing to be done at a virtual Unix time, rounded up to a second.

        What is due within the second in which a clock is turned would else make it stop for
        each thing alone.
        """
        due = max(at, 0.0) if at <= self._clock.seconds() else math.ceil(at)
        name = f"{due:020.6f} {kind} {key}"
        thing = {"at": due, "kind": kind, "key": key, "name": name}
        self._state.put("agenda", name, thing)
        self._start()

    def next_due(self) -> float | None:
        """Return the virtual time of the first thing that is not done yet."""
        rows = self._state.first("agenda")
        return rows[0]["at"] if rows else None

    def idle(self, seconds: float) -> bool:
        """Wait until nothing is due and nothing is being done."""
        until = time.monotonic() + seconds
        while True:
            if self._rests():
                return True
            if time.monotonic() >= until:
                return False
            with self._changed:
                self._changed.notify_all()
                self._changed.wait(min(TICK_S, max(0.0, until - time.monotonic())))

    def close(self) -> None:
        """Begin nothing more, and wait for what is being done."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._taken, 6.0)
        if self._thread:
            self._thread.join(1.0)

    def _rests(self) -> bool:
        """A thing stays in the state until it is done, and what it brings comes before that."""
        due = self.next_due()
        return due is None or due > self._clock.seconds()

    def _start(self) -> None:
        with self._changed:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            rows = self._state.first("agenda", AT_ONCE + 1)
            now = self._clock.seconds()
            with self._changed:
                if self._closed:
                    return
                due = [r for r in rows if r["at"] <= now and r["name"] not in self._taken]
                begin = due[: AT_ONCE - len(self._taken)]
                self._taken |= {row["name"] for row in begin}
                if not begin:
                    self._changed.wait(TICK_S)
            for row in begin:
                threading.Thread(target=self._do, args=(row,), daemon=True).start()

    def _do(self, row: dict[str, str]) -> None:
        try:
            work = self._works.get(row["kind"])
            if work:
                work(row["key"])
        finally:
            self._state.drop("agenda", row["name"])
            with self._changed:
                self._taken.discard(row["name"])
                self._changed.notify_all()
