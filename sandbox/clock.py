"""The virtual clock: real time plus an offset that only grows.

It begins now, or at an instant of one's choice: a test that begins whenever it happens to be
run is another test at midnight.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

from sandbox.state import State

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def iso(instant: datetime) -> str:
    """An instant as it is written in every answer: UTC with a ``Z``."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_seconds(seconds: float | None) -> str | None:
    """A Unix time in the same way; None stays None."""
    return None if seconds is None else iso(datetime.fromtimestamp(seconds, UTC))


def read_instant(text: str) -> datetime:
    """Read an ISO instant; without an offset it is UTC. Raises ValueError."""
    instant = datetime.fromisoformat(text)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def read_duration(text: str) -> timedelta:
    """``3d``, ``2h``, ``90s``, or several of them: ``1d12h``. Raises ValueError."""
    if not re.fullmatch(r"(\d{1,6}[smhdw])+", text):
        raise ValueError(f"{text!r} is no duration")
    parts = re.findall(r"(\d+)([smhdw])", text)
    return timedelta(seconds=sum(int(n) * _UNITS[unit] for n, unit in parts))


class Clock:
    """Business time for allowances, expiries and message times; the 5-second limit is real time."""

    def __init__(self, state: State, begins: datetime | None = None) -> None:
        self._state = state
        self._first = begins.timestamp() - time.time() if begins else 0.0
        kept = state.get("clock", "offset")
        self._set(kept["seconds"] if kept else self._first)

    @property
    def offset(self) -> float:
        """Seconds ahead of real time; less than 0 when it began in the past."""
        return self._offset

    def seconds(self) -> float:
        """Return the virtual time as a Unix time."""
        return time.time() + self._offset

    def now(self) -> datetime:
        """Return the virtual instant, UTC."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    def move_to(self, instant: datetime) -> None:
        """Jump forward; an instant in the past changes nothing."""
        self._set(max(self._offset, instant.timestamp() - time.time()))

    def reset(self) -> None:
        """Go back to where it began."""
        self._set(self._first)

    def _set(self, offset: float) -> None:
        self._offset = offset
        self._state.put("clock", "offset", {"seconds": offset})
