"""What is kept about one person, and what his questions teach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.domain.certificate import Certificate


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


class Feedback(Protocol):
    """What people's questions teach the editors; a person is not told by it."""

    def rate(self, intent: str, useful: bool, now: datetime) -> None:
        """Count whether an answer helped; a second word about the same answer replaces it."""
        ...

    def unanswered(self, words: str, now: datetime) -> None:
        """Keep a question nobody could answer, masked."""
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
