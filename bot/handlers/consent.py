"""Somebody allowed, or refused, a subscription message."""

from __future__ import annotations

from datetime import datetime

from bot.messages import Incoming, Said
from bot.ports import Conversation, Services


def wants(incoming: Incoming) -> bool:
    """Take the pop-up's and the settings page's events."""
    return incoming.kind == "consent"


def handle(
    incoming: Incoming, conversation: Conversation, _services: Services, _now: datetime
) -> list[Said]:
    """Book each template's answer; nothing is said, the page has said it."""
    for template, status in incoming.fields.get("templates", ()):
        conversation.ledger.consent(template, status == "accept")
    return []
