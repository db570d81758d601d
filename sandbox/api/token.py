"""Handing out access tokens (WeChat: 获取稳定版接口调用凭据)."""

from __future__ import annotations

from typing import Any

from sandbox.api.calls import OK, ApiError, Call, Row
from sandbox.tokens import QuotaReached
from sandbox.world import World


def check_secret(world: World, row: Any) -> None:
    """Compare app id and secret. Raises 40013 or 40125."""
    if row.get("appid") != world.account.app_id:
        raise ApiError(40013, "invalid appid")
    if row.get("secret") != world.account.app_secret:
        raise ApiError(40125, "invalid appsecret")


def stable_token(world: World, call: Call) -> Row:
    """Return the stable token."""
    check_secret(world, call.body)
    _check_grant(call.body.get("grant_type"))
    try:
        value, seconds = world.tokens.stable(force=call.body.get("force_refresh") is True)
    except QuotaReached:
        raise ApiError(45009, "reach max api daily quota limit") from None
    return {"access_token": value, "expires_in": seconds}


def legacy_token(world: World, call: Call) -> Row:
    """Return a legacy token: each call makes a new one."""
    _check_grant(call.query.get("grant_type"))
    check_secret(world, call.query)
    try:
        value, seconds = world.tokens.legacy()
    except QuotaReached:
        raise ApiError(45009, "reach max api daily quota limit") from None
    return {"access_token": value, "expires_in": seconds}


def _check_grant(kind: object) -> None:
    if kind != "client_credential":
        raise ApiError(40002, "invalid grant_type")


def ticket(world: World, call: Call) -> Row:
    """Return the JS-SDK ticket."""
    if call.query.get("type") != "jsapi":
        raise ApiError(40097, "invalid args")
    value, seconds = world.tokens.ticket()
    return {**OK, "ticket": value, "expires_in": seconds}
