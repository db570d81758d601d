"""A tap on the account's menu starts the flow it names."""

from __future__ import annotations

from datetime import datetime

from bot.dialogs.engine.context import Event
from bot.handlers.talk import talk
from bot.messages import Incoming, Said
from bot.ports import Conversation, Services


def wants(incoming: Incoming) -> bool:
    """Take menu taps; a tap that opens a page needs no answer."""
    return incoming.kind == "click"


def handle(
    incoming: Incoming, conversation: Conversation, services: Services, now: datetime
) -> list[Said]:
    """Start the flow; the key of a menu published by an older release shows the menu."""
    if incoming.event_key == "human":
        return talk(conversation, services, Event("text", services.script.human_word), now)
    known = services.script.flows.get(incoming.event_key)
    flow = incoming.event_key if known else services.script.flows.home
    return talk(conversation, services, Event("start", flow=flow), now)
