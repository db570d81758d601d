"""What found no way to a person is told when he next says something."""

from __future__ import annotations

from datetime import datetime

from bot.handlers.reminder import reminder
from bot.messages import MESSAGES, Incoming, Said
from bot.ports import Conversation, Queued, Services

MOST = 3
"""So many at once; the rest waits for the next message."""


def waiting(
    incoming: Incoming, conversation: Conversation, services: Services, now: datetime
) -> list[Said]:
    """Return the words of what waits, and mark each as shown in this transaction."""
    if incoming.kind not in MESSAGES | {"click", "follow"} or not conversation.person.waiting:
        return []
    words: list[Said] = []
    for queued in conversation.mailbox.waiting()[:MOST]:
        words += _words(queued, services, now)
        conversation.mailbox.show(queued.id, now)
    if words:
        words.insert(0, Said("waiting.intro", services.words.say("waiting.intro")))
    return words


def _words(queued: Queued, services: Services, now: datetime) -> list[Said]:
    if queued.message.kind == "expiry":
        return reminder(queued, services, now)
    return list(queued.message.said)
