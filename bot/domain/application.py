"""One renewal from its first paper to the new certificate: a state machine, and its history.

The official step is taken on the official platform, by the welder; what he says of it, or an
operator, is written down here. Whoever is renewed is chased no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal[
    "draft",  # papers and data are being gathered
    "submitted",  # an operator looks at it
    "returned",  # something must be mended
    "accepted",  # papers are in order
    "ordered",  # the training service waits to be paid
    "studying",
    "passed",  # the exam
    "reviewed",  # everything is there: it can be filed
    "filed",  # handed in on the official platform
    "renewed",
    "refused",  # by the authority; may be filed again
    "withdrawn",
]
Deed = Literal[
    "submit", "return", "accept", "order", "unorder", "pay", "waive", "pass", "review",
    "file", "renew", "refuse", "withdraw",
]  # fmt: skip
Actor = Literal["welder", "operator", "system"]

STATES: tuple[State, ...] = State.__args__  # type: ignore[attr-defined]

CLOSED: frozenset[State] = frozenset({"renewed", "withdrawn"})

EDITABLE: frozenset[State] = frozenset({"draft", "returned"})
"""States in which the welder may change papers and data."""

_BEFORE_FILING: tuple[State, ...] = (
    "draft", "submitted", "returned", "accepted", "ordered", "studying", "passed", "reviewed",
)  # fmt: skip

TRANSITIONS: Mapping[State, Mapping[Deed, State]] = {
    "draft": {"submit": "submitted"},
    "submitted": {"return": "returned", "accept": "accepted"},
    "returned": {"submit": "submitted"},
    "accepted": {"order": "ordered", "waive": "studying"},
    "ordered": {"unorder": "accepted", "pay": "studying", "waive": "studying"},
    "studying": {"pass": "passed"},
    "passed": {"review": "reviewed"},
    "reviewed": {},
    "filed": {"renew": "renewed", "refuse": "refused"},
    "refused": {"file": "filed", "renew": "renewed"},
    "renewed": {},
    "withdrawn": {},
}
"""What each deed leads to. ``ANYTIME`` adds what is possible at every stage."""

ANYTIME: Mapping[Deed, State] = {"file": "filed", "renew": "renewed", "withdraw": "withdrawn"}
"""The official route is the welder's right: he may file, be renewed, or stop, without us."""

ACTORS: Mapping[Deed, frozenset[Actor]] = {
    "submit": frozenset({"welder", "operator"}),
    "return": frozenset({"operator"}),
    "accept": frozenset({"operator"}),
    "order": frozenset({"welder", "system"}),
    "unorder": frozenset({"system", "operator"}),
    "pay": frozenset({"system"}),
    "waive": frozenset({"operator"}),
    "pass": frozenset({"system", "operator"}),
    "review": frozenset({"operator"}),
    "file": frozenset({"welder", "operator"}),
    "renew": frozenset({"welder", "operator"}),
    "refuse": frozenset({"welder", "operator"}),
    "withdraw": frozenset({"welder", "operator", "system"}),
}


Reason = Literal[
    "blurred", "wrong_document", "expired_document", "name_differs", "id_differs",
    "photo_background", "missing_paper", "other",
]  # fmt: skip
"""Why an operator sends an application back."""

REASONS: tuple[Reason, ...] = Reason.__args__  # type: ignore[attr-defined]


class NotNow(Exception):
    """A deed that is not possible in this state, or not by this actor."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the history. ``reasons`` are codes of an operator's list; ``note`` is free."""

    deed: Deed
    at: datetime
    by: Actor
    reasons: tuple[str, ...] = ()
    note: str = ""


def possible(state: State) -> Mapping[Deed, State]:
    """Return what can be done in a state, and where it leads."""
    if state in _BEFORE_FILING:
        return {**ANYTIME, **TRANSITIONS[state]}
    if state in CLOSED:
        return {}
    return {"withdraw": "withdrawn", **TRANSITIONS[state]}


def after(state: State, deed: Deed, by: Actor) -> State:
    """Return the state that a deed leads to. Raises ``NotNow``."""
    to = possible(state).get(deed)
    if to is None:
        raise NotNow(f"{deed} is not possible while {state}")
    if by not in ACTORS[deed]:
        raise NotNow(f"{deed} is not the {by}'s to do")
    return to


def state_of(history: Iterable[Happened]) -> State:
    """Return the state that a history leads to. Raises ``NotNow`` for one that cannot be."""
    state: State = "draft"
    for happened in history:
        state = after(state, happened.deed, happened.by)
    return state


Stage = Literal["papers", "check", "study", "exam", "file", "decision"]

STAGES: tuple[Stage, ...] = Stage.__args__  # type: ignore[attr-defined]

STAGE_OF: Mapping[State, Stage] = {
    "draft": "papers",
    "returned": "papers",
    "submitted": "check",
    "accepted": "study",
    "ordered": "study",
    "studying": "exam",
    "passed": "file",
    "reviewed": "file",
    "filed": "decision",
    "refused": "file",
    "renewed": "decision",
}
"""The stage a state waits in; whoever has withdrawn waits in none."""

_ENDS: Mapping[Stage, frozenset[Deed]] = {
    "papers": frozenset({"submit"}),
    "check": frozenset({"accept"}),
    "study": frozenset({"pay", "waive"}),
    "exam": frozenset({"pass"}),
    "file": frozenset({"file"}),
    "decision": frozenset({"renew"}),
}

NEXT_ACTOR: Mapping[State, Literal["you", "us", "office", "nobody"]] = {
    "draft": "you",
    "submitted": "us",
    "returned": "you",
    "accepted": "us",
    "ordered": "you",
    "studying": "you",
    "passed": "us",
    "reviewed": "you",
    "filed": "office",
    "refused": "you",
    "renewed": "nobody",
    "withdrawn": "nobody",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """One stage of the way: ``done`` when, or where it stands now."""

    stage: Stage
    standing: Literal["done", "now", "ahead", "skipped"]
    at: datetime | None = None


def progress(history: Iterable[Happened]) -> tuple[Progress, ...]:
    """Return the way as a line of stages; what was left out on the way is ``skipped``."""
    lines = tuple(history)
    state = state_of(lines)
    here = STAGES.index(STAGE_OF[state]) if state in STAGE_OF else len(STAGES)
    if state == "renewed":
        here = len(STAGES)
    found = []
    for n, stage in enumerate(STAGES):
        ends = [line.at for line in lines if line.deed in _ENDS[stage]]
        if n > here or (n == here and state != "renewed"):
            found.append(Progress(stage, "now" if n == here else "ahead"))
        elif ends:
            found.append(Progress(stage, "done", ends[-1]))
        else:
            found.append(Progress(stage, "skipped"))
    return tuple(found)
