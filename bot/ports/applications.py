"""What is kept about one person's renewal, under a key of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.domain.agreement import Agreement, Purpose
from bot.domain.application import Actor, Deed, Happened, Reason, State
from bot.domain.form import Doubt, Form
from bot.domain.photo import PhotoReading
from bot.ports.senses import Sight

PhotoState = Literal[
    "waiting",  # received, not read yet
    "read",  # he is asked whether it is right
    "kept",  # he said so
    "refused",  # cannot be used; the reading's problems say why
    "skipped",  # he has none of these
]


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of one paper; the picture itself is fetched apart."""

    id: int
    document: str
    """What it shows, an id of documents.yaml; what was asked for until it has been read."""
    state: PhotoState
    received_at: datetime
    reading: PhotoReading | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """One renewal as it stands. Shredded: nothing but its state is left."""

    id: int
    contact_id: int
    state: State
    form: Form
    photos: tuple[Photo, ...]
    history: tuple[Happened, ...]
    disputed: bool
    """Another account has named the same ID number; neither is told of the other."""
    real_name: Literal["", "face", "person"]
    """How it was checked that he is who he says."""
    created_at: datetime
    changed_at: datetime
    shredded: bool = False

    def photo(self, document: str) -> Photo | None:
        """Return the photo in use of a paper."""
        for photo in self.photos:
            if photo.document == document and photo.state in {"kept", "skipped"}:
                return photo
        return None


class Agreements(Protocol):
    """What one person has agreed to."""

    def given(self) -> Mapping[Purpose, Agreement]:
        """Return what he agrees to now."""
        ...

    def give(self, purpose: Purpose, version: str, now: datetime) -> None:
        """Write down that he agrees, in which wording."""
        ...

    def withdraw(self, purpose: Purpose, now: datetime) -> None:
        """Write down that he agrees no more."""
        ...


class Applications(Protocol):
    """One person's renewals: at most one is open. Every write needs an open one.

    Raises ``LookupError`` when there is none, ``NotNow`` for a deed that is not possible.
    """

    def current(self) -> Application | None:
        """Return the open one."""
        ...

    def latest(self) -> Application | None:
        """Return the open one, or else the one closed last."""
        ...

    def begin(self, now: datetime) -> Application:
        """Open one, or return the one that is open."""
        ...

    def fill(self, form: Form, now: datetime) -> None:
        """Replace what the form holds."""
        ...

    def happen(
        self, deed: Deed, by: Actor, now: datetime, reasons: Sequence[str] = (), note: str = ""
    ) -> State:
        """Do a deed, write it into the history, and return the new state."""
        ...

    def real_name(self, way: Literal["face", "person"], now: datetime) -> None:
        """Write down how it was checked who he is."""
        ...

    def add_photo(self, document: str, source: str, payload: str, now: datetime) -> int:
        """Receive a photo and have it read (a job ``read``); return its id."""
        ...

    def skip(self, document: str, now: datetime) -> None:
        """Write down that he has no such paper."""
        ...

    def keep_sight(self, photo_id: int, sight: Sight, document: str, now: datetime) -> bool:
        """Keep a photo and what it shows; False if it is not waited for any more.

        An empty ``document``: nobody can tell what it is, whatever was asked for.
        """
        ...

    def refuse(self, photo_id: int, reading: PhotoReading, now: datetime) -> bool:
        """Give a photo up, with the problems why; False if it is not waited for any more."""
        ...

    def confirm(self, photo_id: int, reading: PhotoReading, document: str, now: datetime) -> None:
        """Take a photo as right: it replaces an older one of its paper and fills the form."""
        ...

    def correct(self, photo_id: int, reading: PhotoReading, document: str) -> None:
        """Replace what was read of a photo; it stays to be confirmed."""
        ...

    def drop(self, photo_id: int) -> None:
        """Forget a photo."""
        ...

    def picture(self, photo_id: int) -> bytes:
        """Return a photo's picture. Raises ``LookupError`` when there is none."""
        ...

    def shred(self, now: datetime) -> None:
        """Destroy the keys of all his applications, and all that lay under them."""
        ...


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the desk's list: nothing in it names a person."""

    id: int
    state: State
    since: datetime
    """When it was touched last: what waits for us has waited since then."""
    name: str
    """The family name, the rest masked."""
    missing: tuple[str, ...]
    """Fields of the form, then papers."""
    doubts: tuple[Doubt, ...]
    disputed: bool


class ApplicationDesk(Protocol):
    """Renewals as operators see them."""

    def list(self, now: datetime, state: State | None = None) -> Sequence[Listed]:
        """Return those of a state, or all open ones; the longest untouched first."""
        ...

    def show(self, application_id: int) -> Application:
        """Return one, unmasked. Raises ``LookupError``."""
        ...

    def do(
        self,
        application_id: int,
        deed: Deed,
        now: datetime,
        reasons: Sequence[Reason] = (),
        note: str = "",
    ) -> State:
        """Do an operator's deed, have its person told of the new state, and return that.

        A note is told to him too. Raises ``LookupError`` when there is no such open one, and
        ``NotNow``.
        """
        ...

    def forget(self, application_id: int, now: datetime) -> None:
        """Destroy all that is kept of an application's person, at his wish.

        Raises ``LookupError``.
        """
        ...


class Retention(Protocol):
    """What is kept for a time alone."""

    def sweep(self, now: datetime) -> int:
        """Warn whose application nobody goes on with, shred what was warned of or ended long
        ago, and overwrite what was forgotten; return how many applications were shredded.

        Harmless however often, and by however many.
        """
        ...


CODE_MINUTES = 10
"""How long a code sent to a phone is good for; the message says so."""


class PhoneCodes(Protocol):
    """Proof that a phone number is his: a code sent there, typed here."""

    def make(self, phone: str, now: datetime) -> tuple[str, str]:
        """Make a code for a number. Returns (code, "") or ("", why not): ``soon`` (one was
        sent less than a minute ago) or ``many`` (five today)."""
        ...

    def waits(self, now: datetime) -> str:
        """Return the number whose code is still waited for, or nothing."""
        ...

    def forget(self) -> None:
        """Wait for no code any more; what was sent today still counts."""
        ...

    def check(self, code: str, now: datetime) -> str:
        """Return the number that the code proves, or "" with the try counted; a code is good
        for ten minutes, five tries, and once."""
        ...
