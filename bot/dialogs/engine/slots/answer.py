"""The promise every slot keeps, and what reading an answer can give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.dialogs.engine.context import Context, Event, Option

UNREADABLE = "unreadable"
"""The answer of somebody who cannot read, or does not know, what is asked."""

NOTHING = "@nothing"
"""The answer of somebody who has none of what is asked for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Understood. The value survives JSON."""

    value: Any


@dataclass(frozen=True, slots=True)
class Half:
    """Half understood: keep ``partial`` and ask for the rest with the words of ``key``.

    ``options`` are likely answers to tap; their labels are read like anything typed.
    """

    partial: Any
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Again:
    """Not an answer, and it can be said why: ``key`` explains it."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


Read = Answer | Half | Again | None
"""None: this is no answer at all, perhaps something else."""


class Slot(Protocol):
    """Reads one kind of answer."""

    @property
    def type(self) -> str:
        """Name the type, as ``flows.lock`` keeps it."""
        ...

    @property
    def accepts(self) -> frozenset[str]:
        """Name the kinds of event it takes."""
        ...

    @property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """Name the words it may use to explain, with their placeholders."""
        ...

    def read(
        self, event: Event, options: tuple[Option, ...], partial: Any, context: Context
    ) -> Read:
        """Read an answer from an event of an accepted kind."""
        ...
