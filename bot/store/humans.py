"""Requests for a person, until the operator's desk exists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.messages import Said
from bot.ports import HumanRequest, Outgoing
from bot.store.cipher import Cipher
from bot.store.conversations import StoredConversations
from bot.store.database import Database
from bot.store.driver import Statement
from bot.store.tables import instant

_LIST = Statement("SELECT * FROM human_requests WHERE state = 'open' ORDER BY id")
_OPEN = Statement("SELECT contact_id FROM human_requests WHERE id = :id AND state = 'open'")
_STATE = Statement("UPDATE human_requests SET state = :state WHERE id = :id AND state = 'open'")


class StoredHumanDesk:
    """Implements ``ports.HumanDesk``. ``say`` puts an operator's words into a sentence."""

    def __init__(
        self,
        database: Database,
        cipher: Cipher,
        conversations: StoredConversations,
        say: Callable[[str], Said],
    ) -> None:
        self._database, self._cipher = database, cipher
        self._conversations, self._say = conversations, say

    def list(self) -> Sequence[HumanRequest]:
        """Return open requests, the longest waiting first."""
        with self._database.read() as connection:
            rows = connection.execute(_LIST).all()
        return [
            HumanRequest(
                row.id,
                row.contact_id,
                instant(row.opened_at),
                row.reason,
                self._cipher.open(row.words, "human_requests.words", row.contact_id),
                row.state,
            )
            for row in rows
        ]

    def reply(self, request_id: int, words: str, now: datetime) -> bool:
        """Queue an answer in words; False when there is no such open request."""
        contact = self._contact(request_id)
        if contact is None:
            return False
        with self._conversations.open(contact) as conversation:
            scope = f"{request_id}:{now.isoformat()}"
            conversation.mailbox.queue(Outgoing("human_reply", scope, now, (self._say(words),)))
            values = {"id": request_id, "state": "answered"}
            conversation.connection.execute(_STATE, values)
        return True

    def close(self, request_id: int) -> bool:
        """Close a request; False when there is no such open request."""
        with self._database.write() as connection:
            values = {"id": request_id, "state": "closed"}
            return bool(connection.execute(_STATE, values).rowcount)

    def _contact(self, request_id: int) -> int | None:
        with self._database.read() as connection:
            found: int | None = connection.execute(_OPEN, {"id": request_id}).scalar_one_or_none()
            return found
