"""Refunds: asked for once by number, done a little later (WeChat Pay: 申请退款)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.pay import fields
from sandbox.pay.call import Call, PayError, Row
from sandbox.pay.orders import Order, digits, rfc3339

if TYPE_CHECKING:
    from sandbox.pay.service import Pay

Refund = dict[str, Any]

MOST = 50
"""Refunds of one order."""
YEAR_S = 365 * 86400

ENDS = {"SUCCESS": "退款成功", "ABNORMAL": "退款异常", "CLOSED": "退款关闭"}
"""How a refund may end, and how its notice says it."""


def ask(pay: Pay, call: Call) -> Row:
    """Ask for a refund; the same number with the same values asks for it once."""
    row = call.body
    number = fields.number(row, "out_refund_no", 64, more="@")
    fen, total = fields.amount(row, "refund", "total")
    wanted = {
        "number": number,
        "fen": fen,
        "reason": fields.text(row, "reason", 80, needed=False),
        "notify_url": fields.notify_url(row, needed=False),
    }
    if "currency" not in row["amount"]:
        raise fields.wrong("amount.currency", "缺少必填参数")
    with pay.state.turn():
        order = _order(pay, row)
        held = pay.state.get("pay_refund", number)
        if held:
            return told(_same(held, {**wanted, "order": order["number"]}))
        _check(pay, order, fen, total)
        ends = (end for end in ENDS if end.lower() in call.faults)
        return told(_accept(pay, order, wanted, next(ends, "SUCCESS")))


def query(pay: Pay, call: Call) -> Row:
    """Tell a refund by the merchant's number."""
    held = pay.state.get("pay_refund", call.path["out_refund_no"])
    if held is None:
        raise PayError("RESOURCE_NOT_EXISTS", "退款单不存在")
    return told(held)


def settle(pay: Pay, number: str, end: str | None = None) -> Refund | None:
    """Let a refund that is processed end, and send the notice; None: there is none to end."""
    with pay.state.turn():
        refund = pay.state.get("pay_refund", number)
        if refund is None or refund["status"] != "PROCESSING":
            return None
        status = end or refund["end"]
        refund = {**refund, "status": status, "done": pay.clock.seconds()}
        pay.state.put("pay_refund", number, refund)
        if status == "CLOSED":
            _returned(pay, refund["order"], -refund["fen"])
        if refund["notify_url"]:
            about, url = refund["order"], refund["notify_url"]
            pay.notices.send(f"REFUND.{status}", about, url, _notice(pay, refund))
        return refund


def _order(pay: Pay, row: Row) -> Order:
    transaction, number = row.get("transaction_id"), row.get("out_trade_no")
    if bool(transaction) == bool(number):
        raise fields.wrong("out_trade_no", "transaction_id和out_trade_no二选一")
    try:
        order = (
            pay.orders.by_transaction(fields.text(row, "transaction_id", 32))
            if transaction
            else pay.orders.need(fields.number(row, "out_trade_no", 32))
        )
    except PayError as error:
        if error.code != "ORDER_NOT_EXIST":
            raise
        raise PayError("RESOURCE_NOT_EXISTS", "订单不存在") from None
    if order["state"] != "SUCCESS":
        raise PayError("RESOURCE_NOT_EXISTS", "订单未支付")
    return order


def _same(held: Refund, wanted: Row) -> Refund:
    if any(held[name] != value for name, value in wanted.items()):
        words = "订单金额或退款金额与之前请求不一致，请核实后再试"
        raise PayError("INVALID_REQUEST", words)
    return held


def _check(pay: Pay, order: Order, fen: int, total: int) -> None:
    if total != order["fen"]:
        raise PayError("INVALID_REQUEST", "您的请求参数与订单信息不一致")
    if pay.clock.seconds() > order["paid"] + YEAR_S:
        raise PayError("INVALID_REQUEST", "订单已经超过退款期限")
    if len(order["refunds"]) >= MOST:
        raise PayError("INVALID_REQUEST", "订单退款次数超过限制")
    left = order["fen"] - order.get("returned", 0)
    if fen > left:
        words = "refund_fee大于可退金额" if left else "订单已全额退款"
        raise PayError("INVALID_REQUEST", words)
    balance = pay.settings["balance_fen"]
    if balance is not None and fen > balance:
        raise PayError("NOT_ENOUGH", "基本账户余额不足，请充值后重新发起")


def _accept(pay: Pay, order: Order, wanted: Row, end: str) -> Refund:
    now = pay.clock.seconds()
    refund = {
        **wanted,
        "id": digits("50300", 29, now),
        "order": order["number"],
        "transaction": order["transaction"],
        "total": order["fen"],
        "status": "PROCESSING",
        "end": end,
        "created": now,
    }
    pay.state.put("pay_refund", refund["number"], refund)
    pay.orders.save({**order, "refunds": [*order["refunds"], refund["number"]]})
    _returned(pay, order["number"], refund["fen"])
    pay.agenda.add("refund", refund["number"], now + pay.settings["refund_seconds"])
    return refund


def _returned(pay: Pay, number: str, fen: int) -> None:
    """Count what an order has given back, and take it from the balance."""
    order = pay.orders.need(number)
    pay.orders.save({**order, "returned": order.get("returned", 0) + fen})
    pay.change_balance(-fen)


def told(refund: Refund) -> Row:
    """Return a refund as the API tells it."""
    row: Row = {
        "refund_id": refund["id"],
        "out_refund_no": refund["number"],
        "transaction_id": refund["transaction"],
        "out_trade_no": refund["order"],
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": rfc3339(refund["created"]),
        "status": refund["status"],
        "funds_account": "AVAILABLE",
        "promotion_detail": [],
        "amount": {
            "total": refund["total"],
            "refund": refund["fen"],
            "from": [],
            "payer_total": refund["total"],
            "payer_refund": refund["fen"],
            "settlement_refund": refund["fen"],
            "settlement_total": refund["total"],
            "discount_refund": 0,
            "currency": "CNY",
        },
    }
    if refund["status"] == "SUCCESS":
        row["success_time"] = rfc3339(refund["done"])
    return row


def _notice(pay: Pay, refund: Refund) -> Row:
    row: Row = {
        "mchid": pay.merchant.mch_id,
        "out_trade_no": refund["order"],
        "transaction_id": refund["transaction"],
        "out_refund_no": refund["number"],
        "refund_id": refund["id"],
        "refund_status": refund["status"],
        "amount": {
            "total": refund["total"],
            "refund": refund["fen"],
            "payer_total": refund["total"],
            "payer_refund": refund["fen"],
        },
        "user_received_account": "支付用户零钱",
    }
    if refund["status"] == "SUCCESS":
        row["success_time"] = rfc3339(refund["done"])
    return row
