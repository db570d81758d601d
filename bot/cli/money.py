"""How money is shown to operators: lines for people, objects for programs.

Amounts are in yuan and in fen, times in Shanghai. No openid, and whom an invoice is made out
to is shown where invoices are asked for alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.domain.fee import yuan
from bot.domain.order import Payment, Refund, books
from bot.domain.reminders import SHANGHAI
from bot.domain.statement import Difference, Line
from bot.ports import Order, Reconciled

Shown = dict[str, Any]


def as_json(row: Shown) -> str:
    """Write one object on one line."""
    return json.dumps(row, ensure_ascii=False)


def amount(fen: int) -> str:
    """Write an amount in both units."""
    return f"{yuan(fen)} yuan ({fen} fen)"


def at(instant: datetime | None) -> str:
    """Write an instant as a clock in Shanghai shows it."""
    return instant.astimezone(SHANGHAI).strftime("%F %H:%M") if instant else "-"


def order_line(order: Order) -> str:
    """Show an order on a line."""
    money = books(order.payments, order.refunds)
    whose = f"application {order.application_id}" if order.application_id else "forgotten"
    kept = f"kept {amount(money.kept)}"
    return "\t".join(
        [str(order.id), order.state, amount(order.fen), at(order.created_at), kept, whose]
    )


def order_row(order: Order) -> Shown:
    """Show an order, without what belongs to it."""
    money = books(order.payments, order.refunds)
    return {
        "id": order.id,
        "state": order.state,
        "application": order.application_id,
        **_amounts(order.fen),
        "taken_fen": money.taken,
        "returned_fen": money.returned,
        "returning_fen": money.returning,
        "kept_fen": money.kept,
        "created_at": _iso(order.created_at),
        "expires_at": _iso(order.expires_at),
        "invoice": _invoice_state(order),
    }


def order_lines(order: Order) -> Iterator[str]:
    """Show an order with all that belongs to it."""
    yield order_line(order)
    yield f"expires\t{at(order.expires_at)}"
    for item in order.items:
        yield "\t".join(["item", item.id, item.label, amount(item.fen)])
    for one in order.payments:
        moment = at(one.paid_at or one.opened_at)
        told = [one.transaction] if one.transaction else []
        yield "\t".join(["payment", one.number, one.way, one.state, amount(one.fen), moment, *told])
    yield from map(refund_line, order.refunds)
    for happened in order.history:
        yield "\t".join(["history", at(happened.at), happened.deed, happened.by])
    if state := _invoice_state(order):
        yield f"invoice\t{state}"


def whole_order(order: Order) -> Shown:
    """Show an order with all that belongs to it."""
    return {
        **order_row(order),
        "items": [
            {"id": item.id, "label": item.label, **_amounts(item.fen)} for item in order.items
        ],
        "payments": [_payment_row(one) for one in order.payments],
        "refunds": [refund_row(one) for one in order.refunds],
        "history": [{"deed": one.deed, "at": _iso(one.at), "by": one.by} for one in order.history],
    }


def refund_line(refund: Refund) -> str:
    """Show a refund on a line."""
    who = refund.asked_by + (f", {refund.agreed_by}" if refund.agreed_by else "")
    moment = at(refund.ended_at or refund.asked_at)
    return "\t".join(
        ["refund", refund.number, refund.state, amount(refund.fen), refund.reason, who, moment]
    )


def refund_row(refund: Refund) -> Shown:
    """Show a refund."""
    return {
        "number": refund.number,
        "payment": refund.payment,
        "state": refund.state,
        **_amounts(refund.fen),
        "reason": refund.reason,
        "asked_by": refund.asked_by,
        "agreed_by": refund.agreed_by,
        "asked_at": _iso(refund.asked_at),
        "ended_at": _iso(refund.ended_at),
    }


def _payment_row(payment: Payment) -> Shown:
    return {
        "number": payment.number,
        "way": payment.way,
        "state": payment.state,
        **_amounts(payment.fen),
        "opened_at": _iso(payment.opened_at),
        "paid_at": _iso(payment.paid_at),
        "transaction": payment.transaction,
    }


def day_line(result: Reconciled) -> str:
    """Show what became of a day on a line."""
    count = str(len(result.differences)) if result.state == "differs" else ""
    return "\t".join(filter(None, [str(result.day), result.state, count, result.reason]))


def day_row(result: Reconciled) -> Shown:
    """Show what became of a day."""
    return {
        "day": str(result.day),
        "state": result.state,
        "reason": result.reason,
        "differences": [
            {
                "kind": one.kind,
                "number": one.number,
                "here": one.here and _line_row(one.here),
                "there": one.there and _line_row(one.there),
            }
            for one in result.differences
        ],
    }


def difference_line(difference: Difference, order_id: int | None) -> str:
    """Show a difference on a line: what we have, and what WeChat has."""
    line = difference.here or difference.there
    kind = line.kind if line else ""
    return "\t".join(
        [
            difference.kind,
            kind,
            difference.number,
            f"order {order_id or '-'}",
            f"here {_side(difference.here)}",
            f"WeChat {_side(difference.there)}",
        ]
    )


def invoice_line(order: Order) -> str:
    """Show whom an invoice is made out to, and for how much."""
    assert order.invoice is not None
    money, invoice = books(order.payments, order.refunds), order.invoice
    state = f"issued {at(invoice.issued_at)}" if invoice.issued_at else order.state
    asked, number = at(invoice.asked_at), invoice.tax_number or "-"
    return "\t".join([str(order.id), state, amount(money.kept), asked, invoice.title, number])


def invoice_row(order: Order) -> Shown:
    """Show whom an invoice is made out to, and for how much."""
    assert order.invoice is not None
    money, invoice = books(order.payments, order.refunds), order.invoice
    return {
        "order": order.id,
        "state": order.state,
        **_amounts(money.kept),
        "title": invoice.title,
        "tax_number": invoice.tax_number,
        "asked_at": _iso(invoice.asked_at),
        "issued_at": _iso(invoice.issued_at),
    }


def _amounts(fen: int) -> Shown:
    return {"fen": fen, "yuan": yuan(fen)}


def _iso(instant: datetime | None) -> str | None:
    return instant.astimezone(SHANGHAI).isoformat(timespec="seconds") if instant else None


def _invoice_state(order: Order) -> str:
    if order.invoice is None:
        return ""
    return "issued" if order.invoice.issued_at else "asked"


def _side(line: Line | None) -> str:
    return f"{amount(line.fen)} {line.state}" if line else "-"


def _line_row(line: Line) -> Shown:
    return {"kind": line.kind, **_amounts(line.fen), "state": line.state}
