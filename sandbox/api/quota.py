"""Addresses and quotas of the platform (WeChat: 获取微信服务器 IP 地址, 重置 API 调用次数)."""

from __future__ import annotations

from sandbox.api.calls import OK, ApiError, Call, Row
from sandbox.clock import Clock
from sandbox.world import World

CLEARS_PER_MONTH = 10


def addresses(_world: World, _call: Call) -> Row:
    """Return where pushes come from and where the API is."""
    return {"ip_list": ["127.0.0.1"]}


def clear(world: World, call: Call) -> Row:
    """End a 45009, ten times a month."""
    if call.body.get("appid") != world.account.app_id:
        raise ApiError(40013, "invalid appid")
    with world.state.turn():
        month = _month(world.clock)
        held = world.state.get("count", "clear_quota") or {}
        n = held.get("n", 0) + 1 if held.get("month") == month else 1
        if n > CLEARS_PER_MONTH:
            raise ApiError(48006, "forbid to clear quota because of reaching the limit")
        world.state.put("count", "clear_quota", {"month": month, "n": n})
    world.faults.clear_errcode(45009)
    return OK


def _month(clock: Clock) -> str:
    return clock.now().strftime("%Y-%m")
