"""How orders, refunds and their notices are shown from behind."""

from __future__ import annotations

from typing import Any

from sandbox.clock import iso_seconds
from sandbox.pay.notices import Notice
from sandbox.pay.orders import Order, trade_state
from sandbox.pay.service import Pay


def order_row(pay: Pay, order: Order) -> dict[str, Any]:
    """Return an order with its notices."""
    notices = [one for one in pay.notices.of(order["number"]) if "trade_state" in one["resource"]]
    return {
        "out_trade_no": order["number"],
        "transaction_id": order.get("transaction"),
        "trade_type": order["type"],
        "trade_state": trade_state(order),
        "fen": order["fen"],
        "returned_fen": order.get("returned", 0),
        "description": order["description"],
        "attach": order["attach"],
        "notify_url": order["notify_url"],
        "openid": order.get("payer") or order["openid"] or None,
        "created_at": iso_seconds(order["created"]),
        "expires_at": iso_seconds(order["expires"]),
        "paid_at": iso_seconds(order.get("paid")),
        "closed_at": iso_seconds(order.get("closed")),
        "tickets": order["tickets"],
        "refunds": order["refunds"],
        "notices": [_notice(one) for one in notices],
    }


def refund_row(pay: Pay, refund: dict[str, Any]) -> dict[str, Any]:
    """Return a refund with its notices."""
    mine = (one for one in pay.notices.of(refund["order"]))
    notices = [one for one in mine if one["resource"].get("out_refund_no") == refund["number"]]
    return {
        "out_refund_no": refund["number"],
        "refund_id": refund["id"],
        "out_trade_no": refund["order"],
        "status": refund["status"],
        "fen": refund["fen"],
        "total_fen": refund["total"],
        "reason": refund["reason"],
        "created_at": iso_seconds(refund["created"]),
        "done_at": iso_seconds(refund.get("done")),
        "notices": [_notice(one) for one in notices],
    }


def _notice(notice: Notice) -> dict[str, Any]:
    return {
        "id": notice["id"],
        "event": notice["event"],
        "state": notice["state"],
        "tries": notice["tries"],
        "next_at": iso_seconds(notice.get("next")),
    }
