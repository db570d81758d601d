"""What one call of WeChat Pay is given, and how it says no."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response

Row = dict[str, Any]

STATUS = {
    "USER_PAYING": 202,
    "SIGN_ERROR": 401,
    "ACCOUNT_ERROR": 403,
    "NO_AUTH": 403,
    "NOT_ENOUGH": 403,
    "OUT_TRADE_NO_USED": 403,
    "RULE_LIMIT": 403,
    "TRADE_ERROR": 403,
    "USER_ACCOUNT_ABNORMAL": 403,
    "ORDER_NOT_EXIST": 404,
    "RESOURCE_NOT_EXISTS": 404,
    "FREQUENCY_LIMITED": 429,
    "RATELIMIT_EXCEEDED": 429,
    "BANK_ERROR": 500,
    "OPENID_MISMATCH": 500,
    "SYSTEM_ERROR": 500,
    "SERVICE_UNAVAILABLE": 503,
}
"""The HTTP status of an error code; 400 where it is not named."""


class PayError(Exception):
    """An error as WeChat Pay names it; ``detail`` only where WeChat gives one."""

    def __init__(self, code: str, message: str, detail: Row | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.detail = code, message, detail

    @property
    def status(self) -> int:
        """Return the HTTP status it comes with."""
        return STATUS.get(self.code, 400)

    def body(self) -> Row:
        """Return what stands in the answer."""
        told: Row = {"code": self.code, "message": self.message}
        return {**told, "detail": self.detail} if self.detail else told


@dataclass(frozen=True, slots=True)
class Call:
    """What the bot sent: the names in the path, the query, and the JSON body.

    ``faults``: kinds of the faults that strike it.
    """

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Row
    faults: frozenset[str] = frozenset()


class Unsigned(Response):
    """An answer that WeChat does not sign: a file."""


def read_json(raw: bytes) -> Row:
    """Read a body. Raises ``PayError``."""
    try:
        row = json.loads(raw)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        raise PayError("PARAM_ERROR", "请求报文不是合法的JSON", {"location": "body"})
    return row
