"""Turning the clock: from one due time to the next, and no further before all is done."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from sandbox.clock import iso, read_duration, read_instant
from sandbox.world import World

STEP = timedelta(hours=1)
"""The longest step when the bot names no due time."""

PATIENCE_S = 15.0
"""Real seconds a step may take; then the clock goes on and says so."""


class Jump:
    """Moves the clock of a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = threading.Lock()
        parts = urlsplit(world.account.push_url)
        self._due = f"{parts.scheme}://{parts.netloc}/demo/due?now="

    def turn(self, row: dict[str, Any]) -> bool:
        """Turn as asked; return whether some step was left before all was done.

        Raises ValueError for a request that says no time.
        """
        with self._lock:
            self._world.pusher.drained(PATIENCE_S)
            target = self._target(row)
            late = not self._settle()
            while self._world.clock.now() < target:
                self._world.clock.move_to(self._next(target))
                late = not self._settle() or late
            return late

    def _target(self, row: dict[str, Any]) -> datetime:
        now = self._world.clock.now()
        if row.get("to_next"):
            named = self._ask()
            at = named and (named.get("next_reminder_at") or named.get("next_due_at"))
            return read_instant(at) + timedelta(seconds=1) if at else now + timedelta(days=1)
        if "to" in row:
            return read_instant(str(row["to"]))
        if "advance" in row:
            return now + read_duration(str(row["advance"]))
        raise ValueError("no time is named")

    def _next(self, target: datetime) -> datetime:
        named = self._ask()
        now = self._world.clock.now()
        if named is None:
            return min(target, now + STEP)
        if not named.get("next_due_at"):
            return target
        return min(target, max(read_instant(named["next_due_at"]), now + timedelta(milliseconds=1)))

    def _settle(self) -> bool:
        """Wait until the bot has nothing left to do at this hour."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            named = self._ask()
            if named is None or not named.get("pending"):
                return self._world.pusher.drained(PATIENCE_S)
            time.sleep(0.03)
        return False

    def _ask(self) -> dict[str, Any] | None:
        """Ask the bot what is due; None if it does not say."""
        url = self._due + quote(iso(self._world.clock.now()))
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        except (urllib.error.URLError, OSError, ValueError):
            return None
