"""What an error code of the platform means for the message at hand (wechat.md 2, 3)."""

from __future__ import annotations

from collections.abc import Mapping

from bot.ports import SendFailed

INVALID_TOKEN = frozenset({40001, 40014, 42001})

NATURE: Mapping[int, str] = {
    -1: "retry",  # busy
    45011: "retry",  # per minute
    45009: "retry",  # per day
    45015: "park",  # outside the window, or not following
    45047: "park",  # allowance used up
    43101: "stop",  # refused, or no consent left
    43004: "stop",  # not following
    43019: "stop",  # has blocked the account
    48002: "stop",  # has switched messages off
    40164: "alert",  # our address is not on the list
    40125: "alert",  # bad secret
    40013: "alert",  # bad app id
    89503: "alert",  # an administrator must confirm the address
    89501: "alert",
    43106: "alert",  # punished
    48001: "alert",  # no such right for this account
    40001: "alert",  # token refused even after it was renewed
    40014: "alert",
    42001: "alert",
}
"""Anything else is ``never``: this message cannot go as it is."""


def failed(code: int, text: str) -> SendFailed:
    """Make a typed error of the platform's answer."""
    return SendFailed(NATURE.get(code, "never"), code, text[:200])
