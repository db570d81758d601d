"""WeChat Pay, our books of it, and what it tells us unasked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


class PayFailed(Exception):
    """WeChat Pay did not do what it was asked.

    ``nature``: again (busy, cut, not understood: it may have been done, and the same request
    may go again) | refused (this request cannot go) | alert (an operator must act).
    ``code`` is WeChat's own (``ORDERPAID``, ``NOT_ENOUGH`` …), or ours in lower case.
    """

    def __init__(self, nature: Literal["again", "refused", "alert"], code: str) -> None:
        super().__init__(code)
        self.nature, self.code = nature, code


@dataclass(frozen=True, slots=True)
class Asked:
    """A payment WeChat is to open. ``title`` is what the payer reads, up to 127 bytes."""

    number: str
    fen: int
    title: str
    until: datetime


TradeState = Literal["open", "paid", "closed"]


@dataclass(frozen=True, slots=True)
class Trade:
    """A payment as WeChat has it. Paid stays paid, whatever went back since."""

    number: str
    state: TradeState
    fen: int = 0
    transaction: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Return:
    """A refund as WeChat has it; ``ABNORMAL`` and ``CLOSED`` are ``failed``."""

    number: str
    payment: str
    fen: int
    state: Literal["processing", "done", "failed"]
    at: datetime | None = None


class Till(Protocol):
    """WeChat Pay's side. Every method asks over the network, and raises ``PayFailed``."""

    def sheet(self, asked: Asked, payer: str) -> Mapping[str, str]:
        """Open a payment inside WeChat by a payer (openid); return what the page hands to
        ``getBrandWCPayRequest``. The same number with the same values may be asked again."""
        ...

    def code(self, asked: Asked) -> str:
        """Open a payment that is scanned; return the address its QR code holds."""
        ...

    def trade(self, number: str) -> Trade:
        """Return how a payment stands. One that WeChat has never heard of is ``closed``."""
        ...

    def close(self, number: str) -> None:
        """Close a payment; one that is closed, or was never there, is closed. Refused with
        ``ORDERPAID`` when it has been paid."""
        ...

    def give_back(self, refund: Refund, whole: int) -> Return:
        """Ask for a refund of a payment of ``whole`` fen; the same number asks for it once."""
        ...

    def given_back(self, number: str) -> Return:
        """Return how a refund stands. Refused with ``RESOURCE_NOT_EXISTS`` if unknown."""
        ...

    def statement(self, day: date) -> Sequence[Line]:
        """Return the movements of a day in Shanghai, from ten o'clock of the next. Refused
        with ``NO_STATEMENT_EXIST`` where there was none, ``again`` while it is made."""
        ...


class BadNotice(Exception):
    """A notice that is not believed. ``reason`` is a code for logs; nothing was changed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Notices(Protocol):
    """What WeChat Pay tells us unasked."""

    def open(self, headers: Mapping[str, str], body: bytes) -> Trade | Return | None:
        """Check a notice and open it; None for a true one that tells nothing of interest.

        Checked: headers, size, freshness, serial, signature, seal, merchant and account.
        Raises ``BadNotice``.
        """
        ...


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
