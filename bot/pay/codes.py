"""What WeChat's refusals mean for the same request: again, never, or only after an operator.

https://pay.weixin.qq.com/wiki/doc/apiv3/apis/chapter3_4_3.shtml (payments; the pages of today
spell the same codes with and without underscores), chapter3_1_9.shtml (refunds) and
chapter3_1_6.shtml (statements).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from bot.ports.till import PayFailed

Nature = Literal["again", "refused", "alert"]

_NATURES: dict[Nature, tuple[str, ...]] = {
    "again": (
        "SYSTEM_ERROR",
        "BANK_ERROR",
        "BIZERR_NEED_RETRY",
        "FREQUENCY_LIMITED",
        "FREQUENCY_LIMIT_EXCEED",
        "RATELIMIT_EXCEEDED",
        "RULE_LIMIT",  # of how often, the page says
        "STATEMENT_CREATING",
        "USERPAYING",
    ),
    "refused": (
        "INVALID_REQUEST",
        "INVALID_TRANSACTIONID",  # with status 500
        "NO_STATEMENT_EXIST",
        "OPENID_MISMATCH",  # with status 500
        "ORDERPAID",
        "ORDER_CLOSED",
        "ORDER_NOT_EXIST",
        "OUT_TRADE_NO_USED",
        "PARAM_ERROR",
        "RESOURCE_NOT_EXISTS",
        "TRADE_ERROR",
    ),
    "alert": (
        "ACCOUNT_ERROR",
        "APPID_MCHID_NOT_MATCH",
        "APPID_NOT_EXIST",
        "MCH_NOT_EXISTS",
        "MCHID_NOT_EXIST",
        "NOT_ENOUGH",
        "NO_AUTH",
        "REQUEST_BLOCKED",
        "SIGN_ERROR",
        "USER_ACCOUNT_ABNORMAL",
    ),
}

_KNOWN: dict[str, tuple[Nature, str]] = {
    code.replace("_", ""): (nature, code) for nature, codes in _NATURES.items() for code in codes
}


_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")


def code_of(told: Mapping[str, Any]) -> str:
    """Return the code of a refusal; empty for none, or for what is no code: it will be logged."""
    code = told.get("code")
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def failure(status: int, code: str) -> PayFailed:
    """Return what an answer of this status and code means; empty: it told no code."""
    known = _KNOWN.get(code.replace("_", ""))
    if known:
        return PayFailed(*known)
    if status >= 500 or status == 429 or not code:
        return PayFailed("again", code or f"http_{status}")
    return PayFailed("alert" if status == 401 else "refused", code)
