"""Operators are told what they must act on: followers of the account whom the settings name."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.messages import Said
from bot.ports import Conversations, Outgoing, Words

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Operators:
    """Those who are told, by their openids; nobody: the log and the commands alone tell."""

    conversations: Conversations
    words: Words
    openids: tuple[str, ...] = ()

    def tell(self, key: str, scope: str, now: datetime, **values: Any) -> None:
        """Tell every operator, once for each scope."""
        said = Said(key, self.words.say(key, values))
        for n, openid in enumerate(self.openids, 1):
            contact = self.conversations.find(openid)
            if contact is None:
                log.error("OPERATOR_OPENIDS: number %d has never written to the account", n)
                continue
            with self.conversations.open(contact) as conversation:
                conversation.mailbox.queue(Outgoing("news", scope, now, (said,)))
