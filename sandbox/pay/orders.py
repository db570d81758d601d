"""The orders of WeChat Pay: opened, paid, closed, and how they are told."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from sandbox.clock import Clock
from sandbox.pay.call import PayError
from sandbox.state import State

Order = dict[str, Any]

SHANGHAI = timezone(timedelta(hours=8))

KEPT = 50_000
"""Orders that are remembered; older ones are forgotten with their refunds."""

WORDS = {
    "SUCCESS": "支付成功",
    "REFUND": "订单发生过退款，退款详情请查询退款单",
    "NOTPAY": "订单未支付",
    "CLOSED": "订单已关闭",
    "USERPAYING": "用户支付中，需要输入密码",
    "PAYERROR": "支付失败(其他原因，如银行返回失败)",
}

PAYABLE = {"NOTPAY", "USERPAYING", "PAYERROR"}


def rfc3339(seconds: float) -> str:
    """Write a Unix time as WeChat Pay does: in Shanghai, to the second."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(SHANGHAI).isoformat(timespec="seconds")


def digits(prefix: str, length: int, seconds: float) -> str:
    """Make a number of WeChat's: prefix, day, and what makes it unique."""
    head = f"{prefix}{datetime.fromtimestamp(seconds, UTC).astimezone(SHANGHAI):%Y%m%d}"
    left = length - len(head)
    return f"{head}{secrets.randbelow(10**left):0{left}d}"


class Orders:
    """All orders of the merchant."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state, self._clock = state, clock

    def find(self, number: str) -> Order | None:
        """Return an order as it stands now: one whose time has come is closed."""
        order = self._state.get("pay_order", number)
        if order and order["state"] in PAYABLE and order["expires"] <= self._clock.seconds():
            return {**order, "state": "CLOSED", "closed": order["expires"]}
        return order

    def need(self, number: str) -> Order:
        """Return an order. Raises ``PayError``."""
        order = self.find(number)
        if order is None:
            raise PayError("ORDER_NOT_EXIST", "订单不存在")
        return order

    def by_transaction(self, transaction: str) -> Order:
        """Return a paid order by WeChat's own number. Raises ``PayError``."""
        held = self._state.get("pay_transaction", transaction)
        return self.need(held["order"] if held else "")

    def by_ticket(self, ticket: str) -> tuple[Order, float] | None:
        """Return the order of a prepay id or a code address, and until when that is good."""
        held = self._state.get("pay_ticket", ticket)
        order = self.find(held["order"]) if held else None
        return (order, held["until"]) if order and held else None

    def all(self) -> list[Order]:
        """Return every order, the oldest first."""
        rows = self._state.entries("pay_orders", "")
        found = (self.find(row["order"]) for row in rows)
        return [order for order in found if order]

    def open(self, order: Order) -> None:
        """Write a new one down."""
        with self._state.turn():
            self._state.put("pay_order", order["number"], order)
            n = self._state.append("pay_orders", "", {"order": order["number"]})
            if n % 100 == 0 and n > KEPT:
                self._forget(n - KEPT)

    def ticket(self, order: Order, ticket: str, until: float) -> None:
        """Give out one more prepay id or code address; the last twenty are known."""
        with self._state.turn():
            tickets = [*order["tickets"], ticket]
            for old in tickets[:-20]:
                self._state.drop("pay_ticket", old)
            self.save({**order, "tickets": tickets[-20:]})
            self._state.put("pay_ticket", ticket, {"order": order["number"], "until": until})

    def save(self, order: Order) -> None:
        """Write one down as it stands."""
        self._state.put("pay_order", order["number"], order)

    def pay(self, number: str, openid: str) -> Order:
        """Take the money. Raises ``PayError`` where it cannot be taken."""
        with self._state.turn():
            order = self.need(number)
            refuse_done(order)
            now = self._clock.seconds()
            transaction = digits("42000", 28, now)
            more = {"transaction": transaction, "paid": now, "payer": openid}
            order = {**order, **more, "state": "SUCCESS"}
            self.save(order)
            self._state.put("pay_transaction", transaction, {"order": number})
            return order

    def close(self, number: str) -> None:
        """Close one; closed again is closed. Raises ``PayError``."""
        with self._state.turn():
            order = self.need(number)
            if order["state"] == "SUCCESS":
                raise PayError("ORDERPAID", "该订单已支付")
            if order["state"] != "CLOSED":
                self.save({**order, "state": "CLOSED", "closed": self._clock.seconds()})

    def _forget(self, up_to: int) -> None:
        for row in self._state.entries("pay_orders", ""):
            if row["n"] > up_to:
                break
            order = self._state.get("pay_order", row["order"]) or {}
            names = [("pay_order", row["order"]), ("pay_notices_of", row["order"])]
            names += [("pay_ticket", ticket) for ticket in order.get("tickets", [])]
            names += [("pay_refund", refund) for refund in order.get("refunds", [])]
            names.append(("pay_transaction", order.get("transaction", "")))
            ids = (self._state.get("pay_notices_of", row["order"]) or {"ids": []})["ids"]
            names += [("pay_notice", notice) for notice in ids]
            for kind, key in names:
                self._state.drop(kind, key)
        self._state.trim("pay_orders", "", up_to)


def refuse_done(order: Order) -> None:
    """Raise ``PayError`` for an order that is over."""
    if order["state"] == "SUCCESS":
        raise PayError("ORDERPAID", "该订单已支付")
    if order["state"] == "CLOSED":
        raise PayError("ORDER_CLOSED", "该订单已关闭")


def trade_state(order: Order) -> str:
    """Return the state as it is told: a paid order with a refund is REFUND."""
    state: str = order["state"]
    return "REFUND" if state == "SUCCESS" and order.get("returned") else state


def told(order: Order, state: str | None = None) -> dict[str, Any]:
    """Return an order as a query and a notice tell it."""
    name = state or trade_state(order)
    row: dict[str, Any] = {
        "appid": order["appid"],
        "mchid": order["mchid"],
        "out_trade_no": order["number"],
        "trade_state": name,
        "trade_state_desc": WORDS[name],
        "promotion_detail": [],
        "scene_info": {"device_id": ""},
        "attach": order["attach"],
        "amount": {"total": order["fen"], "currency": "CNY", "payer_currency": "CNY"},
    }
    if order["state"] == "SUCCESS":
        row |= {
            "transaction_id": order["transaction"],
            "trade_type": order["type"],
            "bank_type": "OTHERS",
            "success_time": rfc3339(order["paid"]),
            "payer": {"openid": order["payer"]},
        }
        row["amount"]["payer_total"] = order["fen"]
    return row
