"""All orders: what the door for payments, the worker and the operator see and do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.fee import yuan
from bot.domain.order import (
    ALIVE,
    Books,
    NotNow,
    Payment,
    Refund,
    RefundReason,
    RefundState,
    State,
    Way,
    arrival,
    books,
    by_persons,
    refundable,
    settled,
    to_give_back,
)
from bot.messages import Incoming, Said
from bot.ports import Order, Return, Trade
from bot.store import order_rows
from bot.store.at_order import AtOrder
from bot.store.cipher import Cipher
from bot.store.conversations import StoredConversations
from bot.store.database import Database
from bot.store.driver import Connection, Statement
from bot.store.order_rows import OF_PAYMENT, OF_REFUND
from bot.store.tables import micros

_LIST = Statement("SELECT * FROM orders ORDER BY id")
_OF_STATE = Statement("SELECT * FROM orders WHERE state = :state ORDER BY id")
_WHOSE = Statement("SELECT contact_id FROM orders WHERE id = :row")
_OPEN = Statement(
    "INSERT INTO payments (order_id, number, way, payer, state, fen, opened_at, check_at)"
    " VALUES (:row, :number, :way, :payer, 'open', :fen, :now, :check)"
)
_CLOSED = Statement(
    "UPDATE payments SET state = 'closed', payer = NULL, check_at = NULL"
    " WHERE number = :number AND state = 'open'"
)
_PAID = Statement(
    "UPDATE payments SET state = 'paid', payer = NULL, check_at = NULL, paid_at = :at,"
    " transaction_number = :transaction WHERE number = :number"
)
_OTHERS = Statement("UPDATE payments SET check_at = :now WHERE order_id = :row AND state = 'open'")
_NO_NUDGE = Statement(
    "UPDATE outbox SET state = 'cancelled', reason = 'order' WHERE contact_id = :contact"
    " AND kind = 'nudge' AND state IN ('due', 'parked') AND scope LIKE :scope"
)
_AGREED = Statement(
    "UPDATE refunds SET state = :state, agreed_by = :by, check_at = :check WHERE number = :number"
)
_TOLD = Statement(
    "UPDATE refunds SET state = 'processing', told_at = coalesce(told_at, :at)"
    " WHERE number = :number AND state IN ('due', 'processing')"
)
_ENDED = Statement(
    "UPDATE refunds SET state = :state, ended_at = :at, check_at = :check,"
    " told_at = coalesce(told_at, :at) WHERE number = :number"
)
_HEARD = Statement("UPDATE refunds SET check_at = NULL WHERE number = :number AND state = 'failed'")
_EXPIRED = Statement(
    "SELECT id FROM orders WHERE state = 'unpaid' AND expires_at <= :now ORDER BY id LIMIT 100"
)
_ISSUED = Statement(
    "UPDATE orders SET invoice_issued_at = :now WHERE id = :row AND invoice IS NOT NULL"
)

FIRST_CHECK = timedelta(seconds=20)
"""The notice comes first; whoever has closed the page is found by asking."""


@dataclass(frozen=True, slots=True)
class StoredOrderDesk:
    """Implements ``ports.OrderDesk``. ``say`` puts a key of words into a sentence.

    ``alone_up_to``: fen which one operator may give back without a second.
    """

    database: Database
    cipher: Cipher
    conversations: StoredConversations
    say: Callable[[str, Mapping[str, Any]], Said]
    alone_up_to: int

    def find(self, order_id: int) -> Order | None:
        """Return an order."""
        with self.database.read() as connection:
            try:
                return order_rows.find(connection, self.cipher, order_id)
            except LookupError:
                return None

    def list(self, state: State | None = None) -> Sequence[Order]:
        """Return all orders, or those of a state, the oldest first."""
        with self.database.read() as connection:
            rows = connection.execute(_OF_STATE if state else _LIST, {"state": state}).all()
            return [order_rows.read(connection, self.cipher, row) for row in rows]

    def books(self) -> Books:
        """Add up all of it."""
        found = [books(order.payments, order.refunds) for order in self.list()]
        return Books(
            sum(one.taken for one in found),
            sum(one.returned for one in found),
            sum(one.returning for one in found),
        )

    def open_payment(self, order_id: int, way: Way, payer: str, now: datetime) -> Payment | str:
        """Return the payment to be shown to this payer, made if there is none."""
        with self._at(order_id) as at:
            order = at.order
            if order.state != "unpaid" or order.expires_at <= now:
                raise NotNow(f"not to be paid: {order.state}")
            there = order.open_payment()
            if there is not None:
                same = there.way == way and self._payer(at.connection, order, there) == payer
                return there if same else there.number
            made = Payment(order_rows.new_number(), way, "open", order.fen, now)
            values = {
                "row": order.id,
                "number": made.number,
                "way": way,
                "payer": self.cipher.seal(payer, "payments.payer", order.id),
                "fen": made.fen,
                "now": micros(now),
                "check": micros(now + FIRST_CHECK),
            }
            at.connection.execute(_OPEN, values)
            return made

    def _payer(self, connection: Connection, order: Order, payment: Payment) -> str:
        """Return who is to pay it; "" once it is over, or nobody in particular is."""
        row = connection.execute(OF_PAYMENT, {"number": payment.number}).one()
        return self.cipher.open(row.payer, "payments.payer", order.id) if row.payer else ""

    def closed(self, number: str, now: datetime) -> None:
        """Write down that WeChat has closed a payment."""
        with self.database.write() as connection:
            connection.execute(_CLOSED, {"number": number})

    def paid(self, trade: Trade, now: datetime) -> bool:
        """Write down that a payment was paid, once; tell whether that was news."""
        with self._at(self._order_of(OF_PAYMENT, trade.number)) as at:
            order = at.order
            payment = next(one for one in order.payments if one.number == trade.number)
            what = arrival(order.state, trade.number, order.payments)
            if what == "known":
                return False
            payer = self._payer(at.connection, order, payment)
            if trade.fen != payment.fen:
                raise NotNow(f"paid {trade.fen} fen instead of {payment.fen}")
            values = {"number": trade.number, "transaction": trade.transaction}
            at.connection.execute(_PAID, {**values, "at": micros(trade.at or now)})
            at.connection.execute(_OTHERS, {"row": order.id, "now": micros(now)})
            if what == "first":
                at.happen("pay", "wechat", now)
                self._study(at, payer, now)
                at.tell("paid", self.say("pay.told.paid", {"yuan": yuan(payment.fen)}), now)
                at.picture(trade.number, now)
            else:
                if what == "late":
                    at.happen("pay_late", "wechat", now)
                number, whole = order_rows.new_number(), payment.fen
                refund = Refund(number, payment.number, whole, what, "due", "rule", now)
                order_rows.promise(at.connection, refund)
                at.tell(what, self.say(f"pay.told.{what}", {"yuan": yuan(payment.fen)}), now)
        return True

    def _study(self, at: AtOrder, payer: str, now: datetime) -> None:
        """Let the application go on: what was ordered is paid."""
        if at.conversation is not None:
            at.conversation.applications.happen("pay", "system", now)
            if payer == at.conversation.person.openid:  # it opens the window (wechat.md 2.1)
                at.conversation.ledger.grant(Incoming("", payer, "payment", now), now)
            at.connection.execute(
                _NO_NUDGE, {"contact": at.order.contact_id, "scope": f"order/{at.order.id}/%"}
            )

    def ask_refund(
        self, order_id: int, fen: int, reason: RefundReason, by: str, now: datetime
    ) -> Refund:
        """Promise money back. Above the limit a second person must agree."""
        with self._at(order_id) as at:
            refunds = at.order.refunds
            paid = [one for one in at.order.payments if one.state == "paid"]
            free = to_give_back(paid, refunds)
            # what was paid twice belongs to somebody else: it comes last
            paid.sort(key=lambda one: any(r.reason == "twice" for r in _of(refunds, one)))
            there = [one for one in paid if one.number in free]
            if not there:
                raise NotNow("there is nothing to give back")
            chosen = next((one for one in there if free[one.number] >= fen), there[0])
            refundable(chosen, refunds, fen, reason)
            at.happen("refund", by, now)
            alone = fen + by_persons(refunds) <= self.alone_up_to
            state: RefundState = "due" if alone else "asked"
            number = order_rows.new_number()
            refund = Refund(number, chosen.number, fen, reason, state, by, now)
            order_rows.promise(at.connection, refund)
            return refund

    def agree(self, number: str, by: str, now: datetime, *, yes: bool) -> None:
        """Agree, or not, to a refund somebody else has asked for."""
        with self._at(self._order_of(OF_REFUND, number)) as at:
            refund = _refund(at.order, number)
            if refund.state != "asked":
                raise NotNow(f"nobody has to agree: it is {refund.state}")
            if refund.asked_by == by:
                raise NotNow("whoever asked for it cannot agree to it")
            check = micros(now) if yes else None
            state = "due" if yes else "declined"
            values = {"number": number, "by": by, "state": state, "check": check}
            at.connection.execute(_AGREED, values)
            if not yes:
                at.reread()
                self._settle(at, by, now)

    def given_back(self, back: Return, now: datetime) -> bool:
        """Write down how a refund stands; tell whether that was news."""
        with self._at(self._order_of(OF_REFUND, back.number)) as at:
            refund = _refund(at.order, back.number)
            mended = refund.state == "failed" and back.state == "done"
            if refund.state not in ALIVE and not mended:
                return False
            if back.fen != refund.fen or back.payment != refund.payment:
                raise NotNow("not the refund that was asked for")
            moment = {"number": back.number, "at": micros(back.at or now)}
            if back.state == "processing":
                return bool(at.connection.execute(_TOLD, moment).rowcount)
            check = None if back.state == "done" else micros(now)  # an operator is told
            at.connection.execute(_ENDED, {**moment, "state": back.state, "check": check})
            at.reread()
            if mended and at.order.state != "refunding":
                at.happen("refund", "wechat", now)
            self._settle(at, "wechat", now)
            if back.state == "done":
                said = self.say("pay.told.refunded", {"yuan": yuan(refund.fen)})
                at.tell(f"refund/{back.number}", said, now)
        return True

    def _settle(self, at: AtOrder, by: str, now: datetime) -> None:
        """Let the end of a refund change its order, once none is under way."""
        money = books(at.order.payments, at.order.refunds)
        if at.order.state == "refunding" and not money.returning:
            at.happen(settled(money, at.order.history), by, now)

    def heard(self, number: str) -> None:
        """Write down that an operator was told of a refund that failed."""
        with self.database.write() as connection:
            connection.execute(_HEARD, {"number": number})

    def issued(self, order_id: int, now: datetime) -> None:
        """Write down that the invoice of an order was issued, and tell. Raises ``NotNow``."""
        with self._at(order_id) as at:
            if not books(at.order.payments, at.order.refunds).kept:
                raise NotNow("all of it has gone back")
            if not at.connection.execute(_ISSUED, {"row": order_id, "now": micros(now)}).rowcount:
                raise NotNow("no invoice was asked for")
            at.tell("invoice", self.say("pay.told.invoice", {}), now)

    def expire(self, now: datetime) -> int:
        """Close what was not paid in time; return how many orders."""
        with self.database.read() as connection:
            found = list(connection.execute(_EXPIRED, {"now": micros(now)}).scalars())
        return sum(self._expire(order_id, now) for order_id in found)

    def _expire(self, order_id: int, now: datetime) -> int:
        with self._at(order_id) as at:
            if at.order.state != "unpaid" or at.conversation is None:
                return 0
            at.conversation.applications.happen("unorder", "system", now)
            at.tell("expired", self.say("pay.told.expired", {}), now)
        return 1

    def _order_of(self, statement: Statement, number: str) -> int:
        with self.database.read() as connection:
            return int(connection.execute(statement, {"number": number}).one().order_id)

    @contextmanager
    def _at(self, order_id: int) -> Iterator[AtOrder]:
        """Lock an order, and its person if it still has one: his lock comes first."""
        with self.database.read() as connection:
            contact = connection.execute(_WHOSE, {"row": order_id}).one().contact_id
        lock = not self.database.is_sqlite
        if contact is None:
            with self.database.write() as connection:
                yield AtOrder(connection, self.cipher, order_id, None, lock=lock)
            return
        with self.conversations.open(contact) as conversation:
            at = AtOrder(conversation.connection, self.cipher, order_id, conversation, lock=lock)
            if at.order.contact_id is None:  # forgotten a moment ago
                at.conversation = None
            yield at


def _of(refunds: Sequence[Refund], payment: Payment) -> list[Refund]:
    return [refund for refund in refunds if refund.payment == payment.number]


def _refund(order: Order, number: str) -> Refund:
    return next(one for one in order.refunds if one.number == number)
