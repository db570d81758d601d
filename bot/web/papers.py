"""What the upload page shows of each paper: how it stands, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.domain.application import EDITABLE
from bot.domain.document import Document
from bot.library.words import Words
from bot.ports import Application, Conversation, Photo


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper on the page."""

    document: str
    state: str
    """missing | waiting | read | kept | refused | skipped"""
    says: str
    """How it stands, in words."""
    why: tuple[str, ...] = ()
    """Why it must be photographed again."""
    percent: int = 0
    """How much of it has arrived, where a photo was cut short."""

    def to_row(self) -> dict[str, Any]:
        """Return what the page's script reads."""
        return asdict(self)


def closed(conversation: Conversation) -> str:
    """Return why no photo may be received now; "" if one may.

    ``consent`` (he has not agreed that his identity is kept), ``application`` (none is
    open), ``handed_in`` (his papers are being looked at).
    """
    application = conversation.applications.current()
    if application is None:
        return "application"
    if "identity" not in conversation.agreements.given():
        return "consent"
    return "" if application.state in EDITABLE else "handed_in"


def papers(conversation: Conversation, documents: Sequence[Document], words: Words) -> list[Paper]:
    """Return how each paper stands, in the order they are asked for."""
    application = conversation.applications.current()
    unfinished = conversation.uploads.unfinished()
    return [_paper(application, one.id, unfinished, words) for one in documents]


def count(papers: Sequence[Paper], documents: Sequence[Document], words: Words) -> str:
    """Say how many are there, and how many required ones are not."""
    required = {document.id for document in documents if document.required}
    there = {paper.document for paper in papers if paper.state in {"waiting", "read", "kept"}}
    if left := len(required - there):
        return words.say("upload.count", {"done": len(there), "left": left})
    return words.say("upload.all_there")


def _paper(
    application: Application | None, document: str, unfinished: Mapping[str, float], words: Words
) -> Paper:
    photo = _latest(application, document)
    state = photo.state if photo else "missing"
    says = words.say(f"upload.state.{state}")
    why = _why(photo, words) if photo and photo.state == "refused" else ()
    return Paper(document, state, says, why, int(100 * unfinished.get(document, 0)))


def _latest(application: Application | None, document: str) -> Photo | None:
    found = (
        [photo for photo in application.photos if photo.document == document] if application else []
    )
    return found[-1] if found else None


def _why(photo: Photo, words: Words) -> tuple[str, ...]:
    """Return reasons in words: those of reading, or the one that is always true."""
    problems = photo.reading.problems if photo.reading else ()
    places = ("photo.problem", "photo.bad", "photos")
    keys = [f"{place}.{code}" for code in problems for place in places]
    said = tuple(words.say(key) for key in keys if words.has(key))
    return said or (words.say("upload.why.other"),)
