"""A photo has been read: say so, and go on where the talk about papers waits.

The worker that read it lets this arrive as a message of its own, keyed by its job: however
often the work is done, it is told once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.dialogs.documents import DOCUMENTS, label
from bot.dialogs.engine.context import Context, Event
from bot.handlers.photo import ASKING, stands_at
from bot.handlers.talk import context_of, talk
from bot.messages import Incoming, Said
from bot.ports import Conversation, Photo, Services

NOT_HIS = ("gone", "unread")
"""Why a photo came to nothing without being a bad one."""


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
    words = _told(photo, conversation, services, now)
    if at in ASKING:
        words += talk(conversation, services, Event("fresh", flow=DOCUMENTS.name), now)
    elif not at:  # the talk about papers asks about each in its turn
        words += _to_be_confirmed(photos, conversation, services, now)
    return words


def _told(
    photo: Photo, conversation: Conversation, services: Services, now: datetime
) -> list[Said]:
    """Say what became of a photo that he is not asked about."""
    paper = _paper(photo, context_of(conversation, services, now))
    match photo.state:
        case "refused":
            return _refused(photo.reading.problems if photo.reading else (), paper, services)
        case "kept":
            return [_said("photos.kept", services, paper=paper)]
        case _:
            return []


def _to_be_confirmed(
    photos: Sequence[Photo], conversation: Conversation, services: Services, now: datetime
) -> list[Said]:
    """Say once what there is to be looked at, when nothing is being read any more.

    Nine photos sent at once must not use up the few messages that may be sent unasked.
    """
    read = [photo for photo in photos if photo.state == "read"]
    if not read or conversation.more or any(photo.state == "waiting" for photo in photos):
        return []
    if len(read) > 1:
        return [_said("photos.several", services, count=len(read))]
    if not read[0].document:
        return [_said("photos.unplaced", services)]
    paper = _paper(read[0], context_of(conversation, services, now))
    return [_said("photos.read", services, paper=paper)]


def _paper(photo: Photo, context: Context) -> str:
    return label(photo.document, context) or context.catalogue.say("photos.any_paper")


def _said(key: str, services: Services, **values: Any) -> Said:
    return Said(key, services.words.say(key, values))


def _refused(problems: Sequence[str], paper: str, services: Services) -> list[Said]:
    """Say what is wrong with a photo; one that never got here, or not to be read, is not."""
    for problem in NOT_HIS:
        if problem in problems:
            return [_said(f"photos.{problem}", services)]
    lines = [f"photo.{kind}.{problem}" for kind in ("problem", "bad") for problem in problems]
    known = [_said(key, services) for key in lines if services.words.has(key)]
    return [_said("photos.again", services, paper=paper), *known]
