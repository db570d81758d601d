"""What a person has ordered and paid, in memory: the facts flows see, and acts that change them."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.application import NotNow
from bot.domain.order import LIVES, Item, Payment
from bot.ports import Invoice, Order


class Purse:
    """Keeps the promises of ``ports.Orders`` as far as flows can see."""

    def __init__(self, fees=(), now=None):
        self.fees, self.now, self.orders = tuple(fees), now, ()

    @property
    def facts(self):
        there = [order for order in self.orders if order.state != "closed"]
        return {
            "fees": self.fees,
            "orders": self.orders,
            "order": there[-1] if there else None,
            "pay_link": "https://x/pay",
        }

    def create(self, items):
        n, made = len(self.orders) + 1, tuple(Item(*item) for item in items)
        new = Order(n, 1, 1, "unpaid", made, self.now, self.now + LIVES)
        self.orders = (*self.orders, new)

    def pay(self):
        """Let WeChat take the money for what waits; tell whether anything did."""
        if not self.orders or self.orders[-1].state != "unpaid":
            return False
        order, at = self.orders[-1], self.now + timedelta(minutes=1)
        paid = Payment("P" * 32, "jsapi", "paid", order.fen, self.now, at, "42" * 14)
        self._change(state="paid", payments=(paid,))
        return True

    def close(self):
        if self.orders and self.orders[-1].state == "unpaid":
            self._change(state="closed")

    def ask_invoice(self, order, title, tax_number):
        if not self.orders or self.orders[-1].id != order or self.orders[-1].state != "paid":
            raise NotNow
        self._change(invoice=Invoice(title, tax_number, self.now))

    def _change(self, **parts):
        self.orders = (*self.orders[:-1], replace(self.orders[-1], **parts))
