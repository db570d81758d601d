"""The access token and the JS ticket, shared by every process, fetched by one (wechat.md 3)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bot.ports import Clock, SendFailed, SharedCache

EARLY_S = 300
"""A token is renewed so long before it ends; the platform serves both meanwhile."""

LOCK_S, LOCK_WAIT_S = 15.0, 10.0

KEPT_S = 2 * 86400
"""How long the cache keeps an entry on the machine's time; what counts is its expiry inside."""

Fetch = Callable[[bool], tuple[str, int]]
"""Ask the platform: (force) -> (value, seconds it lives)."""


class Broker:
    """Keeps one short-lived secret of the account. Expiry is on the ``Clock``."""

    def __init__(self, name: str, fetch: Fetch, cache: SharedCache, clock: Clock) -> None:
        self._name, self._fetch, self._cache, self._clock = name, fetch, cache, clock

    def get(self) -> str:
        """Return a value that is good now; fetch it once however many ask."""
        held = self._held()
        return held["value"] if held and not self._ending(held) else self._renew(None)

    def replace(self, failed: str) -> str:
        """Return another value than one the platform has just refused."""
        held = self._held()
        if held and held["value"] != failed:
            return str(held["value"])
        return self._renew(failed)

    def _renew(self, failed: str | None) -> str:
        with self._cache.lock(self._name, LOCK_S, LOCK_WAIT_S) as locked:
            held = self._held()
            if held and held["value"] != failed and not self._ending(held):
                return str(held["value"])  # somebody else was quicker
            if not locked:
                raise SendFailed("retry", -1, "token lock")
            value, seconds = self._fetch(False)
            if value == failed:
                value, seconds = self._fetch(True)
            self._keep(value, seconds)
            return value

    def _keep(self, value: str, seconds: int) -> None:
        until = self._clock.now() + timedelta(seconds=seconds)
        row = json.dumps({"value": value, "until": until.timestamp()})
        self._cache.put(self._name, row, KEPT_S)

    def _held(self) -> dict[str, Any] | None:
        row = self._cache.get(self._name)
        return json.loads(row) if row else None

    def _ending(self, held: dict[str, Any]) -> bool:
        return bool(self._clock.now().timestamp() > held["until"] - EARLY_S)
