"""WeChat Pay's side: what is asked of it, and what it tells us unasked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from bot.domain.order import Refund
from bot.domain.statement import Line


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
