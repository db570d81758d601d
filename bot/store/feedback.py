"""What people's questions teach the editors: did an answer help, and what had none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.logs import masked
from bot.store.cipher import Cipher
from bot.store.contact import Contact
from bot.store.database import Database
from bot.store.driver import Statement
from bot.store.tables import instant, micros

_RATE = Statement(
    "INSERT INTO ratings (contact_id, intent, useful, rated_at)"
    " VALUES (:id, :intent, :useful, :now) ON CONFLICT (contact_id, intent)"
    " DO UPDATE SET useful = excluded.useful,"
    " rated_at = excluded.rated_at"
)
_KEEP = Statement("INSERT INTO unanswered (contact_id, words, asked_at) VALUES (:id, :words, :now)")
_RATED = Statement("SELECT intent, useful, count(*) AS people FROM ratings GROUP BY intent, useful")
_UNANSWERED = Statement("SELECT * FROM unanswered ORDER BY id DESC LIMIT :most")


@dataclass(frozen=True, slots=True)
class StoredFeedback:
    """Implements ``ports.Feedback``."""

    contact: Contact

    def rate(self, intent: str, useful: bool, now: datetime) -> None:
        """Count whether an answer helped; a second word about the same answer replaces it."""
        self.contact.run(_RATE, intent=intent, useful=int(useful), now=micros(now))

    def unanswered(self, words: str, now: datetime) -> None:
        """Keep a question nobody could answer, masked."""
        sealed = self.contact.seal(masked(words), "unanswered.words")
        self.contact.run(_KEEP, words=sealed, now=micros(now))


@dataclass(frozen=True, slots=True)
class FeedbackDesk:
    """What operators and editors read of it: nobody's name."""

    database: Database
    cipher: Cipher

    def ratings(self) -> Mapping[str, tuple[int, int]]:
        """Return intent -> people it helped, people it did not."""
        useful: Counter[str] = Counter()
        useless: Counter[str] = Counter()
        with self.database.read() as connection:
            for row in connection.execute(_RATED).all():
                (useful if row.useful else useless)[row.intent] += row.people
        return {name: (useful[name], useless[name]) for name in useful.keys() | useless.keys()}

    def unanswered(self, most: int = 2000) -> Sequence[tuple[datetime, str]]:
        """Return the latest questions without an answer, newest first."""
        with self.database.read() as connection:
            rows = connection.execute(_UNANSWERED, {"most": most}).all()
        return [
            (
                instant(row.asked_at),
                self.cipher.open(row.words, "unanswered.words", row.contact_id),
            )
            for row in rows
        ]
