"""Asks WeChat Pay what became of payments and refunds: a notice may never come."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.domain.order import NotNow, Refund
from bot.handlers.operators import Operators
from bot.handlers.paying import close, settle
from bot.ports import Clock, Errand, Errands, OrderDesk, PayFailed, Return, Till

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Cashier:
    """Does what ``Errands.due`` names. It may be killed anywhere and asked again."""

    desk: OrderDesk
    errands: Errands
    till: Till
    clock: Clock
    operators: Operators

    def look(self, number: str) -> str:
        """Ask about one payment or refund; return how it stands, or "" if it was not due."""
        errand = self.errands.take(number, self.clock.now())
        if errand is None:
            return ""
        try:
            return self._refund(errand) if errand.refund else self._payment(errand)
        except PayFailed as error:
            self._failed(errand, error)
        except NotNow as error:  # another amount than ours: nothing is believed
            log.error("order %d: %s", errand.order.id, error)
        return "failed"

    def _payment(self, errand: Errand) -> str:
        """Learn how a payment stands, and close it where it must not be paid any more."""
        trade = self.till.trade(errand.number)
        if trade.state == "open" and errand.order.state != "unpaid":
            trade = close(self.till, errand.number)
        return settle(self.desk, self.till, self.clock, trade)

    def _failed(self, errand: Errand, error: PayFailed) -> None:
        """Note that WeChat did not answer as wanted; what a person must mend, he is told daily."""
        order, now = errand.order.id, self.clock.now()
        if error.nature != "alert":
            log.warning("order %d: WeChat Pay said %s", order, error.code)
            return
        log.error("order %d: WeChat Pay said %s", order, error.code)
        values = {"order": order, "code": error.code}
        self.operators.tell("books.stuck", f"stuck/{errand.number}/{now:%Y%m%d}", now, **values)

    def _refund(self, errand: Errand) -> str:
        refund, now = errand.refund, self.clock.now()
        assert refund is not None
        if refund.state == "failed":
            log.error("order %d: a refund failed", errand.order.id)
            scope = f"refund/{refund.number}"
            self.operators.tell("books.not_returned", scope, now, order=errand.order.id)
            self.desk.heard(refund.number)
            return "failed"
        asked = self._ask if refund.state == "due" else self._hear
        back = asked(refund, errand.payment.fen)
        self.desk.given_back(back, now)
        return back.state

    def _hear(self, refund: Refund, _whole: int) -> Return:
        return self.till.given_back(refund.number)

    def _ask(self, refund: Refund, whole: int) -> Return:
        """Ask for a refund; one that WeChat refuses, and does not know, will never be."""
        try:
            return self.till.give_back(refund, whole)
        except PayFailed as error:
            if error.nature != "refused":
                raise
            log.error("refund refused: WeChat Pay said %s", error.code)
        try:
            return self.till.given_back(refund.number)
        except PayFailed as error:
            if error.nature != "refused":
                raise
        return Return(refund.number, refund.payment, refund.fen, "failed")
