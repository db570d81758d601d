"""Asks WeChat Pay what became of payments and refunds: a notice may never come."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.domain.order import NotNow
from bot.handlers.paying import close, settle
from bot.ports import Clock, Errand, Errands, OrderDesk, PayFailed, Till

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Cashier:
    """Does what ``Errands.due`` names. It may be killed anywhere and asked again."""

    desk: OrderDesk
    errands: Errands
    till: Till
    clock: Clock

    def look(self, number: str) -> str:
        """Ask about one payment or refund; return how it stands, or "" if it was not due."""
        errand = self.errands.take(number, self.clock.now())
        if errand is None:
            return ""
        try:
            return self._refund(errand) if errand.refund else self._payment(errand)
        except PayFailed as error:
            level = logging.ERROR if error.nature == "alert" else logging.WARNING
            log.log(level, "order %d: WeChat Pay said %s", errand.order.id, error.code)
        except NotNow as error:  # another amount than ours: nothing is believed
            log.error("order %d: %s", errand.order.id, error)
        return "failed"

    def _payment(self, errand: Errand) -> str:
        """Learn how a payment stands, and close it where it must not be paid any more."""
        trade = self.till.trade(errand.number)
        if trade.state == "open" and errand.order.state != "unpaid":
            trade = close(self.till, errand.number)
        return settle(self.desk, self.till, self.clock, trade)

    def _refund(self, errand: Errand) -> str:
        refund = errand.refund
        assert refund is not None
        if refund.state == "due":
            back = self.till.give_back(refund, errand.payment.fen)
        else:
            back = self.till.given_back(refund.number)
        self.desk.given_back(back, self.clock.now())
        return back.state
