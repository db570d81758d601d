"""Orders and their money: our books of what WeChat Pay has taken and given back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from bot.domain.order import (
    Books,
    Happened,
    Item,
    Payment,
    Refund,
    RefundReason,
    State,
    Way,
)
from bot.domain.statement import Difference, Line
from bot.messages import Said
from bot.ports.applications import Application
from bot.ports.till import Return, Trade


@dataclass(frozen=True, slots=True)
class Invoice:
    """What an operator needs to issue an electronic invoice."""

    title: str
    tax_number: str
    """Empty for a person."""
    asked_at: datetime
    issued_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One order as it stands."""

    id: int
    application_id: int | None
    """None when its person has been forgotten: the books stay."""
    contact_id: int | None
    state: State
    items: tuple[Item, ...]
    created_at: datetime
    expires_at: datetime
    payments: tuple[Payment, ...] = ()
    refunds: tuple[Refund, ...] = ()
    history: tuple[Happened, ...] = ()
    invoice: Invoice | None = None

    @property
    def fen(self) -> int:
        """Return what it costs."""
        return sum(item.fen for item in self.items)

    def open_payment(self) -> Payment | None:
        """Return the payment that is open."""
        return next((one for one in self.payments if one.state == "open"), None)


class Orders(Protocol):
    """One person's orders, in his transaction: at most one waits to be paid."""

    def current(self) -> Order | None:
        """Return the one that is unpaid, or else the latest that is not closed."""
        ...

    def all(self) -> Sequence[Order]:
        """Return all of them, the oldest first."""
        ...

    def create(self, items: Sequence[Item], now: datetime, nudges: Sequence[Said] = ()) -> Order:
        """Make an order for the open application, or return the one that waits.

        The application becomes ``ordered``; ``nudges`` is what is said after two hours and
        on the next day while it is unpaid. Raises ``NotNow`` and ``LookupError``.
        """
        ...

    def close(self, now: datetime) -> None:
        """Close what is unpaid: what is paid from now on goes back. Raises ``NotNow``."""
        ...

    def give_back(self, application: Application, reason: RefundReason, now: datetime) -> None:
        """Give back by rule what was paid for an application, unless he has had the service.

        ``application``: as it was before it ended.
        """
        ...

    def ask_invoice(self, order_id: int, title: str, tax_number: str, now: datetime) -> None:
        """Write down that an invoice is wanted. Raises ``NotNow`` unless it is paid."""
        ...


ComparisonState = Literal[
    "comparing",  # claimed; free again for a retry if whoever had it died
    "agreed",
    "differs",
    "failed",  # the statement could not be had
]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A day whose statement has been compared. ``reason`` is a code, where it failed."""

    day: date
    state: ComparisonState
    differences: tuple[Difference, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Errand:
    """A payment or refund to be asked of WeChat, with the order it is of."""

    order: Order
    number: str

    @property
    def refund(self) -> Refund | None:
        """Return the refund, if it is one."""
        return next((one for one in self.order.refunds if one.number == self.number), None)

    @property
    def payment(self) -> Payment:
        """Return the payment, or the one the refund is of."""
        number = self.refund.payment if self.refund else self.number
        return next(one for one in self.order.payments if one.number == number)


TOLD = ("paid", "late", "twice", "refunded", "expired", "invoice")
"""What its person is told of an order without asking; the words stand below ``pay.told``."""


class OrderDesk(Protocol):
    """All orders: for the door that takes payments, for workers, and for operators."""

    def find(self, order_id: int) -> Order | None:
        """Return an order."""
        ...

    def list(self, state: State | None = None) -> Sequence[Order]:
        """Return all orders, or those of a state, the oldest first."""
        ...

    def open_payment(self, order_id: int, way: Way, payer: str, now: datetime) -> Payment | str:
        """Return the payment to be shown to this payer, made if there is none.

        A text is the number of an open payment of another way or payer, which must be closed
        first. Raises ``NotNow`` when the order cannot be paid any more.
        """
        ...

    def closed(self, number: str, now: datetime) -> None:
        """Write down that WeChat has closed a payment."""
        ...

    def paid(self, trade: Trade, now: datetime) -> bool:
        """Write down that a payment was paid, once; tell whether that was news.

        The order, the application, the receipt and what must go back follow in the same
        transaction. Raises ``LookupError`` for a number that is not ours, ``NotNow`` for an
        amount that is not the order's, ``Busy``.
        """
        ...

    def ask_refund(
        self, order_id: int, fen: int, reason: RefundReason, by: str, now: datetime
    ) -> Refund:
        """Promise money back. Above the limit a second person must agree. Raises ``NotNow``."""
        ...

    def agree(self, number: str, by: str, now: datetime, *, yes: bool) -> None:
        """Agree, or not, to a refund somebody else has asked for. Raises ``NotNow``."""
        ...

    def given_back(self, back: Return, now: datetime) -> bool:
        """Write down how a refund stands; tell whether that was news. Raises ``LookupError``."""
        ...

    def heard(self, number: str) -> None:
        """Write down that an operator was told of a refund that failed."""
        ...

    def expire(self, now: datetime) -> int:
        """Close what was not paid in time, and tell; return how many orders."""
        ...

    def issued(self, order_id: int, now: datetime) -> None:
        """Write down that an order's invoice was issued, and tell. Raises ``NotNow``."""
        ...

    def books(self) -> Books:
        """Add up all of it."""
        ...


class Errands(Protocol):
    """What WeChat Pay is to be asked about."""

    def due(self, now: datetime, limit: int = 100) -> Sequence[str]:
        """Return numbers of payments and refunds that WeChat should be asked about now."""
        ...

    def take(self, number: str, now: datetime) -> Errand | None:
        """Claim what is to be asked for a while; it comes back later and later."""
        ...


class Reconciliations(Protocol):
    """Days of WeChat's statements, compared with our books."""

    def movements(self, day: date) -> Sequence[Line]:
        """Return what our books say of a day in Shanghai."""
        ...

    def near(self, day: date) -> Sequence[Line]:
        """Return refunds that WeChat may have on a day though our books do not: those we have
        on the days beside it, and those it was asked for and whose answer never came."""
        ...

    def due(self, now: datetime) -> Sequence[date]:
        """Return days of the last week to be compared now, the earliest first.

        Their statement is ready, and they were not compared; one that failed comes back
        after a pause. There are none before the first order.
        """
        ...

    def take(self, day: date, now: datetime) -> bool:
        """Claim a day for a comparison; False when another has it or it is done."""
        ...

    def keep(self, result: Reconciled, now: datetime) -> None:
        """Keep how a day's comparison ended, in the place of what was there."""
        ...

    def days(self) -> Sequence[Reconciled]:
        """Return what became of each day, the latest first."""
        ...
