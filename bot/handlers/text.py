"""Anything a person sends: words, photos, voice, a place."""

from __future__ import annotations

from datetime import datetime

from bot.handlers.talk import event_of, talk
from bot.messages import MESSAGES, Incoming, Said
from bot.ports import Conversation, Services


def wants(incoming: Incoming) -> bool:
    """Take every message."""
    return incoming.kind in MESSAGES


def handle(
    incoming: Incoming, conversation: Conversation, services: Services, now: datetime
) -> list[Said]:
    """Let the engine answer."""
    return talk(conversation, services, event_of(incoming), now)
