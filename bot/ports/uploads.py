"""Photos that arrive in pieces, over connections that drop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class WrongOffset(Exception):
    """A piece that does not follow what is there; ``offset`` is where to go on."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"expected offset {offset}")
        self.offset = offset


class NotTaken(Exception):
    """A file that is refused. ``reason``: empty | kind | bytes, as ``BadPhoto`` has them, or
    many (too many in one day)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Sending:
    """A file on its way: of which paper, how many bytes it has, and which it is.

    ``digest`` is the SHA-256 of the whole in hex: the same file picked again goes on where
    it stopped, and what arrives is what was sent.
    """

    document: str
    size: int
    digest: str


class Uploads(Protocol):
    """One person's photos on their way; they belong to his open application.

    All but ``offset`` raise ``LookupError`` without an open application.
    """

    def offset(self, sending: Sending) -> int:
        """Return how many bytes of a file are there; its size: it has been received."""
        ...

    def append(self, sending: Sending, offset: int, piece: bytes, now: datetime) -> int:
        """Take a piece, once however often it comes; return the offset that follows.

        With the last one the file becomes a photo that waits to be read (source ``page``,
        payload ``{"upload": id}``); 0: it has arrived otherwise than it was sent, and is
        forgotten. Raises ``WrongOffset`` and ``NotTaken``.
        """
        ...

    def unfinished(self) -> Mapping[str, float]:
        """Return how much of a paper's photo has arrived (0 to 1), where one was cut short."""
        ...

    def content(self, upload_id: int) -> bytes:
        """Return a whole file. Raises ``LookupError`` when it is not there (any more)."""
        ...

    def drop(self, upload_id: int) -> None:
        """Forget a file's bytes: it has been read."""
        ...
