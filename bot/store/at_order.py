"""One order under its lock, for the length of a transaction."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from bot.domain.order import Deed
from bot.messages import Said
from bot.ports import Outgoing
from bot.store import order_rows
from bot.store.cipher import Cipher
from bot.store.conversation import StoredConversation
from bot.store.driver import Connection
from bot.store.tables import micros


class AtOrder:
    """One order under its lock, and its person's conversation if there is one."""

    def __init__(
        self,
        connection: Connection,
        cipher: Cipher,
        order_id: int,
        conversation: StoredConversation | None,
        *,
        lock: bool,
    ) -> None:
        self.connection, self.conversation = connection, conversation
        self._cipher = cipher
        self.order = order_rows.find(connection, cipher, order_id, lock=lock)

    def reread(self) -> None:
        """Look again, after something was changed."""
        self.order = order_rows.find(self.connection, self._cipher, self.order.id)

    def happen(self, deed: Deed, by: str, now: datetime) -> None:
        """Do a deed with the order. Raises ``NotNow``."""
        state = order_rows.happen(self.connection, self.order, deed, by, micros(now))
        self.order = replace(self.order, state=state)

    def tell(self, scope: str, said: Said, now: datetime) -> None:
        """Tell its person, once, if there is one."""
        if self.conversation is not None:
            message = Outgoing("news", f"order/{self.order.id}/{scope}", now, (said,))
            self.conversation.mailbox.queue(message)

    def picture(self, payment: str, now: datetime) -> None:
        """Have the receipt of a payment drawn for its person, once, if there is one."""
        if self.conversation is not None:
            row = {"order": self.order.id, "payment": payment}
            self.conversation.jobs.add("receipt", payment, json.dumps(row), now)
