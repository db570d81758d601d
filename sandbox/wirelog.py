"""Every request and answer in both directions, for the developer's eyes."""

from __future__ import annotations

import re
from typing import Any

from sandbox.clock import Clock, iso
from sandbox.state import State

KEPT = 20_000
"""Entries kept; older ones are forgotten so that a long run does not fill the disk."""

_SECRET = re.compile(
    r"""((?:access_token|refresh_token|secret|appsecret|ticket)(?:=|"\s*:\s*"))[^&"\s]{6,}"""
)


class WireLog:
    """Numbered entries: a push with all it carried, or a call of the API."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    def add(self, kind: str, request: dict[str, Any], answer: dict[str, Any]) -> int:
        """Write an exchange down; tokens and secrets are masked."""
        entry: dict[str, Any] = {"at": iso(self._clock.now()), "kind": kind}
        entry |= {"request": _masked(request), "answer": _masked(answer)}
        n = self._state.append("wire", "", entry)
        if n % 500 == 0:
            self._state.trim("wire", "", n - KEPT)
        return n

    def after(self, n: int, limit: int = 1000) -> list[dict[str, Any]]:
        """Return the entries with a number above ``n``."""
        return self._state.entries("wire", "", n, limit)


def _masked(half: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _SECRET.sub(r"\1…", value) if isinstance(value, str) and name != "xml" else value
        for name, value in half.items()
    }
