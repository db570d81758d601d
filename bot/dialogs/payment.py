"""The training service: what it costs, what he orders of it, and where he pays.

Nobody must buy it: the review itself costs nothing (Administrative Licence Law, article 58),
and the official way is open without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.dialogs.engine.context import Act, Context, Option, Slots
from bot.dialogs.engine.flow import Flow
from bot.dialogs.engine.step import ACTED, Branch, Choose, Do, Done, Go, Piece, Say, Wait
from bot.domain.application import State
from bot.domain.fee import Fee, yuan
from bot.domain.order import total
from bot.ports import Application, Order

ALL, NONE = "all", "none"

EARLY: frozenset[State] = frozenset({"draft", "submitted", "returned"})


def look(_known: Slots, context: Context) -> Done:
    """Find how he stands with the fee."""
    return Done({"standing": _standing(context)})


def _standing(context: Context) -> str:
    order: Order | None = context.facts["order"]
    if order is not None and order.state == "unpaid":
        return "waits"
    application: Application | None = context.facts["application"]
    if application is not None and application.state == "accepted":
        return "offer" if context.facts["fees"] else "not_sold"
    if order is not None:
        return "paid"
    if application is None:
        return "nothing"
    return "early" if application.state in EARLY else "past"


def standing(known: Slots, _context: Context) -> str:
    """Go where ``look`` has found him."""
    return str(known["standing"])


def fees(_known: Slots, context: Context) -> tuple[Piece, ...]:
    """Say every item, what it costs, and what it is."""
    listed: Sequence[Fee] = context.facts["fees"]
    lines = [
        Piece("payment.fee", {"label": fee.label, "yuan": yuan(fee.fen), "note": fee.note})
        for fee in listed
    ]
    return (Piece("payment.fees"), *lines)


def offered(_known: Slots, context: Context) -> tuple[Option, ...]:
    """Offer all of it, each item alone, or nothing."""
    listed: Sequence[Fee] = context.facts["fees"]
    words = {option.id: option for option in context.catalogue.options("payment.what")}
    each = tuple(
        Option(fee.id, context.catalogue.say("payment.only", {"label": fee.label}), (fee.label,))
        for fee in listed
    )
    return (words[ALL], *(each if len(listed) > 1 else ()), words[NONE])


def _chosen(known: Slots, context: Context) -> tuple[Fee, ...]:
    what = known.get("what", NONE)
    return tuple(fee for fee in context.facts["fees"] if what in {ALL, fee.id})


def chosen(known: Slots, context: Context) -> str:
    """Tell whether he wants anything."""
    return "some" if _chosen(known, context) else "none"


def bill(known: Slots, context: Context) -> dict[str, Any]:
    """Fill in what he is about to order."""
    return _bill(_chosen(known, context), context)


def waiting_bill(_known: Slots, context: Context) -> dict[str, Any]:
    """Fill in what he has ordered, and where to pay it."""
    order: Order | None = context.facts["order"]
    return {**_bill(order.items if order else (), context), "link": context.facts["pay_link"]}


def _bill(items: Sequence[Any], context: Context) -> dict[str, Any]:
    lines = tuple(
        context.catalogue.say("payment.line", {"label": item.label, "yuan": yuan(item.fen)})
        for item in items
    )
    return {"lines": lines, "yuan": yuan(total(items))}


def order(known: Slots, context: Context) -> Done:
    """Have the order made, with what is said while it is not paid."""
    items = [[fee.id, fee.label, fee.fen] for fee in _chosen(known, context)]
    nudges = [context.catalogue.say(f"payment.nudge.{when}") for when in ("soon", "tomorrow")]
    return Done(acts=(Act("create_order", {"items": items, "nudges": nudges}),))


def cancel(_known: Slots, _context: Context) -> Done:
    """Have the order closed."""
    return Done(acts=(Act("cancel_order", {}),))


def done(known: Slots, _context: Context) -> str:
    """Tell whether it could be done: an operator, or a payment, may have been faster."""
    return "no" if known.get("not_now") else "yes"


PAYMENT = Flow(
    "payment",
    (
        Do("look", look, "standing"),
        Branch(
            "standing",
            standing,
            {
                "nothing": "nothing",
                "early": "early",
                "past": "past",
                "not_sold": "not_sold",
                "offer": "fees",
                "waits": "waiting",
                "paid": "paid",
            },
        ),
        Say("nothing", "@end"),
        Say("early", "@end"),
        Say("past", "@end"),
        Say("not_sold", "@end"),
        Go("paid", "receipts"),
        Say("fees", "what", pieces=fees, keys=("payment.fees", "payment.fee")),
        Choose("what", next="chosen", offered=offered, give_up="left"),
        Branch("chosen", chosen, {"some": "sure", "none": "left"}),
        Choose(
            "sure",
            {"yes": "order", "no": "left"},
            values=bill,
            give_up="left",
            exact=frozenset({"yes"}),
        ),
        Do("order", order, "ordered"),
        Wait("ordered", "made", signal=ACTED),
        Branch("made", done, {"yes": "link", "no": "not_now"}),
        Say("link", "@end", values=waiting_bill),
        Say("not_now", "@end"),
        Say("waiting", "keep", values=waiting_bill),
        Choose("keep", {"later": "kept", "cancel": "sure_cancel"}, give_up="kept", closing=True),
        Say("kept", "@end"),
        Choose(
            "sure_cancel",
            {"yes": "cancel", "no": "kept"},
            give_up="kept",
            exact=frozenset({"yes"}),
        ),
        Do("cancel", cancel, "closed"),
        Wait("closed", "gone", signal=ACTED),
        Branch("gone", done, {"yes": "cancelled", "no": "not_now"}),
        Say("cancelled", "@end"),
        Say("left", "@end"),
    ),
)
