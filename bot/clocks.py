"""Business time: the machine's own, or one that somebody turns."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import requests

from bot.config import BadSetting


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Return the present instant."""
        return datetime.now(UTC)


class TurnedClock:
    """A clock that somebody else turns (the sandbox); refused in production."""

    STALE_S = 0.02

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.trust_env = False
        self._offset, self._read_at = timedelta(), 0.0

    def now(self) -> datetime:
        """Return its present instant, asked for at most every 20 ms. Raises ``BadSetting``."""
        if time.monotonic() - self._read_at > self.STALE_S:
            there = self._ask()
            self._offset = there - datetime.now(UTC)
            self._read_at = time.monotonic()
        return datetime.now(UTC) + self._offset

    def _ask(self) -> datetime:
        try:
            answer = self._session.get(self._url, timeout=2)
            return datetime.fromisoformat(answer.json()["now"])
        except (requests.RequestException, ValueError, TypeError, KeyError) as error:
            raise BadSetting(
                f"CLOCK_URL: {self._url} does not tell the time ({type(error).__name__})."
            ) from None
