"""What is paid for: one order with its payments at WeChat, its refunds, and its books.

An order is one list of items for one application. Who pays, by which way, and how often he
tries are payments: each has a number of its own at WeChat, and at most one is open. Money
that came in and may not be kept goes back by itself: what was paid after the order was
closed, and what was paid twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

State = Literal["unpaid", "paid", "closed", "refunding", "refunded"]

Deed = Literal[
    "pay",
    "close",
    "pay_late",  # it had been closed: the money goes back
    "refund",
    "refund_back",  # all of it has gone back
    "refund_part",  # some of it has
    "refund_failed",  # it is still here
    "refund_failed_late",  # the same, of an order that had been closed
]

STATES: tuple[State, ...] = State.__args__  # type: ignore[attr-defined]

TRANSITIONS: Mapping[State, Mapping[Deed, State]] = {
    "unpaid": {"pay": "paid", "close": "closed"},
    "paid": {"refund": "refunding"},
    "closed": {"pay_late": "refunding", "refund": "refunding"},
    "refunding": {
        "refund_back": "refunded",
        "refund_part": "paid",
        "refund_failed": "paid",
        "refund_failed_late": "closed",
    },
    # a payment that came twice, and could not be given back, may still be here
    "refunded": {"refund": "refunding"},
}

Way = Literal["jsapi", "native"]
"""Inside WeChat, or by a code that is scanned from another screen."""

PaymentState = Literal["open", "paid", "closed"]

RefundState = Literal[
    "asked",  # a second person must agree
    "due",  # WeChat is to be told
    "processing",
    "done",
    "failed",  # WeChat could not give it back: somebody must look
    "declined",  # the second person did not agree
]

RefundReason = Literal["late", "twice", "refused", "withdrawn", "wish", "mistake", "other"]
"""Why money goes back; ``late`` and ``twice`` are rules, the rest are chosen by a person."""

REFUND_REASONS: tuple[RefundReason, ...] = RefundReason.__args__  # type: ignore[attr-defined]

GIVES_BACK: Mapping[str, RefundReason] = {"withdraw": "withdrawn", "refuse": "refused"}
"""Deeds after which what was paid goes back, where the service has not been had."""

HAD: frozenset[str] = frozenset({"pass", "review"})
"""Deeds of an application that show that he has had what he paid for."""

RULE = "rule"
"""Who asks for a refund that nobody asks for."""

LIVES = timedelta(hours=48)
"""How long an order can be paid."""


class NotNow(Exception):
    """What was asked of an order is not possible as it stands; the text says why."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line: what it is called, and hundredths of a yuan."""

    id: str
    label: str
    fen: int


@dataclass(frozen=True, slots=True)
class Payment:
    """One try to pay. ``number`` is WeChat's ``out_trade_no``."""

    number: str
    way: Way
    state: PaymentState
    fen: int
    opened_at: datetime
    paid_at: datetime | None = None
    transaction: str = ""
    """WeChat's own number, once it is paid."""


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that goes back from one payment. ``number`` is WeChat's ``out_refund_no``."""

    number: str
    payment: str
    fen: int
    reason: RefundReason
    state: RefundState
    asked_by: str
    """An operator's name, or ``rule``."""
    asked_at: datetime
    agreed_by: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of an order's history."""

    deed: Deed
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Books:
    """An order's money in fen: what came in, what went back, what is on its way back."""

    taken: int
    returned: int
    returning: int

    @property
    def kept(self) -> int:
        """Return what is here now."""
        return self.taken - self.returned

    @property
    def free(self) -> int:
        """Return what may still be promised back."""
        return self.taken - self.returned - self.returning


ALIVE: frozenset[RefundState] = frozenset({"asked", "due", "processing"})
"""States of a refund whose money is promised and not yet gone."""


def after(state: State, deed: Deed) -> State:
    """Return the state that a deed leads to. Raises ``NotNow``."""
    to = TRANSITIONS[state].get(deed)
    if to is None:
        raise NotNow(f"{deed} is not possible while {state}")
    return to


def total(items: Iterable[Item]) -> int:
    """Add up in fen."""
    return sum(item.fen for item in items)


def books(payments: Iterable[Payment], refunds: Iterable[Refund]) -> Books:
    """Add up what the payments and refunds of an order say."""
    taken = sum(payment.fen for payment in payments if payment.state == "paid")
    listed = tuple(refunds)
    returned = sum(refund.fen for refund in listed if refund.state == "done")
    returning = sum(refund.fen for refund in listed if refund.state in ALIVE)
    return Books(taken, returned, returning)


Arrived = Literal["first", "late", "twice", "known"]


def arrival(state: State, number: str, payments: Iterable[Payment]) -> Arrived:
    """Tell what the news means that a payment has been paid.

    ``first``: the order is paid now. ``late``: it had been closed. ``twice``: another payment
    has paid it. ``known``: it is no news.
    """
    for payment in payments:
        if payment.number == number and payment.state == "paid":
            return "known"
    if state == "unpaid":
        return "first"
    return "late" if state == "closed" else "twice"


def refundable(payment: Payment, refunds: Iterable[Refund], fen: int, reason: RefundReason) -> None:
    """Check that so much of a payment may be given back. Raises ``NotNow``.

    One at a time: WeChat wants a minute between two refunds of one payment.
    """
    own = [refund for refund in refunds if refund.payment == payment.number]
    money = books((payment,), own)
    if payment.state != "paid":
        raise NotNow("nothing has been paid")
    if any(refund.state in ALIVE for refund in own):
        raise NotNow("another refund of it is under way")
    if not 0 < fen <= money.free:
        raise NotNow(f"between 1 and {money.free} fen can go back, not {fen}")
    if reason not in REFUND_REASONS:
        raise NotNow(f"{reason!r} is no reason")


def settled(money: Books, history: Iterable[Happened]) -> Deed:
    """Return what it means for an order that its last refund has ended."""
    if money.kept == 0:
        return "refund_back"
    if not any(happened.deed == "pay" for happened in history):
        return "refund_failed_late"
    return "refund_part" if money.returned else "refund_failed"


def by_persons(refunds: Iterable[Refund]) -> int:
    """Add up what people, not rules, have promised back."""
    return sum(
        refund.fen
        for refund in refunds
        if refund.asked_by != RULE and refund.state not in {"failed", "declined"}
    )


def to_give_back(payments: Iterable[Payment], refunds: Iterable[Refund]) -> dict[str, int]:
    """Return what is here of each payment and promised to nobody, by its number."""
    listed, found = tuple(refunds), dict[str, int]()
    for payment in payments:
        own = (refund for refund in listed if refund.payment == payment.number)
        if (free := books((payment,), own).free) > 0:
            found[payment.number] = free
    return found
