"""Access tokens and the JS-SDK ticket (WeChat: 获取稳定版接口调用凭据, 获取接口调用凭据)."""

from __future__ import annotations

import re
import secrets

from sandbox.clock import Clock
from sandbox.state import State, Thing

LIVES_S = 7200
EARLY_S = 300
"""So long before its end a token is renewed, and so long the old one goes on working."""

FORCE_APART_S = 30
FORCE_PER_DAY = 20
LEGACY_PER_DAY = 2000


class QuotaReached(Exception):
    """45009: too many of them today."""


class Tokens:
    """Tokens of both kinds, which know nothing of each other."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state, self._clock = state, clock

    def stable(self, *, force: bool = False) -> tuple[str, int]:
        """Return the same token until five minutes before its end, unless forced."""
        with self._state.turn():
            now = self._clock.seconds()
            held = self._state.get("token", "stable")
            forced = force and self._may_force(now)
            if not forced and held and held["until"] - now >= EARLY_S:
                return _told(held, now)
            return self._new("stable", now, grace=0 if forced else EARLY_S)

    def legacy(self) -> tuple[str, int]:
        """Return a new token; the last one dies in five minutes."""
        with self._state.turn():
            self._count_day("legacy", LEGACY_PER_DAY)
            return self._new("legacy", self._clock.seconds(), grace=EARLY_S)

    def error(self, value: str) -> int:
        """Return 0 for a good token, else WeChat's error code."""
        if not value:
            return 41001
        for held in self._state.all("token"):
            if held["value"] == value and held.get("use", "token") == "token":
                return 0 if held["until"] > self._clock.seconds() else 42001
        return 40001 if re.fullmatch(r"[\w-]{32,512}", value) else 40014

    def expire(self) -> None:
        """Let every token die before its time; the next call with one gets 42001."""
        with self._state.turn():
            now = self._clock.seconds()
            for key in ("stable", "stable_old", "legacy", "legacy_old"):
                held = self._state.get("token", key)
                if held:
                    self._state.put("token", key, {**held, "until": min(held["until"], now)})

    def ticket(self) -> tuple[str, int]:
        """Return the JS-SDK ticket, the same for two hours."""
        with self._state.turn():
            now = self._clock.seconds()
            held = self._state.get("token", "ticket")
            if not held or held["until"] <= now:
                value = secrets.token_urlsafe(64)
                held = {"value": value, "until": now + LIVES_S, "use": "ticket"}
                self._state.put("token", "ticket", held)
            return _told(held, now)

    def _new(self, key: str, now: float, grace: float) -> tuple[str, int]:
        held = self._state.get("token", key)
        if held and grace:
            old = {**held, "until": min(held["until"], now + grace)}
            self._state.put("token", f"{key}_old", old)
        elif held:
            self._state.drop("token", f"{key}_old")
        made: Thing = {"value": secrets.token_urlsafe(102), "until": now + LIVES_S}
        self._state.put("token", key, made)
        return _told(made, now)

    def _may_force(self, now: float) -> bool:
        """Too early: the token is not renewed; too often in a day: an error."""
        last = self._state.get("count", "forced_at") or {"at": 0.0}
        if now - last["at"] < FORCE_APART_S:
            return False
        self._count_day("forced", FORCE_PER_DAY)
        self._state.put("count", "forced_at", {"at": now})
        return True

    def _count_day(self, name: str, most: int) -> None:
        day = int((self._clock.seconds() + 8 * 3600) // 86400)  # the day in China
        held = self._state.get("count", name) or {}
        n = held.get("n", 0) + 1 if held.get("day") == day else 1
        if n > most:
            raise QuotaReached
        self._state.put("count", name, {"day": day, "n": n})


def _told(held: Thing, now: float) -> tuple[str, int]:
    return held["value"], int(held["until"] - now)
