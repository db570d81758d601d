"""The vocabulary of flows: what a talk is made of.

Every step has a stable name (never a position), because sessions and ``flows.lock`` hold
on to it. ``next`` names a step of the same flow or an end: ``@end`` (done), ``@again``
(the flow begins anew), ``@human`` (a person is asked for, then done).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.dialogs.engine.context import Act, Context, Option, Slots
from bot.dialogs.engine.slots import Choice, Slot

ENDS = frozenset({"@end", "@again", "@human"})

ACTED = "acted"
"""The signal that what a flow asked for has been done: it comes at once, in the same
transaction, with what the world answered, and facts are as they are by then."""

Values = Callable[[Slots, Context], Slots]
"""Makes the placeholders of a sentence."""


def nothing(_slots: Slots, _context: Context) -> Slots:
    """Fill no placeholder."""
    return {}


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence to be said: a key of the words, and its values."""

    key: str
    values: Slots = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Say:
    """Say something and go on. ``pieces`` decides among the declared ``keys``."""

    id: str
    next: str
    values: Values = nothing
    pieces: Callable[[Slots, Context], tuple[Piece, ...]] | None = None
    keys: tuple[str, ...] = ()
    """Keys ``pieces`` may use, for the checks; empty: the key is ``flow.step``."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask one question and keep the answer under the step's name."""

    id: str
    slot: Slot
    next: str
    values: Values = nothing
    tries: int = 3
    give_up: str = "@human"
    silence: timedelta | None = timedelta(hours=3)
    """Ask once more after so long without an answer; None: never."""


@dataclass(frozen=True, slots=True)
class Choose:
    """Offer options; each leads on by its own way. Labels live with the words of the step.

    ``offered`` may hide options, or make them from facts; made options all go ``next``.
    """

    id: str
    ways: Mapping[str, str] = field(default_factory=dict)
    next: str = ""
    offered: Callable[[Slots, Context], tuple[Option, ...]] | None = None
    values: Values = nothing
    tries: int = 3
    give_up: str = "@human"
    silence: timedelta | None = timedelta(hours=3)
    exact: frozenset[str] = frozenset()
    """Options never read out of a longer text, because what they do cannot be undone."""
    closing: bool = False
    """All is said but this: left for something else, the talk is over, and not come back to."""

    @property
    def slot(self) -> Slot:
        """A choice is a slot like any other."""
        return Choice(self.id, tuple(self.ways), self.exact)


@dataclass(frozen=True, slots=True)
class Branch:
    """Go one of several ways by what is known; ``test`` returns the name of a way."""

    id: str
    test: Callable[[Slots, Context], str]
    ways: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Split:
    """Send a share of people each way; the same person always goes the same way."""

    id: str
    ways: Mapping[str, str]
    weights: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Done:
    """What a ``Do`` found out and wants done."""

    computed: Slots = field(default_factory=dict)
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class Do:
    """Compute, or ask the world to act. After an act there is no way back behind it."""

    id: str
    run: Callable[[Slots, Context], Done]
    next: str


@dataclass(frozen=True, slots=True)
class Call:
    """Lead through another flow, then go on; ``give`` makes its first answers."""

    id: str
    flow: str
    next: str
    give: Values = nothing
    keep: tuple[str, ...] = ()
    """Slots of the called flow to keep as computed values of this one."""


@dataclass(frozen=True, slots=True)
class Go:
    """Leave this flow for another; nobody comes back here."""

    id: str
    flow: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait for something that happens outside (``signal``), or until an instant."""

    id: str
    next: str
    signal: str = ""
    until: Callable[[Slots, Context], datetime] | None = None
    late: str = ""
    """Where to go when ``until`` comes first; empty: ``next``."""
    values: Values = nothing


@dataclass(frozen=True, slots=True)
class Collect:
    """Take up to ``most`` photos; done at that number, after a quiet while, or on a word."""

    id: str
    next: str
    most: int = 9
    quiet: timedelta = timedelta(seconds=4)
    values: Values = nothing
    tries: int = 3
    give_up: str = "@human"


Step = Say | Ask | Choose | Branch | Split | Do | Call | Go | Wait | Collect
Question = Ask | Choose | Wait | Collect
QUESTIONS = (Ask, Choose, Wait, Collect)


def exits(step: Step) -> tuple[tuple[str, str], ...]:
    """Return every way out of a step as (label, target)."""
    match step:
        case Choose() | Branch() | Split():
            ways = list(step.ways.items())
            if isinstance(step, Choose):
                ways += [("", step.next)] if step.next else []
                ways.append(("give up", step.give_up))
            return tuple(ways)
        case Ask() | Collect():
            return (("", step.next), ("give up", step.give_up))
        case Wait():
            late = (("late", step.late),) if step.late else ()
            return (("", step.next), *late)
        case Say() | Do() | Call():
            return (("", step.next),)
        case Go():
            return (("", "@end"),)


def slot_type(step: Step | None) -> str:
    """Name what a question asks for; empty for a step that asks nothing."""
    match step:
        case Ask():
            return step.slot.type
        case Choose():
            return "choice"
        case Wait():
            return "wait"
        case Collect():
            return "photos"
        case _:
            return ""


def target(step: Question, answer: Any, gave_up: bool) -> str:
    """Return where an answered question leads."""
    if gave_up and not isinstance(step, Wait):
        return step.give_up
    match step:
        case Choose():
            return step.ways.get(answer, step.next)
        case Wait() if answer == "late":
            return step.late or step.next
        case _:
            return step.next
