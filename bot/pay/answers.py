"""What WeChat says of payments and refunds, read by what was agreed and not by trust.

The same values come as answers and in notices. Payments:
https://pay.weixin.qq.com/docs/merchant/apis/h5-payment/payment-notice.html, refunds:
https://pay.weixin.qq.com/wiki/doc/apiv3/apis/chapter3_1_11.shtml.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from bot.ports.till import Return, Trade, TradeState

CURRENCY = "CNY"

TRADES: Mapping[str, TradeState] = {
    "SUCCESS": "paid",
    "REFUND": "paid",  # and something went back since
    "NOTPAY": "open",
    "USERPAYING": "open",
    "PAYERROR": "open",  # he may try again
    "CLOSED": "closed",
    "REVOKED": "closed",
}

RETURNS: Mapping[str, Literal["processing", "done", "failed"]] = {
    "PROCESSING": "processing",
    "SUCCESS": "done",
    "ABNORMAL": "failed",
    "CLOSED": "failed",
}


class Unlike(Exception):
    """What came is not what was agreed; ``reason`` is a code for logs."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def trade(values: Mapping[str, Any], merchant: str, account: str) -> Trade:
    """Read a payment of our merchant's number and account. Raises ``Unlike``."""
    _ours(values, "mchid", merchant, "merchant")
    _ours(values, "appid", account, "account")
    number, state = _text(values, "out_trade_no"), TRADES.get(_text(values, "trade_state"))
    if state is None:
        raise Unlike("shape")
    if state != "paid":
        return Trade(number, state)
    return Trade(
        number,
        state,
        _fen(values, "total"),
        _text(values, "transaction_id"),
        _instant(values, "success_time"),
    )


def told_refund(values: Mapping[str, Any], merchant: str) -> Return:
    """Read a refund in a notice of our merchant's number. Raises ``Unlike``."""
    _ours(values, "mchid", merchant, "merchant")
    return refund(values, "refund_status")


def refund(values: Mapping[str, Any], state: str = "status") -> Return:
    """Read a refund; ``state`` names the field that tells how it stands. Raises ``Unlike``."""
    stands = RETURNS.get(_text(values, state))
    if stands is None:
        raise Unlike("shape")
    return Return(
        _text(values, "out_refund_no"),
        _text(values, "out_trade_no"),
        _fen(values, "refund"),
        stands,
        _instant(values, "success_time") if stands == "done" else None,
    )


def _ours(values: Mapping[str, Any], name: str, ours: str, reason: str) -> None:
    if _text(values, name) != ours:
        raise Unlike(reason)


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 128:
        raise Unlike("shape")
    return value


def _fen(values: Mapping[str, Any], name: str) -> int:
    amount = values.get("amount")
    if not isinstance(amount, dict):
        raise Unlike("shape")
    if amount.get("currency", CURRENCY) != CURRENCY:
        raise Unlike("currency")
    value = amount.get(name)
    if type(value) is not int or value <= 0:  # true is an int, too
        raise Unlike("shape")
    return value


def _instant(values: Mapping[str, Any], name: str) -> datetime:
    try:
        at = datetime.fromisoformat(_text(values, name))
    except ValueError:
        raise Unlike("shape") from None
    if at.tzinfo is None:
        raise Unlike("shape")
    return at
