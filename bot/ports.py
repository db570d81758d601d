"""What may be asked of the world: the promises that adapters keep and handlers rely on.

Two clocks: every ``now`` is business time from the ``Clock`` port (in a demo it can be
turned). Leases, lock waits and time-outs run on the machine's own monotonic time inside
the adapters and never appear here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

from bot.domain.certificate import Certificate
from bot.domain.reach import Decision, Rights
from bot.domain.reach import Message as Wish
from bot.messages import Heard, Incoming, Reply, Said


class Clock(Protocol):
    """Business time."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class Busy(Exception):
    """The person's lock could not be had in time; his arrival is kept and will be drained."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as it was recorded on arrival; ``reply`` is there once it has been answered."""

    id: int
    contact_id: int
    incoming: Incoming
    reply: Reply | None = None
    damaged: bool = False
    """What was recorded cannot be read any more: ``incoming`` says nothing but whose it is."""


@dataclass(frozen=True, slots=True)
class Person:
    """One contact of the account as the turn finds him, under his lock."""

    id: int
    openid: str
    followed: bool
    session: str | None
    """The conversation as JSON, or None before the first talk."""
    turn: int
    hour: int | None
    """The hour of day he chose for reminders, or None for the account's default."""
    reminders_on: bool
    waiting: int
    """How many unasked messages found no way to him and wait for the next contact."""
    created_at: datetime


MessageKind = Literal["reply_part", "nudge", "expiry", "human_reply", "notice"]
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


class Faq(Protocol):
    """Understands questions, on this machine; slow enough to be kept out of transactions."""

    def hear(self, text: str, waits: str = "") -> Heard:
        """Tell what a text asks; ``waits`` is the type of the question that is open."""
        ...


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


class Certificates(Protocol):
    """One person's certificates, and when he wants to be reminded of them."""

    def all(self) -> tuple[Certificate, ...]:
        """Return his certificates, the nearest expiry first."""
        ...

    def save(self, certificate: Certificate, now: datetime) -> Certificate:
        """Add or change a certificate and re-plan its reminders in this transaction.

        ``id`` 0 adds. Planned reminders of a former date are cancelled; a late joiner is
        owed the latest point that was reached, once. Saving lifts a mute.
        """
        ...

    def delete(self, certificate_id: int) -> None:
        """Forget a certificate and cancel what was planned for it."""
        ...

    def mute(self, certificate_id: int, now: datetime, above: int = -2) -> None:
        """Stop the reminders of one certificate at points of more than ``above`` days.

        -2 stops all of them ("don't remind me again"), 7 leaves the last week ("it is
        being handled"). A changed expiry date lifts it.
        """
        ...

    def remind_at(self, hour: int, now: datetime) -> None:
        """Keep the hour at which he wants to be reminded, and move what is still to come."""
        ...

    def switch_reminders(self, on: bool, now: datetime) -> None:
        """Stop all reminders, or allow them again and owe what was missed meanwhile."""
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
class Job:
    """Work that takes longer than a turn may; ``payload`` is JSON of its kind's own shape."""

    id: int
    contact_id: int
    openid: str
    kind: str
    payload: str
    tries: int
    due_at: datetime


class Jobs(Protocol):
    """What a turn asks workers to do for this person."""

    def add(self, kind: str, scope: str, payload: str, now: datetime) -> None:
        """Ask for a job, once per kind and scope."""
        ...


class JobList(Protocol):
    """All jobs: rows are the truth."""

    def due(self, now: datetime, limit: int = 100) -> Sequence[int]:
        """Return ids of jobs to be done now."""
        ...

    def take(self, job_id: int, now: datetime) -> Job | None:
        """Claim a job for a while; None when another has it or it is done."""
        ...

    def end(self, job_id: int, state: str, reason: str = "") -> None:
        """Write down that a job is ``done``, or ``dead``."""
        ...

    def later(self, job_id: int, at: datetime, reason: str) -> None:
        """Put a job back until an instant."""
        ...


class NotRecognised(Exception):
    """Speech could not be made into words; ``again``: the same request may go through later."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.again = again


class Recogniser(Protocol):
    """Makes speech into words."""

    def listen(self, sound: bytes, format: str) -> str:
        """Return what is said, or nothing. Raises ``NotRecognised``."""
        ...


class Feedback(Protocol):
    """What people's questions teach the editors; a person is not told by it."""

    def rate(self, intent: str, useful: bool, now: datetime) -> None:
        """Count whether an answer helped; a second word about the same answer replaces it."""
        ...

    def unanswered(self, words: str, now: datetime) -> None:
        """Keep a question nobody could answer, masked."""
        ...


class Conversation(Protocol):
    """One person, locked, for the length of one transaction; all of it is kept or none."""

    person: Person
    more: bool
    """Whether a further arrival was waiting behind the one last returned."""

    @property
    def ledger(self) -> Ledger:
        """What may be sent to him."""
        ...

    @property
    def certificates(self) -> Certificates:
        """What he has told us of his papers."""
        ...

    @property
    def jobs(self) -> Jobs:
        """What workers shall do for him."""
        ...

    @property
    def feedback(self) -> Feedback:
        """What his questions teach the editors."""
        ...

    @property
    def mailbox(self) -> Mailbox:
        """What is to reach him later."""
        ...

    def next_arrival(self) -> Arrival | None:
        """Return his earliest arrival without an answer."""
        ...

    def finish(self, arrival: Arrival, reply: Reply) -> bool:
        """Mark the arrival as answered, and keep the words for a retry.

        Return whether the reply may be given passively: a late one goes by the outbox.
        """
        ...

    def keep_session(self, session: str | None, turn: int) -> None:
        """Replace the conversation."""
        ...

    def request_human(self, reason: str, words: str, now: datetime) -> int:
        """Record that he needs a person; return the request's id (the open one if any)."""
        ...

    def unfollow(self, at: datetime, now: datetime) -> None:
        """Cancel everything planned, and start the forgetting the platform demands.

        ``at`` is when he left, by the platform's clock: if he has followed or written since,
        the event was overtaken and changes nothing.
        """
        ...

    def follow(self, at: datetime, now: datetime) -> bool:
        """Mark as following at ``at``; return True if he came back within the grace period.

        What he is owed by his certificates is owed again. Nothing changes if he has left
        after ``at``.
        """
        ...


class Conversations(Protocol):
    """The inbox and the lock."""

    def arrive(self, incoming: Incoming, now: datetime, *, late: bool = False) -> Arrival:
        """Record an arrival, once per key, and return it with its reply if it has one.

        ``late``: nobody waits for a passive reply, the answer leaves by the outbox.

        Raises ``Busy`` when it could not be recorded: the platform must send it again.
        """
        ...

    def open(self, contact_id: int) -> AbstractContextManager[Conversation]:
        """Lock a person and begin a transaction; commit on leaving, roll back on an error.

        Raises ``Busy`` when the lock cannot be had within the budget of a passive reply.
        """
        ...

    def reply(self, arrival_id: int) -> Reply | None:
        """Return the stored reply of an answered arrival, to be given passively.

        A late answer is taken back from the outbox; if it has left already, the reply is
        empty. None if the arrival has not been answered. Raises ``Busy``.
        """
        ...

    def send_late(self, arrival_id: int) -> Reply | None:
        """Give up the passive way: the answer shall go through the outbox when it is made.

        Returns the reply instead if it has been made meanwhile.
        """
        ...

    def undone(self, older_than_s: float, limit: int = 100) -> Sequence[int]:
        """Return contacts with arrivals nobody has answered for that many real seconds, or
        whose answer was given up as a passive one."""
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
        """Purge people whose grace period after unfollowing is over; return how many."""
        ...

    def backlog(self, now: datetime) -> Backlog:
        """Count what is still to be done at ``now`` (also points not yet planned)."""
        ...

    def history(self, openid: str) -> Sequence[Queued]:
        """Return every row of a person, oldest first, for ``weldmate reach``."""
        ...


@dataclass(frozen=True, slots=True)
class HumanRequest:
    """Somebody waits for a person."""

    id: int
    contact_id: int
    opened_at: datetime
    reason: str
    words: str
    state: Literal["open", "answered", "closed"]


class HumanDesk(Protocol):
    """Requests for a person, until the operator's desk exists."""

    def list(self) -> Sequence[HumanRequest]:
        """Return open requests, the longest waiting first."""
        ...

    def reply(self, request_id: int, words: str, now: datetime) -> bool:
        """Queue an answer in words; False when there is no such open request."""
        ...

    def close(self, request_id: int) -> bool:
        """Close a request; False when there is no such open request."""
        ...


class SharedCache(Protocol):
    """A small shared store with expiry and locks: Redis, or the database without it."""

    def get(self, name: str) -> str | None:
        """Return a value that has not expired."""
        ...

    def put(self, name: str, value: str, seconds: float) -> None:
        """Keep a value for so many real seconds."""
        ...

    def drop(self, name: str) -> None:
        """Forget a value."""
        ...

    def lock(self, name: str, seconds: float, wait: float) -> AbstractContextManager[bool]:
        """Hold a named lock (for at most ``seconds``); yields False if not had in ``wait``."""
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
        """Send a customer-service message (text, with its choices)."""
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


class Words(Protocol):
    """The catalogue of sentences."""

    def say(self, key: str, values: Mapping[str, Any] | None = None) -> str:
        """Put a key into words. Raises ``KeyError`` for a key the catalogue lacks."""
        ...

    def has(self, key: str) -> bool:
        """Tell whether there are words for a key."""
        ...

    def options(self, key: str) -> tuple[Option, ...]:
        """Return the options of a key; none if it has none."""
        ...


class Option(Protocol):
    """A word to tap: its id, and how it reads."""

    @property
    def id(self) -> str:
        """Name it in code."""
        ...

    @property
    def label(self) -> str:
        """Say it to a person."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a handler may ask for."""

    clock: Clock
    conversations: Conversations
    outbox: Outbox
    humans: HumanDesk
    faq: Faq
    jobs: JobList
    listens: bool
    """Whether voice messages are made into words."""
    words: Words
    script: Any
    """``bot.dialogs.script.Script``: flows, vocabulary, FAQ and rulebook, immutable."""
    render: Callable[[Sequence[Said]], str]
    """Put pieces together as one WeChat text, links included."""
    links: Callable[[str, str], str] = field(default=lambda purpose, openid: "")
    """Make a short-lived, single-purpose address of ours: (purpose, openid) -> URL, or ""."""
