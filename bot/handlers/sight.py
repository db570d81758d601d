"""A photo has been read: say so, and go on where the talk about papers waits.

The worker that read it lets this arrive as a message of its own, keyed by its job: however
often the work is done, it is told once.
"""

from __future__ import annotations

from datetime import datetime

from bot.dialogs.documents import DOCUMENTS, label
from bot.dialogs.engine.context import Event
from bot.handlers.photo import ASKING, stands_at
from bot.handlers.talk import context_of, talk
from bot.messages import Incoming, Said
from bot.ports import Conversation, Photo, Services


def wants(incoming: Incoming) -> bool:
    """Take what a worker has read."""
    return incoming.kind == "sight"


def handle(
    incoming: Incoming, conversation: Conversation, services: Services, now: datetime
) -> list[Said]:
    """Tell what became of the photo; ask about it at once if nothing else is talked about."""
    application = conversation.applications.current()
    photos = application.photos if application else ()
    photo = next((one for one in photos if one.id == incoming.fields.get("photo")), None)
    if photo is None:
        return []
    at = stands_at(conversation)
    words = _told(photo, conversation, services, now, asked_next=at in ASKING)
    if at in ASKING:
        words += talk(conversation, services, Event("fresh", flow=DOCUMENTS.name), now)
    return words


def _told(
    photo: Photo,
    conversation: Conversation,
    services: Services,
    now: datetime,
    *,
    asked_next: bool,
) -> list[Said]:
    context = context_of(conversation, services, now)
    paper = label(photo.document, context) or services.words.say("photos.any_paper")
    say = services.words.say
    match photo.state:
        case "refused":
            problems = photo.reading.problems if photo.reading else ()
            lines = [f"photo.problem.{problem}" for problem in problems]
            lines += [f"photo.bad.{problem}" for problem in problems]
            known = [key for key in lines if services.words.has(key)]
            first = Said("photos.again", say("photos.again", {"paper": paper}))
            return [first, *(Said(key, say(key)) for key in known)]
        case "kept":
            return [Said("photos.kept", say("photos.kept", {"paper": paper}))]
        case "read" if not asked_next:
            key = "photos.read" if photo.document else "photos.unplaced"
            return [Said(key, say(key, {"paper": paper}))]
        case _:
            return []
