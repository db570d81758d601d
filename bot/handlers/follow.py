"""Somebody follows the account, comes back, or leaves."""

from __future__ import annotations

from datetime import datetime

from bot.dialogs.engine.context import Event
from bot.handlers.talk import talk
from bot.messages import Incoming, Said
from bot.ports import Conversation, Services


def wants(incoming: Incoming) -> bool:
    """Take follows and unfollows, and scans, which are a follower's way to come in."""
    return incoming.kind in {"follow", "unfollow", "scan"}


def handle(
    incoming: Incoming, conversation: Conversation, services: Services, now: datetime
) -> list[Said]:
    """Welcome, or forget: the platform demands it and nothing may be answered to a leaver."""
    if incoming.kind == "unfollow":
        conversation.unfollow(incoming.sent_at, now)
        return []
    words: list[Said] = []
    if incoming.kind == "follow":
        key = "follow.welcome" if conversation.person.followed else "follow.back"
        words.append(Said(key, services.words.say(key)))
    home = Event("start", flow=services.script.flows.home)
    return words + talk(conversation, services, home, now)
