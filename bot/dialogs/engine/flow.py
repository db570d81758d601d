"""A flow is a value: its steps, checked when it is made, walked the same way ever after."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from bot.dialogs.engine.context import Context
from bot.dialogs.engine.session import GAVE_UP, Frame, Session
from bot.dialogs.engine.step import (
    ENDS,
    QUESTIONS,
    Branch,
    Call,
    Choose,
    Go,
    Question,
    Split,
    Step,
    Wait,
    exits,
    slot_type,
    target,
)

CODES = range(100_000_000, 1_000_000_000)
"""Numbers in the links of options, whether this release has their question or an old one."""


class BadFlow(Exception):
    """A flow that could strand somebody."""


@dataclass(frozen=True)
class Flow:
    """A talk. The first step is where it begins; steps form no loop (``@again`` restarts).

    ``moved`` maps names that released versions had to today's; ``retired`` names those
    that are gone for good. Both keep ``flows.lock`` honest.
    """

    name: str
    steps: tuple[Step, ...]
    moved: Mapping[str, str] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()
    quiet: bool = False
    """Left for something else, it is closed; started again, it begins anew (menus)."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {step.id: step for step in self.steps})
        for problem in problems(self):
            raise BadFlow(problem)

    def step(self, name: str) -> Step | None:
        """Return a step by its name, or by a name it had before."""
        steps: dict[str, Step] = self.__dict__["_by_id"]
        return steps.get(self.moved.get(name, name))

    def code(self, step: str) -> int:
        """Return the number that names a question in the links of its options."""
        return zlib.crc32(f"{self.name}.{step}".encode()) % 9_000_000 * 100 + CODES.start

    def named_by(self, choice: int, step: str) -> bool:
        """Tell whether a tapped number belongs to a question, by any name it ever had."""
        names = [step, *(old for old, new in self.moved.items() if new == step)]
        return choice // 100 * 100 in map(self.code, names)


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a walk ends: at an open question, or at an end."""

    question: Question | None
    end: str = ""


def path(
    flow: Flow, frame: Frame, context: Context
) -> Iterator[tuple[Step | Stop, dict[str, Any]]]:
    """Walk from the first step along what is known, yielding each step passed, then a stop.

    With each comes what is known there: answers and findings of the steps passed so far,
    and nothing from a way no longer taken. The answers decide the way, so inserting or
    removing a question in a new release loses nobody: what was answered is passed over,
    what is missing is asked. The caller may fill ``frame.computed`` while the walk goes
    on (a ``Do`` finds out what the next ``Branch`` asks).
    """
    known = dict(frame.computed.get("", {}))
    at: str = flow.steps[0].id
    while at not in ENDS:
        step = flow.step(at)
        if step is None:
            raise BadFlow(f"{flow.name}: no step {at}")  # ``problems`` proves there is none
        if isinstance(step, QUESTIONS) and step.id not in frame.answers:
            yield Stop(step), known
            return
        yield step, known
        known.update(frame.computed.get(step.id, {}))
        at = _onward(flow, step, frame, known, context)
    yield Stop(None, at), known


def _onward(flow: Flow, step: Step, frame: Frame, known: dict[str, Any], context: Context) -> str:
    if isinstance(step, QUESTIONS):
        answer = frame.answers[step.id]
        known[step.id] = None if answer == GAVE_UP else answer
        return target(step, answer, answer == GAVE_UP)
    match step:
        case Branch():
            return step.ways[step.test(known, context)]
        case Split():
            return step.ways[drawn(flow, step, context.seed)]
        case _:
            return exits(step)[0][1]


def drawn(flow: Flow, split: Split, seed: str) -> str:
    """Draw a way by weight; the same person gets the same way, always."""
    total = sum(split.weights.values())
    digest = hashlib.sha256(f"{flow.name}.{split.id}:{seed}".encode()).digest()
    ticket = int.from_bytes(digest[:8], "big") % total
    for way, weight in split.weights.items():
        if ticket < weight:
            return way
        ticket -= weight
    raise AssertionError("weights cover every ticket")


def problems(flow: Flow) -> Iterator[str]:
    """Name everything that could strand a person in this flow."""
    names = [step.id for step in flow.steps]
    if not names:
        yield f"{flow.name}: has no step"
        return
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{flow.name}.{name}: the name is used twice"
    for step in flow.steps:
        yield from _step_problems(flow, step, frozenset(names))
    yield from _path_problems(flow, names)
    yield from _history_problems(flow, names)


def _path_problems(flow: Flow, names: list[str]) -> Iterator[str]:
    reached = _reached(flow)
    for name in names:
        if name not in reached:
            yield f"{flow.name}.{name}: no way leads here"
    if loop := _loop(flow):
        yield f"{flow.name}: a loop through {loop}"


def _history_problems(flow: Flow, names: list[str]) -> Iterator[str]:
    for old, new in flow.moved.items():
        if new not in names or old in names:
            yield f"{flow.name}: moved {old} -> {new} does not name a former and a present step"
    for name in flow.retired & frozenset(names):
        yield f"{flow.name}.{name}: retired, but still here"


def _step_problems(flow: Flow, step: Step, names: frozenset[str]) -> Iterator[str]:
    for label, to in exits(step):
        if to not in names and to not in ENDS:
            yield f"{flow.name}.{step.id}: {label or 'next'} leads to {to!r}, which is not there"
    if isinstance(step, Choose) and not step.ways and not (step.next and step.offered):
        yield f"{flow.name}.{step.id}: offers nothing"
    if isinstance(step, Split) and (
        set(step.ways) != set(step.weights) or sum(step.weights.values()) <= 0
    ):
        yield f"{flow.name}.{step.id}: ways and weights differ"
    if isinstance(step, Wait) and not step.signal and step.until is None:
        yield f"{flow.name}.{step.id}: waits for nothing"


def _reached(flow: Flow) -> set[str]:
    seen: set[str] = set()
    todo = [flow.steps[0].id]
    while todo:
        name = todo.pop()
        step = flow.step(name)
        if name in seen or step is None:
            continue
        seen.add(name)
        todo += [to for _, to in exits(step)]
    return seen


def _loop(flow: Flow) -> str:
    ways = {step.id: [to for _, to in exits(step)] for step in flow.steps}
    try:
        TopologicalSorter(ways).prepare()
    except CycleError as found:
        return " -> ".join(reversed(found.args[1]))
    return ""


@dataclass(frozen=True)
class Flows:
    """All flows of a release, by name. ``home`` is where a person is who is nowhere else."""

    flows: tuple[Flow, ...]
    home: str = "home"
    which: str = ""
    """The flow that asks which of two questions was meant; empty: nobody is asked."""

    def __post_init__(self) -> None:
        table = {flow.name: flow for flow in self.flows}
        object.__setattr__(self, "_table", table)
        for flow in self.flows:
            for step in flow.steps:
                if isinstance(step, Call | Go) and step.flow not in table:
                    raise BadFlow(
                        f"{flow.name}.{step.id}: leads to {step.flow}, which is not there"
                    )
        if self.home not in table:
            raise BadFlow(f"there is no flow {self.home}")

    def get(self, name: str) -> Flow | None:
        """Return a flow by name."""
        table: dict[str, Flow] = self.__dict__["_table"]
        return table.get(name)

    def released(self) -> Iterator[tuple[str, str, str]]:
        """Yield (flow, question, slot type) of every question people may wait at."""
        for flow in self.flows:
            for step in flow.steps:
                if slot_type(step):
                    yield flow.name, step.id, slot_type(step)


def question_of(flow: Flow | None, name: str) -> Question | None:
    """Return a question of a flow by name, if it is one."""
    step = flow.step(name) if flow and name else None
    return step if isinstance(step, QUESTIONS) else None


def awaited(flows: Flows, session: Session) -> str:
    """Return the signal that the flow on top waits for, or nothing."""
    frame = session.top
    step = question_of(flows.get(frame.flow), frame.step) if frame else None
    return step.signal if isinstance(step, Wait) else ""


def as_json_value(value: Any) -> Any:
    """Refuse, early and loudly, an answer that would not survive being stored."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [as_json_value(item) for item in value]
    if isinstance(value, dict):
        return {str(key): as_json_value(item) for key, item in value.items()}
    raise TypeError(f"an answer of type {type(value).__name__} cannot be stored")
