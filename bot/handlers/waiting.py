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
    spoken_of: list[int | None] = []
    for queued in conversation.mailbox.waiting():
        about = queued.message.certificate_id
        again = about is not None and about in spoken_of
        if len(spoken_of) == MOST and not again:
            continue
        # several points of one certificate are one thing to say: how many days are left
        if not again and (pieces := _words(queued, services, now)):
            words += pieces
            spoken_of.append(about)
        conversation.mailbox.show(queued.id, now)
    if words:
        words.insert(0, Said("waiting.intro", services.words.say("waiting.intro")))
    return words


def _words(queued: Queued, services: Services, now: datetime) -> list[Said]:
    if queued.message.kind == "expiry":
        return reminder(queued, services, now)
    # a picture cannot be told in words, and what it shows has been
    return [piece for piece in queued.message.said if piece.text]
