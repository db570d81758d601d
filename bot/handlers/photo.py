"""A photo that no question waits for: kept if an application is being made, and only then.

A photo sent before consent is not even fetched: the engine says what to do first.
"""

from __future__ import annotations

import json
from datetime import datetime

from bot.dialogs.agree import agrees
from bot.dialogs.documents import DOCUMENTS
from bot.dialogs.engine.session import Session, UnknownVersion
from bot.domain.application import EDITABLE
from bot.handlers import text
from bot.handlers.talk import context_of
from bot.messages import Incoming, Said
from bot.ports import Conversation, Services

ASKING = frozenset({"photo_of", "reading"})
"""Where the talk about papers waits for photos, or for what they show."""


def wants(incoming: Incoming) -> bool:
    """Take photos."""
    return incoming.kind == "image"


def handle(
    incoming: Incoming, conversation: Conversation, services: Services, now: datetime
) -> list[Said]:
    """Give it to the question that waits for one; else receive it, or say why not."""
    application = conversation.applications.current()
    agreed = agrees("identity", context_of(conversation, services, now))
    if application is None or not agreed:
        return text.handle(incoming, conversation, services, now)
    if application.state not in EDITABLE:
        return [_said("photos.handed_in", services)]
    if stands_at(conversation) == "photo_of":
        return text.handle(incoming, conversation, services, now)
    payload = json.dumps({"media": incoming.media_id})
    conversation.applications.add_photo("", "chat", payload, now)
    return [_said("photos.received", services)]


def stands_at(conversation: Conversation) -> str:
    """Return the open question of the talk about papers, if that is what is talked about."""
    try:
        top = Session.from_json(conversation.person.session).top
    except UnknownVersion:
        return ""
    return top.step if top and top.flow == DOCUMENTS.name else ""


def _said(key: str, services: Services) -> Said:
    return Said(key, services.words.say(key))
