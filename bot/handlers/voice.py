"""A voice message: listened to by a worker, where the operator has chosen a service for it."""

from __future__ import annotations

import json
from datetime import datetime

from bot.messages import Incoming, Said
from bot.ports import Conversation, Services

HEARD = "heard_as"
"""Names, in the fields of a message, the words a voice was heard as."""


def repeated(words: str, services: Services) -> Said:
    """Say what was heard, before it is answered: he must see when it was misheard."""
    return Said("voice.heard", services.words.say("voice.heard", {"words": words}))


def wants(incoming: Incoming) -> bool:
    """Take voice messages."""
    return incoming.kind == "voice"


def handle(
    incoming: Incoming, conversation: Conversation, services: Services, now: datetime
) -> list[Said]:
    """Ask for it to be listened to; the answer follows by the outbox."""
    format = str(incoming.fields.get("Format") or "amr").lower()
    payload = json.dumps({"media": incoming.media_id, "format": format})
    conversation.jobs.add("listen", incoming.key, payload, now)
    return [Said("voice.listening", services.words.say("voice.listening"))]
