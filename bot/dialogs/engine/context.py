"""What a turn may know besides the session and the event: all of it data, none of it I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

from bot.domain.dates import Reading
from bot.domain.hours import Hour
from bot.messages import Heard

Slots = Mapping[str, Any]
"""Answers and computed values of one flow by step name; every value survives JSON."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: its id in the flow, the words shown, further words understood."""

    id: str
    label: str
    accept: tuple[str, ...] = ()


class Catalogue(Protocol):
    """The part of the words that the engine must see to understand an answer."""

    def options(self, key: str) -> tuple[Option, ...]:
        """Return the options of a question; none if it has none."""
        ...

    def say(self, key: str, values: Slots | None = None) -> str:
        """Put a key into words, for the label of an option made from facts."""
        ...

    def text(self, key: str) -> str:
        """Return the words of a key as they are written, placeholders and all."""
        ...

    def has(self, key: str) -> bool:
        """Tell whether there are words for this key."""
        ...


class Lexicon(Protocol):
    """What people type, made into meaning; the words themselves live in content/."""

    def command(self, text: str) -> tuple[str, int | None] | None:
        """Return a global word's id, with its number if it has one ("correct 3")."""
        ...

    def start(self, text: str) -> str | None:
        """Return the flow that this exact wish starts."""
        ...

    def number(self, text: str) -> int | None:
        """Return the number typed, however written, if the text is nothing else."""
        ...

    def day(self, text: str, today: date) -> Reading:
        """Read a date as people write it."""
        ...

    def hour(self, text: str) -> Hour | None:
        """Return the hour of day typed, if the text names one."""
        ...

    def cannot_tell(self, text: str) -> bool:
        """Tell whether he says that he cannot read it, or does not know."""
        ...

    def has_none(self, text: str) -> bool:
        """Tell whether he says that he has none of what is asked for."""
        ...

    def is_question(self, text: str) -> bool:
        """Tell whether the text has the shape of a question."""
        ...

    def denies(self, text: str) -> bool:
        """Tell whether a word in the text denies something."""
        ...

    def without_particles(self, text: str) -> tuple[str, ...]:
        """Drop one by one the particles at its end that colour an answer, no more."""
        ...


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens to a conversation.

    ``kind``: text | image | voice | … (a message), ``start`` (``flow`` begins, with
    ``given`` answers), ``timer`` (``name`` is its kind), ``signal`` (``name`` happened
    outside: a payment notice, a finished exam), ``fresh`` (the facts that ``flow`` stands on
    have changed: if it is talked about, it looks again), ``staff`` (``name`` on | off: a
    person takes over, or hands back).
    """

    kind: str
    text: str = ""
    choice: int | None = None
    media: str = ""
    flow: str = ""
    given: Slots = field(default_factory=dict)
    name: str = ""
    turn: int | None = None
    heard: Heard | None = None
    """What a text asks; None: nobody has listened yet."""


class Unheard(Exception):
    """The turn depends on what the text asks, which takes longer than a transaction may last.

    Whoever catches it finds out, with no transaction open, and takes the turn again.
    """

    def __init__(self, text: str, waits: str) -> None:
        super().__init__("nobody has listened to this text yet")
        self.text = text
        self.waits = waits
        """The type of the open question, or empty."""


@dataclass(frozen=True, slots=True)
class Context:
    """The world as this turn sees it."""

    now: datetime
    today: date
    """The calendar day in Asia/Shanghai."""
    catalogue: Catalogue
    lexicon: Lexicon
    seed: str = ""
    """Names the person for sticky splits; never shown."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What flows may look at: certificates, settings of the person, the rulebook."""


@dataclass(frozen=True, slots=True)
class Speak:
    """Say the words of a key, filled with values, with options to tap if there are any."""

    key: str
    values: Slots = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    code: int = 0
    """Names the question, so that a tap on an old bubble is known as such."""


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Wake this conversation at an instant, unless it has moved on by then."""

    kind: Literal["silence", "wait", "collect"]
    at: datetime


@dataclass(frozen=True, slots=True)
class CancelTimers:
    """Nothing is waited for any more."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something a flow asks the world to do, by name, in the turn's own transaction."""

    name: str
    values: Slots = field(default_factory=dict)


Effect = Speak | SetTimer | CancelTimers | Act
Effects = Sequence[Effect]
