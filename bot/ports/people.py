"""Who writes to us: the inbox, the lock, and one transaction with one person."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.messages import Incoming, Reply
from bot.ports.applications import Agreements, Applications, PhoneCodes
from bot.ports.orders import Orders
from bot.ports.records import Certificates, Feedback
from bot.ports.sending import Ledger, Mailbox
from bot.ports.uploads import Uploads
from bot.ports.work import Jobs


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
    def agreements(self) -> Agreements:
        """What he has agreed to."""
        ...

    @property
    def applications(self) -> Applications:
        """His renewals."""
        ...

    @property
    def orders(self) -> Orders:
        """What he has ordered, and paid."""
        ...

    @property
    def uploads(self) -> Uploads:
        """His photos on their way."""
        ...

    @property
    def phone_codes(self) -> PhoneCodes:
        """Proof that a phone number is his."""
        ...

    def wipe(self, now: datetime) -> None:
        """Forget all he has told us, now and beyond recovery: words, papers, certificates.

        What remains is that he follows, and that he wanted to be forgotten. The session of
        this turn is not kept, nor the words it answers; what he agreed to is withdrawn.
        """
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

    def find(self, openid: str) -> int | None:
        """Return the contact of an openid, if he has ever been here."""
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
