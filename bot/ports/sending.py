"""What is to reach people later, and what the platform lets us send."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from bot.domain.certificate import Certificate
from bot.domain.reach import Decision, Rights
from bot.domain.reach import Message as Wish
from bot.messages import Incoming, Said

MessageKind = Literal["reply_part", "nudge", "expiry", "human_reply", "notice", "news"]


State = Literal[
    "due",  # to be sent at due_at
    "sending",  # claimed; the right is spent, the call under way
    "sent",
    "unknown",  # cut after the request: never sent again by itself
    "parked",  # no right held: shown at the next contact
    "shown",  # told in a passive reply instead
    "superseded",  # a newer point of the same term took its place
    "cancelled",  # date changed, muted, reminders stopped, unfollowed: may be owed again
    "dead",  # refused by the platform for good, or too many tries
]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be sent later; ``(contact, kind, scope)`` makes it single by construction.

    A reminder carries its certificate, point and term (the expiry date it was owed for) and
    is put into words when it is sent, so that it never tells yesterday's date; everything
    else carries its words.
    """

    kind: MessageKind
    scope: str
    due_at: datetime
    said: tuple[Said, ...] = ()
    certificate_id: int | None = None
    point: int | None = None
    term: date | None = None
    not_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Timer:
    """A wake-up inside a talk; void once the session has moved past ``turn``."""

    kind: str
    scope: str
    fire_at: datetime
    turn: int


@dataclass(frozen=True, slots=True)
class Queued:
    """An outbox row as it stands, with the certificate it speaks of."""

    id: int
    contact_id: int
    openid: str
    message: Outgoing
    state: State
    reason: str
    via: str | None
    tries: int
    certificate: Certificate | None
    doubtful: bool = False
    """An earlier try of this row may have gone out."""


class Ledger(Protocol):
    """What WeChat lets us send to one person."""

    def rights(self, now: datetime) -> Rights:
        """Return what may be sent to him now, by which way."""
        ...

    def grant(self, incoming: Incoming, now: datetime) -> None:
        """Book what the platform allows after this message or event (wechat.md 2.1)."""
        ...

    def consent(self, template: str, accepted: bool) -> None:
        """Book one subscription consent, or a refusal, for a template id."""
        ...


class Mailbox(Protocol):
    """What is to reach one person later, and what still waits for him."""

    def queue(self, message: Outgoing) -> None:
        """Put a message into the outbox, once per kind and scope; reminders are planned."""
        ...

    def waiting(self) -> tuple[Queued, ...]:
        """Return what found no way to him, the nearest deadline first."""
        ...

    def show(self, message_id: int, now: datetime) -> None:
        """Mark a waiting message as told in this reply."""
        ...

    def report(self, via: str, remote_id: str, ok: bool, reason: str) -> None:
        """Write down what the platform reported about a template or subscription message.

        ``via`` is the way it went, ``remote_id`` the platform's msgid.
        """
        ...

    def set_timer(self, timer: Timer) -> None:
        """Set or replace the timer of this kind and scope."""
        ...

    def cancel_timers(self) -> None:
        """Cancel his timers."""
        ...

    def due_timer(self, kind: str, now: datetime) -> Timer | None:
        """Take his due timer of this kind: it is gone with this transaction."""
        ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a send ended. ``retry_at`` puts it back; ``stops`` names a way that is closed now."""

    state: State
    reason: str = ""
    remote_id: str = ""
    retry_at: datetime | None = None
    refused: bool = False
    """The platform said no: it has certainly not gone out."""
    stops: str = ""
    """A way the platform has just told us is closed: service | template | subscription."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is due now, and the next instants something will be: the demo's clock reads it."""

    pending: int
    next_due_at: datetime | None
    next_reminder_at: datetime | None


class Outbox(Protocol):
    """Messages to be sent, timers to be fired, points to be owed: rows are the truth."""

    def plan(self, today: date, now: datetime) -> int:
        """Insert what is owed today, or on days the clock missed; return how many are new.

        Unique by construction: any number of clocks may call it.
        """
        ...

    def due(self, now: datetime, limit: int = 500) -> Sequence[int]:
        """Return ids of messages due now, one per person, the first in his order."""
        ...

    def due_timers(self, now: datetime, limit: int = 500) -> Sequence[tuple[int, str]]:
        """Return (contact, kind) of timers due now."""
        ...

    def take(
        self,
        message_id: int,
        now: datetime,
        decide: Callable[[Wish, Rights], Decision],
    ) -> Queued | None:
        """Claim a due row under the person's lock, and spend the right ``decide`` chose.

        Returns the row with ``via`` set when it is to be sent now, else None (not due any
        more, taken by another, an earlier one of his is unfinished, must wait, parked).
        """
        ...

    def settle(self, taken: Queued, delivery: Delivery, now: datetime) -> None:
        """Write down how the send of a taken row ended; nothing if it was taken again since."""
        ...

    def recover(self, now: datetime) -> int:
        """Free rows whose taker died: those that may have gone out become unknown."""
        ...

    def forget(self, now: datetime) -> int:
        """Purge people whose grace period after unfollowing is over, and photos that never
        arrived whole; return how many."""
        ...

    def backlog(self, now: datetime) -> Backlog:
        """Count what is still to be done at ``now`` (also points not yet planned)."""
        ...

    def history(self, openid: str) -> Sequence[Queued]:
        """Return every row of a person, oldest first, for ``weldmate reach``."""
        ...


class SendFailed(Exception):
    """The platform did not take a message.

    ``nature``: retry (busy, back off) | never (this message cannot go) | park (no right
    left) | stop (this way is closed for this person) | alert (an operator must act) |
    unknown (cut after the request: it may have gone out).
    """

    def __init__(self, nature: str, code: int, text: str) -> None:
        super().__init__(f"{code} {text}")
        self.nature, self.code, self.text = nature, code, text


class Courier(Protocol):
    """WeChat's sending side; every method raises ``SendFailed``."""

    def service(self, openid: str, said: Sequence[Said]) -> None:
        """Send one customer-service message: a text with its choices, or one picture alone."""
        ...

    def template(
        self, openid: str, template_id: str, fields: Mapping[str, str], url: str, key: str
    ) -> str:
        """Send a template message under a client_msg_id; return the platform's msgid."""
        ...

    def subscription(
        self, openid: str, template_id: str, fields: Mapping[str, str], url: str
    ) -> str:
        """Send a subscription message (bizsend); return the platform's msgid."""
        ...
