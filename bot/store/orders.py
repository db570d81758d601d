"""One person's orders: made of the items he chose, and what he wants an invoice for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.order import LIVES, Item, NotNow, Refund, RefundReason, books, total
from bot.domain.reminders import SHANGHAI
from bot.messages import Said
from bot.ports import Order, Outgoing
from bot.store.applications import StoredApplications
from bot.store.contact import Contact
from bot.store.driver import Statement
from bot.store.mailbox import StoredMailbox
from bot.store.order_rows import (
    find,
    happen,
    items_text,
    new_number,
    promise,
    read,
    seal_invoice,
)
from bot.store.tables import micros

FIRST_NUDGE = timedelta(hours=2)

NEXT_DAY_HOUR = 10

_ALL = Statement("SELECT * FROM orders WHERE contact_id = :id ORDER BY id")
_CREATE = Statement(
    "INSERT INTO orders (contact_id, application_id, state, items, fen, created_at, expires_at)"
    " VALUES (:id, :application, 'unpaid', :items, :fen, :now, :expires) RETURNING id"
)
_INVOICE = Statement(
    "UPDATE orders SET invoice = :invoice, invoice_asked_at = :now"
    " WHERE id = :row AND contact_id = :id AND invoice_issued_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class StoredOrders:
    """Implements ``ports.Orders``, inside a person's transaction."""

    contact: Contact
    applications: StoredApplications
    mailbox: StoredMailbox

    def current(self) -> Order | None:
        """Return the one that is unpaid, or else the latest that is not closed."""
        orders = [order for order in self.all() if order.state != "closed"]
        return next(
            (one for one in orders if one.state == "unpaid"), orders[-1] if orders else None
        )

    def all(self) -> Sequence[Order]:
        """Return all of them, the oldest first."""
        rows = self.contact.run(_ALL).all()
        return [read(self.contact.connection, self.contact.cipher, row) for row in rows]

    def create(self, items: Sequence[Item], now: datetime, nudges: Sequence[Said] = ()) -> Order:
        """Make an order for the open application, or return the one that waits.

        ``nudges``: what is said after two hours, and on the next day, while it is unpaid.
        """
        waiting = self.current()
        if waiting is not None and waiting.state == "unpaid":
            return waiting
        application = self.applications.current()
        if application is None:
            raise LookupError("there is no application")
        if not items:
            raise NotNow("nothing was chosen")
        self.applications.happen("order", "welder", now)
        listed, expires = tuple(items), now + LIVES
        row = self.contact.run(
            _CREATE,
            application=application.id,
            items=items_text(listed),
            fen=total(listed),
            now=micros(now),
            expires=micros(expires),
        ).scalar_one()
        for n, (said, due) in enumerate(zip(nudges, _nudged_at(now), strict=False)):
            scope = f"order/{row}/{n}"
            self.mailbox.queue(Outgoing("nudge", scope, due, (said,), not_after=expires))
        return find(self.contact.connection, self.contact.cipher, row)

    def close(self, now: datetime) -> None:
        """Close what is unpaid, at his own wish: what is paid from now on goes back."""
        self.applications.happen("unorder", "system", now)

    def give_back(self, reason: RefundReason, now: datetime) -> None:
        """Give back by rule what was paid, unless he has begun to study."""
        connection = self.contact.connection
        for order in self.all():
            free = books(order.payments, order.refunds).free
            paid = [one for one in order.payments if one.state == "paid" and one.fen == free]
            if order.state != "paid" or not paid:
                continue  # nothing is here, or an operator has dealt with it before
            happen(connection, order, "refund", "rule", micros(now))
            refund = Refund(new_number(), paid[0].number, free, reason, "due", "rule", now)
            promise(connection, refund)

    def ask_invoice(self, order_id: int, title: str, tax_number: str, now: datetime) -> None:
        """Write down that an invoice is wanted. Raises ``NotNow`` unless it is paid."""
        order = find(self.contact.connection, self.contact.cipher, order_id)
        if order.state != "paid":
            raise NotNow(f"no invoice while {order.state}")
        sealed = seal_invoice(self.contact.cipher, order_id, title, tax_number)
        if not self.contact.run(_INVOICE, row=order_id, invoice=sealed, now=micros(now)).rowcount:
            raise NotNow("it has been issued")


def _nudged_at(now: datetime) -> tuple[datetime, datetime]:
    """Return when somebody is reminded of what he has not paid: soon, and the next morning."""
    tomorrow = now.astimezone(SHANGHAI) + timedelta(days=1)
    return now + FIRST_NUDGE, tomorrow.replace(hour=NEXT_DAY_HOUR, minute=0, second=0)
