"""Rows of orders and their money, read back as the shapes of the ports."""

from __future__ import annotations

import json
import secrets
import string
from dataclasses import asdict

from bot.domain.order import Deed, Happened, Item, Payment, Refund, State, after
from bot.ports import Invoice, Order
from bot.store.cipher import Cipher, Unreadable
from bot.store.driver import Connection, Row, Statement
from bot.store.tables import instant, micros

_ONE = Statement("SELECT * FROM orders WHERE id = :row")
_LOCK = Statement("SELECT * FROM orders WHERE id = :row FOR UPDATE")
_PAYMENTS = Statement("SELECT * FROM payments WHERE order_id = :row ORDER BY id")
_REFUNDS = Statement(
    "SELECT r.*, p.number AS payment FROM refunds r JOIN payments p ON p.id = r.payment_id"
    " WHERE p.order_id = :row ORDER BY r.id"
)
_EVENTS = Statement("SELECT * FROM order_events WHERE order_id = :row ORDER BY id")
_HAPPENED = Statement(
    "INSERT INTO order_events (order_id, deed, actor, happened_at) VALUES (:row, :deed, :by, :now)"
)
_STATE = Statement("UPDATE orders SET state = :state WHERE id = :row")
_REFUND = Statement(
    "INSERT INTO refunds (payment_id, number, fen, reason, state, asked_by, asked_at, check_at)"
    " SELECT id, :number, :fen, :reason, :state, :by, :now, :check FROM payments"
    " WHERE number = :payment"
)
SIGNS = string.digits + string.ascii_uppercase
OF_PAYMENT = Statement("SELECT order_id, payer FROM payments WHERE number = :number")
OF_REFUND = Statement(
    "SELECT p.order_id FROM refunds r JOIN payments p ON p.id = r.payment_id"
    " WHERE r.number = :number"
)
_UNPAID = "contact_id = :id AND state = 'unpaid'"
CLOSE_UNPAID = tuple(
    Statement(sql)
    for sql in (
        "INSERT INTO order_events (order_id, deed, actor, happened_at)"
        f" SELECT id, 'close', 'rule', :now FROM orders WHERE {_UNPAID}",
        # WeChat is told by a worker; what is paid until then goes back
        "UPDATE payments SET check_at = :now WHERE state = 'open'"
        f" AND order_id IN (SELECT id FROM orders WHERE {_UNPAID})",
        "UPDATE outbox SET state = 'cancelled', reason = 'order'"
        " WHERE contact_id = :id AND kind = 'nudge' AND state IN ('due', 'parked')"
        " AND substr(scope, 1, 6) = 'order/'",
        f"UPDATE orders SET state = 'closed' WHERE {_UNPAID}",
    )
)
"""What a person has not paid and shall not pay any more."""


_PURGED = "SELECT id FROM contacts WHERE purge_at <= :now"
_OF_PURGED = f"SELECT id FROM orders WHERE contact_id IN ({_PURGED})"
LEAVE_THE_BOOKS = tuple(
    Statement(sql)
    for sql in (
        # persons are locked before their orders, as everywhere
        "UPDATE contacts SET purge_at = purge_at WHERE purge_at <= :now",
        "INSERT INTO order_events (order_id, deed, actor, happened_at) SELECT id, 'close', 'rule',"
        f" :now FROM orders WHERE state = 'unpaid' AND contact_id IN ({_PURGED})",
        "UPDATE payments SET payer = NULL, check_at = CASE WHEN state = 'open' THEN :now"
        f" ELSE check_at END WHERE order_id IN ({_OF_PURGED})",
        "UPDATE orders SET invoice = NULL WHERE invoice_issued_at IS NULL"
        f" AND contact_id IN ({_PURGED})",
        f"UPDATE orders SET state = 'closed' WHERE state = 'unpaid' AND contact_id IN ({_PURGED})",
    )
)
"""Who is about to be purged leaves the books: what he has not paid is closed."""


def find(connection: Connection, cipher: Cipher, order_id: int, *, lock: bool = False) -> Order:
    """Return an order. Raises ``LookupError``."""
    row = connection.execute(_LOCK if lock else _ONE, {"row": order_id}).one()
    return read(connection, cipher, row)


def read(connection: Connection, cipher: Cipher, row: Row) -> Order:
    """Make an order of its row, with all that belongs to it."""
    key = {"row": row.id}
    return Order(
        id=row.id,
        application_id=row.application_id,
        contact_id=row.contact_id,
        state=row.state,
        items=tuple(Item(**item) for item in json.loads(row.items)),
        created_at=instant(row.created_at),
        expires_at=instant(row.expires_at),
        payments=tuple(payment(one) for one in connection.execute(_PAYMENTS, key)),
        refunds=tuple(refund(one) for one in connection.execute(_REFUNDS, key)),
        history=tuple(
            Happened(one.deed, instant(one.happened_at), one.actor)
            for one in connection.execute(_EVENTS, key)
        ),
        invoice=_invoice(cipher, row),
    )


def items_text(items: tuple[Item, ...]) -> str:
    """Write items down as they are kept."""
    return json.dumps([asdict(item) for item in items], ensure_ascii=False)


def happen(connection: Connection, order: Order, deed: Deed, by: str, now: int) -> State:
    """Do a deed, write it into the history, and return the new state. Raises ``NotNow``."""
    state = after(order.state, deed)
    connection.execute(_HAPPENED, {"row": order.id, "deed": deed, "by": by, "now": now})
    connection.execute(_STATE, {"row": order.id, "state": state})
    return state


def promise(connection: Connection, refund: Refund) -> None:
    """Write down that money goes back; a worker tells WeChat of one that is ``due``."""
    now = micros(refund.asked_at)
    values = {
        "payment": refund.payment,
        "number": refund.number,
        "fen": refund.fen,
        "reason": refund.reason,
        "state": refund.state,
        "by": refund.asked_by,
        "now": now,
        "check": now if refund.state == "due" else None,
    }
    connection.execute(_REFUND, values)


def new_number() -> str:
    """Make a number for WeChat: 32 signs, at random, so that none tells of another."""
    return "".join(secrets.choice(SIGNS) for _ in range(32))


def payment(row: Row) -> Payment:
    """Make a payment of its row."""
    return Payment(
        row.number,
        row.way,
        row.state,
        row.fen,
        instant(row.opened_at),
        None if row.paid_at is None else instant(row.paid_at),
        row.transaction_number,
    )


def refund(row: Row) -> Refund:
    """Make a refund of its row, joined with the number of its payment."""
    return Refund(
        row.number,
        row.payment,
        row.fen,
        row.reason,
        row.state,
        row.asked_by,
        instant(row.asked_at),
        row.agreed_by,
        None if row.ended_at is None else instant(row.ended_at),
    )


def seal_invoice(cipher: Cipher, order_id: int, title: str, tax_number: str) -> bytes:
    """Encrypt what an invoice is made out to."""
    return cipher.seal(json.dumps([title, tax_number]), "orders.invoice", order_id)


def _invoice(cipher: Cipher, row: Row) -> Invoice | None:
    if row.invoice is None:
        return None
    try:
        title, tax_number = json.loads(cipher.open(row.invoice, "orders.invoice", row.id))
    except Unreadable:  # money is not held up by a title that nobody can read any more
        title, tax_number = "", ""
    issued = None if row.invoice_issued_at is None else instant(row.invoice_issued_at)
    return Invoice(title, tax_number, instant(row.invoice_asked_at), issued)
