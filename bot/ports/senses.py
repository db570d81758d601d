"""What makes meaning of a text, a sound, a photo, a face; and what reaches a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from bot.domain.photo import Paper, PhotoReading
from bot.messages import Heard


class Faq(Protocol):
    """Understands questions, on this machine; slow enough to be kept out of transactions."""

    def hear(self, text: str, waits: str = "") -> Heard:
        """Tell what a text asks; ``waits`` is the type of the question that is open."""
        ...


class NotRecognised(Exception):
    """Speech could not be made into words; ``again``: the same request may go through later."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.again = again


class Recogniser(Protocol):
    """Makes speech into words."""

    def listen(self, sound: bytes, format: str) -> str:
        """Return what is said, or nothing. Raises ``NotRecognised``."""
        ...


class BadPhoto(Exception):
    """A file that is no photo we take.

    ``reason``: empty | kind (no JPEG, PNG or WebP) | damaged | pixels (more than 40 million)
    | bytes (more than 12 MB).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotRead(Exception):
    """A photo could not be read; ``again``: the same one may be read later."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.again = again


@dataclass(frozen=True, slots=True)
class Sight:
    """A photo made anew (JPEG, upright, nothing but pixels), and what it shows."""

    photo: bytes
    reading: PhotoReading


class Reader(Protocol):
    """Reads photos of papers."""

    def read(self, photo: bytes, expected: str = "") -> Sight:
        """Read a photo; ``expected`` is the document asked for.

        Raises ``BadPhoto`` and ``NotRead``.
        """
        ...


class SecondReader(Protocol):
    """Reads ID cards elsewhere, as a second opinion."""

    def read_id_card(self, photo: bytes, paper: Paper) -> PhotoReading:
        """Read one side of an ID card. Raises ``NotRead``."""
        ...


@dataclass(frozen=True, slots=True)
class FaceLink:
    """Where a person shows his face, and the token its result is asked by."""

    token: str
    url: str


@dataclass(frozen=True, slots=True)
class FaceResult:
    """How a face check ended; ``reason`` is a code of the service, never shown."""

    state: Literal["passed", "failed", "open"]
    reason: str = ""


class NotChecked(Exception):
    """The service of face checks did not answer; ``again``: it may later."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.again = again


class FaceCheck(Protocol):
    """Compares a living face with the one the police have under a name and number."""

    def begin(self, name: str, id_number: str, return_url: str) -> FaceLink:
        """Open a check. Raises ``NotChecked``."""
        ...

    def result(self, token: str) -> FaceResult:
        """Ask how a check ended. Raises ``NotChecked``."""
        ...


class NotSent(Exception):
    """A short message did not go out; ``again``: the same one may go later.

    ``reason``: too_soon (wait half a minute) | too_many (for an hour, or for today) | barred
    (the person refuses such messages) | number (there is no such one) | a code of the service.
    """

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.again = again


class ShortMessages(Protocol):
    """Sends SMS by templates the carrier has approved."""

    def send(self, phone: str, template: str, values: Sequence[str]) -> str:
        """Send one and return the service's serial number. Raises ``NotSent``."""
        ...
