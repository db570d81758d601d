"""The outbox: rows are the truth, whoever sends is only hands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.ports import Backlog, Delivery, Queued
from bot.store import forgetting, planning, settling, uploads
from bot.store.backlog import read_backlog
from bot.store.cipher import Cipher
from bot.store.claim import Claim, Decide
from bot.store.conversations import StoredConversations
from bot.store.database import Database
from bot.store.driver import Statement
from bot.store.order_rows import LEAVE_THE_BOOKS
from bot.store.queued import ORDER, QUEUED, read_queued
from bot.store.tables import micros

_DUE = Statement(
    "SELECT id FROM (SELECT id,"
    f" row_number() OVER (PARTITION BY contact_id ORDER BY {ORDER}) AS place,"
    " min(due_at) OVER (PARTITION BY contact_id) AS since"
    " FROM outbox WHERE state = 'due' AND due_at <= :now) firsts"
    " WHERE place = 1 ORDER BY since LIMIT :most"
)
_TIMERS = Statement(
    "SELECT contact_id, kind FROM timers WHERE fire_at <= :now ORDER BY fire_at LIMIT :most"
)
_DUE_OWNER = Statement("SELECT contact_id FROM outbox WHERE id = :id AND state = 'due'")
_PAYERS = Statement(
    "SELECT DISTINCT c.id FROM contacts c JOIN orders o ON o.contact_id = c.id"
    " WHERE c.purge_at <= :now AND o.state IN ('paid', 'refunding')"
)
_PURGE = Statement("DELETE FROM contacts WHERE followed = 0 AND purge_at <= :now")
_HISTORY = Statement(f"{QUEUED} WHERE p.openid = :openid ORDER BY o.id")


class StoredOutbox:
    """Implements ``ports.Outbox``."""

    def __init__(
        self,
        database: Database,
        cipher: Cipher,
        conversations: StoredConversations,
        consent_template: str = "",
    ) -> None:
        self._database, self._cipher = database, cipher
        self._conversations = conversations
        self._template = consent_template

    def plan(self, today: date, now: datetime) -> int:
        """Insert what is owed today, or on days the clock missed; return how many are new."""
        with self._database.write() as connection:
            return planning.plan(connection, today, now)

    def due(self, now: datetime, limit: int = 500) -> Sequence[int]:
        """Return ids of messages due now, one per person, the first in his order."""
        with self._database.read() as connection:
            rows = connection.execute(_DUE, {"now": micros(now), "most": limit})
            return [int(id_) for id_ in rows.scalars()]

    def due_timers(self, now: datetime, limit: int = 500) -> Sequence[tuple[int, str]]:
        """Return (contact, kind) of timers due now."""
        with self._database.read() as connection:
            rows = connection.execute(_TIMERS, {"now": micros(now), "most": limit})
            return [(row.contact_id, row.kind) for row in rows]

    def take(self, message_id: int, now: datetime, decide: Decide) -> Queued | None:
        """Claim a due row under the person's lock, and spend the right ``decide`` chose."""
        with self._database.read() as connection:
            contact = connection.execute(_DUE_OWNER, {"id": message_id}).scalar_one_or_none()
        if contact is None:
            return None
        with self._conversations.open(contact) as conversation:
            return Claim(conversation, message_id, now, self._template).take(decide)

    def settle(self, taken: Queued, delivery: Delivery, now: datetime) -> None:
        """Write down how the send of a taken row ended."""
        with self._database.write() as connection:
            settling.settle(connection, taken, delivery, now)

    def recover(self, now: datetime) -> int:
        """Free rows whose taker died: those that may have gone out become unknown."""
        with self._database.read() as connection:
            if not settling.abandoned(connection):
                return 0
        with self._database.write() as connection:
            return settling.free(connection, now)

    def forget(self, now: datetime) -> int:
        """Purge people whose grace period after unfollowing is over, and photos that never
        arrived whole; return how many."""
        self._give_back(now)
        with self._database.write() as connection:
            for statement in LEAVE_THE_BOOKS:
                connection.execute(statement, {"now": micros(now)})
            people = connection.execute(_PURGE, {"now": micros(now)}).rowcount
            gone = people + uploads.forget(connection, now)
            if gone:
                forgetting.tidy_later(connection)
            return gone

    def _give_back(self, now: datetime) -> None:
        """Give back what they have paid and not had, while it is known whose it is."""
        with self._database.read() as connection:
            payers = list(connection.execute(_PAYERS, {"now": micros(now)}).scalars())
        for contact in payers:
            with self._conversations.open(contact) as conversation:
                if (application := conversation.applications.current()) is not None:
                    conversation.orders.give_back(application, "withdrawn", now)

    def backlog(self, now: datetime) -> Backlog:
        """Count what is still to be done at ``now`` (also points not yet planned)."""
        with self._database.read() as connection:
            return read_backlog(connection, now)

    def history(self, openid: str) -> Sequence[Queued]:
        """Return every row of a person, oldest first, for ``weldmate reach``."""
        with self._database.read() as connection:
            rows = connection.execute(_HISTORY, {"openid": openid})
            return [read_queued(row, self._cipher) for row in rows]
