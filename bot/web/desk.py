"""Where photos are received: whose they are, whether any may be, and what is answered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response, abort

from bot.domain.upload import CHUNK
from bot.ports import Conversation, NotTaken, Sending
from bot.web.papers import Paper, closed, papers
from bot.web.viewer import Viewer
from bot.wiring import House

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

STATUS = {"bytes": 413, "kind": 415, "empty": 400, "damaged": 422, "many": 429, "busy": 503}
"""How HTTP calls each reason for which a photo is not taken; words stand below ``upload.why``."""


class Closed(Exception):
    """No photo may be received now; ``reason`` as ``papers.closed`` has it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Desk:
    """Receives photos for one person's open application. All but ``document`` raise ``Closed``."""

    def __init__(self, house: House) -> None:
        self.house, self.words = house, house.library.words
        self.documents = house.library.documents
        self.viewer = Viewer(house, "upload")

    def document(self, name: str) -> str:
        """Return the id of a paper that an application needs; 404 for any other."""
        if name not in {document.id for document in self.documents}:
            abort(404)
        return name

    @contextmanager
    def open(self, openid: str) -> Iterator[Conversation]:
        """Open his conversation, where a photo may be received."""
        contact = self.house.conversations.find(openid)
        if contact is None:
            raise Closed("application")
        with self.house.conversations.open(contact) as conversation:
            if reason := closed(conversation):
                raise Closed(reason)
            yield conversation

    def papers(self, openid: str) -> list[Paper]:
        """Return how his papers stand."""
        with self.open(openid) as conversation:
            return papers(conversation, self.documents, self.words)

    def offset(self, openid: str, sending: Sending) -> int:
        """Return how much of a photo is there."""
        with self.open(openid) as conversation:
            return conversation.uploads.offset(sending)

    def receive(self, openid: str, sending: Sending, offset: int, piece: bytes) -> int:
        """Take a piece; return the offset that follows. Raises what ``Uploads.append`` does."""
        with self.open(openid) as conversation:
            return conversation.uploads.append(sending, offset, piece, self.house.clock.now())

    def receive_whole(self, openid: str, document: str, content: bytes) -> None:
        """Take a photo that came in one go, or the rest of it. Raises ``NotTaken``."""
        if not content:
            raise NotTaken("empty")
        sending = Sending(document, len(content), hashlib.sha256(content).hexdigest())
        now = self.house.clock.now()
        with self.open(openid) as conversation:
            there = conversation.uploads.offset(sending)
            while there < len(content):
                piece = content[there : there + CHUNK]
                there = conversation.uploads.append(sending, there, piece, now)


def guarded(answer: Response) -> Response:
    """Let nothing of an answer be kept, framed, or told to others."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
