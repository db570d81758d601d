"""Everything a handler may ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.domain.fee import Fee
from bot.messages import Said
from bot.ports.applications import Retention
from bot.ports.people import Conversations
from bot.ports.records import HumanDesk
from bot.ports.sending import Outbox
from bot.ports.senses import Faq
from bot.ports.work import JobList


class Clock(Protocol):
    """Business time."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class SharedCache(Protocol):
    """A small shared store with expiry and locks: Redis, or the database without it."""

    def get(self, name: str) -> str | None:
        """Return a value that has not expired."""
        ...

    def put(self, name: str, value: str, seconds: float) -> None:
        """Keep a value for so many real seconds."""
        ...

    def drop(self, name: str) -> None:
        """Forget a value."""
        ...

    def lock(self, name: str, seconds: float, wait: float) -> AbstractContextManager[bool]:
        """Hold a named lock (for at most ``seconds``); yields False if not had in ``wait``."""
        ...


class Words(Protocol):
    """The catalogue of sentences."""

    def say(self, key: str, values: Mapping[str, Any] | None = None) -> str:
        """Put a key into words. Raises ``KeyError`` for a key the catalogue lacks."""
        ...

    def has(self, key: str) -> bool:
        """Tell whether there are words for a key."""
        ...

    def options(self, key: str) -> tuple[Option, ...]:
        """Return the options of a key; none if it has none."""
        ...


class Option(Protocol):
    """A word to tap: its id, and how it reads."""

    @property
    def id(self) -> str:
        """Name it in code."""
        ...

    @property
    def label(self) -> str:
        """Say it to a person."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a handler may ask for."""

    clock: Clock
    conversations: Conversations
    outbox: Outbox
    retention: Retention
    humans: HumanDesk
    faq: Faq
    jobs: JobList
    listens: bool
    """Whether voice messages are made into words."""
    words: Words
    script: Any
    """``bot.dialogs.script.Script``: flows, vocabulary, FAQ and rulebook, immutable."""
    render: Callable[[Sequence[Said]], str]
    """Put pieces together as one WeChat text, links included."""
    sends_sms: bool = False
    """Whether a phone number can be proved by a code."""
    checks_faces: bool = False
    """Whether a service compares faces."""
    fees: tuple[Fee, ...] = ()
    """What is sold; nothing where WeChat Pay is not configured."""
    links: Callable[[str, str], str] = field(default=lambda purpose, openid: "")
    """Make a short-lived, single-purpose address of ours: (purpose, openid) -> URL, or ""."""
