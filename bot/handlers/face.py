"""A face check has ended: say how, and go on where the application waits for it."""

from __future__ import annotations

from datetime import datetime

from bot.dialogs.engine.context import Event
from bot.dialogs.real_name import REAL_NAME
from bot.handlers.talk import talk
from bot.messages import Incoming, Said
from bot.ports import Conversation, Services


def wants(incoming: Incoming) -> bool:
    """Take what our own page found out."""
    return incoming.kind == "face"


def handle(
    incoming: Incoming, conversation: Conversation, services: Services, now: datetime
) -> list[Said]:
    """Tell it, and look again."""
    key = f"real_name.{incoming.fields['state']}"
    words = [Said(key, services.words.say(key))]
    return words + talk(conversation, services, Event("fresh", flow=REAL_NAME.name), now)
