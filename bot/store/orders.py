"""One person's orders: made of the items he chose, and what he wants an invoice for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.order import (
    HAD,
    LIVES,
    RULE,
    Item,
    NotNow,
    Refund,
    RefundReason,
    to_give_back,
    total,
)
from bot.domain.reminders import SHANGHAI
from bot.messages import Said
from bot.ports import Application, Order, Outgoing
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
# all of it goes back: nobody needs to agree any more to a part
_AGREED = Statement(
    "UPDATE refunds SET state = 'due', agreed_by = 'rule', check_at = :now WHERE state = 'asked'"
    " AND payment_id IN (SELECT id FROM payments WHERE order_id = :row)"
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

    def give_back(self, application: Application, reason: RefundReason, now: datetime) -> None:
        """Give back by rule what was paid for an application, unless he has had the service."""
        if any(happened.deed in HAD for happened in application.history):
            return
        connection = self.contact.connection
        for order in self.all():
            if order.application_id != application.id:
                continue
            self.contact.run(_AGREED, row=order.id, now=micros(now))
            free = to_give_back(order.payments, order.refunds)
            if free and order.state != "refunding":
                happen(connection, order, "refund", RULE, micros(now))
            for number, fen in free.items():
                promise(connection, Refund(new_number(), number, fen, reason, "due", RULE, now))

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
