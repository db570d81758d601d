"""What proves that he has paid, and the invoice he may have for it."""

from __future__ import annotations

from typing import Any

from bot.dialogs.engine.context import Act, Context, Option, Slots
from bot.dialogs.engine.flow import Flow
from bot.dialogs.engine.slots import Name, TaxNumber, Text
from bot.dialogs.engine.step import ACTED, Ask, Branch, Choose, Do, Done, Go, Piece, Say, Wait
from bot.domain.fee import yuan
from bot.domain.order import books
from bot.domain.reminders import SHANGHAI
from bot.ports import Order


def any_there(_known: Slots, context: Context) -> str:
    """Tell whether anything has been paid."""
    return "some" if _paid(context) else "none"


def _paid(context: Context) -> list[Order]:
    return [order for order in context.facts["orders"] if books(order.payments, ()).taken]


def proofs(_known: Slots, context: Context) -> tuple[Piece, ...]:
    """Say each payment with WeChat's own number, what went back, and how the invoice stands."""
    pieces = [Piece("receipts.title")]
    for order in _paid(context):
        names = context.catalogue.say("receipts.and").join(item.label for item in order.items)
        for payment in order.payments:
            if payment.paid_at is not None:
                day = payment.paid_at.astimezone(SHANGHAI).date()
                values = {"day": day, "items": names, "yuan": yuan(payment.fen)}
                pieces.append(Piece("receipts.paid", {**values, "number": payment.transaction}))
        pieces += [
            Piece(f"receipts.refund.{refund.state}", {"yuan": yuan(refund.fen)})
            for refund in order.refunds
            if refund.state != "declined"
        ]
        if order.invoice:
            state = "issued" if order.invoice.issued_at else "asked"
            pieces.append(Piece(f"receipts.invoice.{state}"))
    return tuple(pieces)


def _to_invoice(context: Context) -> Order | None:
    """Return the latest order an invoice can be asked for."""
    for order in reversed(context.facts["orders"]):
        kept = books(order.payments, order.refunds).kept
        if order.state == "paid" and kept and not (order.invoice and order.invoice.issued_at):
            found: Order = order
            return found
    return None


def offered(_known: Slots, context: Context) -> tuple[Option, ...]:
    """Offer an invoice where there can be one."""
    options = context.catalogue.options("receipts.what")
    return tuple(o for o in options if o.id != "invoice" or _to_invoice(context))


def chosen(known: Slots, _context: Context) -> str:
    """Go where he wants."""
    return str(known.get("what") or "nothing")


def invoice_standing(_known: Slots, context: Context) -> str:
    """Tell whether there is anything an invoice can be made of."""
    return "no" if _to_invoice(context) is None else "yes"


def invoice_bill(known: Slots, context: Context) -> dict[str, Any]:
    """Fill in what the invoice is made out for, and to whom."""
    order = _to_invoice(context)
    title = known.get("firm") or known.get("person") or ""
    kept = books(order.payments, order.refunds).kept if order else 0
    return {"yuan": yuan(kept), "title": title}


def ask(known: Slots, context: Context) -> Done:
    """Have the wish written down."""
    order = _to_invoice(context)
    values = {
        "order": order.id if order else 0,
        "title": str(known.get("firm") or known["person"]),
        "tax_number": str(known.get("number") or ""),
    }
    return Done(acts=(Act("ask_invoice", values),))


def done(known: Slots, _context: Context) -> str:
    """Tell whether it was written down."""
    return "no" if known.get("not_now") else "yes"


RECEIPTS = Flow(
    "receipts",
    (
        Branch("any", any_there, {"some": "proofs", "none": "nothing"}),
        Say("nothing", "@end"),
        Say(
            "proofs",
            "what",
            pieces=proofs,
            keys=(
                "receipts.title",
                "receipts.paid",
                *(f"receipts.refund.{s}" for s in ("asked", "due", "processing", "done", "failed")),
                *(f"receipts.invoice.{state}" for state in ("asked", "issued")),
            ),
        ),
        Choose("what", next="chosen", offered=offered, give_up="left", closing=True, silence=None),
        Branch("chosen", chosen, {"invoice": "to_invoice", "nothing": "left"}),
        Go("to_invoice", "invoice"),
        Say("left", "@end"),
    ),
    quiet=True,
)

INVOICE = Flow(
    "invoice",
    (
        Branch("standing", invoice_standing, {"yes": "who", "no": "nothing"}),
        Say("nothing", "@end"),
        Choose(
            "who",
            {"person": "person", "firm": "firm", "none": "left"},
            values=invoice_bill,
            give_up="left",
        ),
        Ask("person", Name(), "sure"),
        Ask("firm", Text(longest=60), "number"),
        Ask("number", TaxNumber(), "sure"),
        Choose("sure", {"yes": "ask", "no": "@again"}, values=invoice_bill, give_up="left"),
        Do("ask", ask, "asked"),
        Wait("asked", "done", signal=ACTED),
        Branch("done", done, {"yes": "thanks", "no": "nothing"}),
        Say("thanks", "@end"),
        Say("left", "@end"),
    ),
)
