"""What the payment page shows of an order, and to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.fee import yuan
from bot.domain.form import mask_name
from bot.domain.order import Books, books
from bot.domain.reminders import SHANGHAI
from bot.handlers.paying import payable
from bot.library.words import Words
from bot.ports import Order

TITLE = 127
"""Bytes of what the payer reads in WeChat (``description``)."""

_NOTHING: tuple[str, ...] = ()

STATES = ("pay", "paid", "closed", "expired", "refunding", "refunded")


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks at an order. ``name``: whose order it is, masked; "" if that is not known."""

    name: str
    known: bool
    """Whether WeChat has told who looks."""
    owns: bool
    """Whether the order is his own."""


@dataclass(frozen=True, slots=True)
class Bill:
    """An order in words. ``facts`` are rows of a label and a value."""

    state: str
    """One of ``STATES``."""
    items: tuple[tuple[str, str], ...]
    total: str
    whose: str
    title: str = ""
    says: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


def state_of(order: Order, now: datetime) -> str:
    """Return how an order stands for whoever would pay it; one of ``STATES``."""
    if order.state == "unpaid":
        return "pay" if payable(order, now) else "expired"
    if order.state == "closed" and order.expires_at <= now:
        return "expired"
    if order.state == "refunding" and not _sure(order).returning:
        return "paid"  # somebody has asked, and somebody else has not agreed yet
    return order.state


def title_of(order: Order, words: Words) -> str:
    """Return what WeChat shows the payer: the same for the same order, always."""
    label = order.items[0].label
    if len(order.items) > 1:
        label = words.say("pay_page.sheet", {"label": label, "count": len(order.items)})
    return label.encode()[:TITLE].decode(errors="ignore")


def bill(order: Order, looker: Looker, words: Words, now: datetime, *, sure: bool) -> Bill:
    """Put an order into words for one who looks at it; ``sure``: WeChat has just been asked."""
    state = state_of(order, now)
    money = _sure(order)
    if state == "pay":
        title, says = "", _NOTHING
    elif state == "paid":
        title, says = words.say("pay_page.paid.title"), _paid(order, looker, words)
    elif not sure:  # it may have been paid in its last minute
        title, says = words.say(f"pay_page.{state}.title"), (words.say("pay_page.after.unknown"),)
    else:
        amount = money.returning if state == "refunding" else money.returned
        title = words.say(f"pay_page.{state}.title")
        says = (words.say(f"pay_page.{state}.says", {"amount": _yuan(amount, words)}),)
    return Bill(
        state,
        tuple((item.label, _yuan(item.fen, words)) for item in order.items),
        _yuan(order.fen, words),
        _whose(state, looker, words),
        title,
        says,
        _receipt(order, looker, words) if state == "paid" else (),
    )


def holder(name: str, *, known: bool, owns: bool) -> Looker:
    """Make a looker of the name in a form."""
    return Looker(mask_name(name), known, owns)


def _whose(state: str, looker: Looker, words: Words) -> str:
    if looker.owns or state != "pay":
        return ""
    if not looker.known:
        return words.say("pay_page.of", {"name": looker.name}) if looker.name else ""
    if not looker.name:
        return words.say("pay_page.for_somebody")
    return words.say("pay_page.for_other", {"name": looker.name})


def _sure(order: Order) -> Books:
    """Add up without refunds that nobody has agreed to."""
    return books(order.payments, (one for one in order.refunds if one.state != "asked"))


def _paid(order: Order, looker: Looker, words: Words) -> tuple[str, ...]:
    money = _sure(order)
    says = [words.say("pay_page.paid.proof" if looker.owns else "pay_page.paid.other")]
    for name, fen in (("returned", money.returned), ("returning", money.returning)):
        if fen:
            says.append(words.say(f"pay_page.paid.{name}", {"amount": _yuan(fen, words)}))
    return tuple(says)


def _receipt(order: Order, looker: Looker, words: Words) -> tuple[tuple[str, str], ...]:
    """Return the rows of a receipt.

    Who claims to be customer service and knows the transaction number is believed: it is
    shown to nobody but the order's own person.
    """
    paid = [one for one in order.payments if one.paid_at is not None]
    if not paid:
        return ()
    payment = min(paid, key=lambda one: (one.paid_at, one.number))
    assert payment.paid_at is not None
    on = payment.paid_at.astimezone(SHANGHAI)
    day = {"year": on.year, "month": on.month, "day": on.day}
    facts = [(words.say("pay_page.paid.day"), words.say("common.date", day))]
    if looker.owns:
        facts.append((words.say("pay_page.paid.number"), payment.transaction))
    return tuple(facts)


def _yuan(fen: int, words: Words) -> str:
    return words.say("pay_page.yuan", {"yuan": yuan(fen)})
