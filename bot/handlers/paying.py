"""Paying for an order: a payment opened at WeChat, closed there, and how it stands written down.

Our row comes first, WeChat second: nobody can pay a number that is not in the books. While
one person's number is on its way to WeChat another person may have it closed, so the books
are looked at again before anything that can be paid is handed out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.order import NotNow, Payment, Way
from bot.ports import Asked, Clock, Order, OrderDesk, PayFailed, Till, Trade

TRIES = 3
"""To come by a number of one's own where others pay at the same time."""

MINUTE = timedelta(minutes=1)
"""WeChat opens no payment for a shorter time (``time_expire``)."""

NEW_A_MINUTE = 5
"""Payments of one order: more than anybody wants who only changes his mind."""


class TooMany(Exception):
    """More new payments of one order in a minute than a person can want."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A payment that waits to be paid: by a sheet inside WeChat, or by a code to be scanned."""

    number: str
    sheet: Mapping[str, str] | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Paying:
    """What a payer's page and a worker do with payments, whoever of them is killed when."""

    desk: OrderDesk
    till: Till
    clock: Clock

    def open(self, order_id: int, way: Way, payer: str, title: str) -> Opened:
        """Open a payment, or the same one again; another way or payer has his closed.

        ``payer``: an openid, or "" where a code is for whoever scans it. Raises ``NotNow``
        when the order cannot be paid (any more), ``TooMany``, ``PayFailed``, ``Busy``.
        """
        refused: PayFailed | None = None
        for _ in range(TRIES):
            payment = self._payment(order_id, way, payer)
            if isinstance(payment, str):
                self.end(payment)
                continue
            try:
                opened = self._ask(payment, payer, self._asked(order_id, payment, title))
            except PayFailed as error:
                if error.nature != "refused" or refused:
                    raise
                refused = error  # the number is used up: it was paid, closed, or of other words
                self.end(payment.number)
                continue
            if self._is_open(order_id, payment.number):
                return opened
            self.end(payment.number)
        raise PayFailed("again", "contended")

    def look(self, number: str) -> str:
        """Ask WeChat how a payment stands and write it down; return it.

        Raises ``PayFailed``, ``NotNow`` for an amount that is not ours, ``Busy``.
        """
        return settle(self.desk, self.till, self.clock, self.till.trade(number))

    def end(self, number: str) -> str:
        """Close a payment, or learn that it was paid; return which. Raises like ``look``."""
        return settle(self.desk, self.till, self.clock, close(self.till, number))

    def _payment(self, order_id: int, way: Way, payer: str) -> Payment | str:
        now = self.clock.now()
        order = self._order(order_id)
        if not payable(order, now):
            raise NotNow(f"not to be paid: {order.state}")
        there = order.open_payment()
        if there is None or there.way != way:
            new = sum(now - one.opened_at < MINUTE for one in order.payments)
            if new >= NEW_A_MINUTE:
                raise TooMany
        return self.desk.open_payment(order_id, way, payer, now)

    def _asked(self, order_id: int, payment: Payment, title: str) -> Asked:
        return Asked(payment.number, payment.fen, title, self._order(order_id).expires_at)

    def _ask(self, payment: Payment, payer: str, asked: Asked) -> Opened:
        if payment.way == "jsapi":
            return Opened(payment.number, sheet=self.till.sheet(asked, payer))
        return Opened(payment.number, code=self.till.code(asked))

    def _is_open(self, order_id: int, number: str) -> bool:
        order = self._order(order_id)
        there = order.open_payment()
        return order.state == "unpaid" and there is not None and there.number == number

    def _order(self, order_id: int) -> Order:
        order = self.desk.find(order_id)
        if order is None:
            raise NotNow("there is no such order")
        return order


def payable(order: Order, now: datetime) -> bool:
    """Tell whether an order can be paid; its last minute is too short for WeChat."""
    return order.state == "unpaid" and order.expires_at - now > MINUTE


def close(till: Till, number: str) -> Trade:
    """Close a payment; whoever was faster has paid it. Raises ``PayFailed``."""
    try:
        till.close(number)
    except PayFailed as error:
        if error.code != "ORDERPAID":
            raise
        return till.trade(number)
    return Trade(number, "closed")


def settle(desk: OrderDesk, till: Till, clock: Clock, trade: Trade) -> str:
    """Write down how a payment stands; return it. Raises ``NotNow`` for an amount not ours.

    What is closed is closed once more after it is written down: WeChat calls closed what it
    has not heard of yet, and somebody may have opened it in between.
    """
    if trade.state == "closed":
        desk.closed(trade.number, clock.now())
        trade = close(till, trade.number)
    if trade.state == "paid":
        desk.paid(trade, clock.now())
    return trade.state
