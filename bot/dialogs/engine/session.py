"""A conversation as a value: where a person is in which flows, and what he has answered."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, replace
from typing import Any

VERSION = 1

GAVE_UP = "@gave_up"
"""Stands for the answer of a question that was given up after too many tries."""


@dataclass(slots=True)
class Frame:
    """One flow under way."""

    flow: str
    step: str = ""
    """The open question."""
    asks: str = ""
    """The type of the open question's slot: a changed type is another question."""
    answers: dict[str, Any] = field(default_factory=dict)
    computed: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What each ``Do`` or ``Call`` found out, by its step; "" holds what was given."""
    done: list[str] = field(default_factory=list)
    """Steps that have spoken or acted, so that they do it once."""
    trail: list[str] = field(default_factory=list)
    """Answered questions in the order in which they can be taken back."""
    tries: int = 0
    nudged: bool = False
    partial: Any = None
    """Half an answer ("next March"), kept until the other half comes."""
    called: str = ""
    """The ``Call`` step of the flow below that waits for this one; empty for a digression."""

    def copy(self) -> Frame:
        """Return a frame that can be changed without changing this one."""
        return replace(
            self,
            answers=dict(self.answers),
            computed=dict(self.computed),
            done=list(self.done),
            trail=list(self.trail),
        )


@dataclass(slots=True)
class Session:
    """The whole conversation with one person. ``turn`` grows with every event."""

    turn: int = 0
    stack: list[Frame] = field(default_factory=list)
    human: bool = False
    """A person has taken over; the bot is silent."""
    faq: str = ""
    """The last FAQ answered, for "tell me more"."""
    timed: bool = False
    """A timer is set."""

    def copy(self) -> Session:
        """Return a session that can be changed without changing this one."""
        return replace(self, stack=[frame.copy() for frame in self.stack])

    @property
    def top(self) -> Frame | None:
        """The flow that is being talked about, if any."""
        return self.stack[-1] if self.stack else None

    def to_json(self) -> str:
        """Write the session as it is stored."""
        row = {
            "v": VERSION,
            "turn": self.turn,
            "stack": [_shallow(frame) for frame in self.stack],
            "human": self.human,
            "faq": self.faq,
            "timed": self.timed,
        }
        return json.dumps(row, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | None) -> Session:
        """Read a stored session. Raises ``UnknownVersion`` for one made by a later release."""
        if not text:
            return cls()
        row = json.loads(text)
        if row.pop("v", None) != VERSION:
            raise UnknownVersion
        row["stack"] = [Frame(**frame) for frame in row["stack"]]
        return cls(**row)


_FRAME = tuple(part.name for part in fields(Frame))


def _shallow(frame: Frame) -> dict[str, Any]:
    """Name a frame's parts; ``asdict`` would copy every one of them first."""
    return {name: getattr(frame, name) for name in _FRAME}


class UnknownVersion(Exception):
    """The stored session has a version this release cannot read."""
