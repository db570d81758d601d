"""How many customer-service messages an account may send (WeChat: 客服消息, 下发条数限制)."""

from __future__ import annotations

from typing import Literal, TypedDict

Reason = Literal["message", "menu", "follow", "scan", "payment"]

_HOUR = 3600.0
RULES: dict[Reason, tuple[int | None, float]] = {
    "message": (5, 48 * _HOUR),
    "menu": (3, 60.0),
    "follow": (3, 60.0),
    "scan": (3, 60.0),
    "payment": (None, 48 * _HOUR),
}


class Grant(TypedDict):
    """The right that one deed of the follower gave; ``left`` None is without limit."""

    reason: Reason
    left: int | None
    until: float


class OutOfWindow(Exception):
    """45015: no grant is alive."""


class UsedUp(Exception):
    """45047: a grant is alive, but nothing is left of it."""


def grant(grants: list[Grant], reason: Reason, now: float) -> list[Grant]:
    """Renew the grant of this reason: it starts again, it does not add up."""
    left, seconds = RULES[reason]
    others = [g for g in grants if g["until"] > now and g["reason"] != reason]
    return [*others, {"reason": reason, "left": left, "until": now + seconds}]


def spend(grants: list[Grant], now: float) -> list[Grant]:
    """Take one send from the grant that ends first. Raises ``OutOfWindow`` or ``UsedUp``."""
    alive = sorted((g for g in grants if g["until"] > now), key=lambda g: g["until"])
    if not alive:
        raise OutOfWindow
    for one in alive:
        if one["left"] is None:
            return alive
        if one["left"] > 0:
            spent: Grant = {**one, "left": one["left"] - 1}
            return [spent if g is one else g for g in alive]
    raise UsedUp
