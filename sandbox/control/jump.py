"""Turning the clock: from one due time to the next, and no further before all is done."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests

from sandbox.clock import read_duration, read_instant
from sandbox.world import World

STEP = timedelta(hours=1)
"""The step when the bot names a due time that is already past."""

PAUSE_S = 0.03


class Jump:
    """Moves the clock of a world."""

    def __init__(self, world: World) -> None:
        self._world, self._patience = world, world.patience.step_s
        self._lock = threading.Lock()
        parts = urlsplit(world.account.push_url)
        self._due = f"{parts.scheme}://{parts.netloc}/demo/due"
        self._answered = False

    def turn(self, row: dict[str, Any]) -> bool:
        """Turn as asked; return whether some step was left before all was done.

        1. Wait for pushes in flight, and until the bot has nothing left to do now.
        2. Move to the next due time that the bot names, or straight to the target.
        3. Wait again, and so on.

        The clock never goes back: a target in the past changes nothing. Raises ValueError for
        a request that names no time.
        """
        with self._lock, requests.Session() as session:
            session.trust_env = False
            self._answered = False
            target = self._target(session, row)
            late = not self._settled(session)
            while self._world.clock.now() < target:
                self._world.clock.move_to(self._next(session, target))
                late = not self._settled(session) or late
            return late

    def _target(self, session: requests.Session, row: dict[str, Any]) -> datetime:
        now = self._world.clock.now()
        if row.get("to_next"):
            named = self._ask(session) or {}
            at = named.get("next_reminder_at") or named.get("next_due_at")
            # A second more: due means that the time has come, not that it is coming.
            return read_instant(at) + timedelta(seconds=1) if at else now + timedelta(days=1)
        if "to" in row:
            return read_instant(str(row["to"]))
        if "advance" in row:
            return now + read_duration(str(row["advance"]))
        raise ValueError("no time is named")

    def _next(self, session: requests.Session, target: datetime) -> datetime:
        """Return where to go: a bot that names nothing is not waited for on the way."""
        now = self._world.clock.now()
        stops = [target]
        if named := (self._ask(session) or {}).get("next_due_at"):
            due = read_instant(named)
            stops.append(due if due > now else now + STEP)
        if later := self._world.agenda.next_due():
            own = datetime.fromtimestamp(later, UTC)
            stops.append(own if own > now else now + STEP)
        return min(stops)

    def _settled(self, session: requests.Session) -> bool:
        """Wait until nothing is in flight and the bot has nothing left to do at this hour."""
        until = time.monotonic() + self._patience
        while time.monotonic() < until:
            self._world.settled(max(0.0, until - time.monotonic()))
            named = self._ask(session)
            if named is None and not self._answered:
                return self._world.settled(0.0)
            if named is not None and not named.get("pending"):
                return self._world.settled(max(0.0, until - time.monotonic()))
            time.sleep(PAUSE_S)
        return False

    def _ask(self, session: requests.Session) -> dict[str, Any] | None:
        """Ask the bot what is due; None if it does not say."""
        # to the microsecond: cut to milliseconds, a time that is due would seem to lie ahead
        now = self._world.clock.now().isoformat()
        try:
            answer = session.get(self._due, params={"now": now}, timeout=5)
            found = answer.json() if answer.status_code == 200 else None
        except (requests.RequestException, ValueError):
            return None
        if not isinstance(found, dict):
            return None
        self._answered = True
        return found
