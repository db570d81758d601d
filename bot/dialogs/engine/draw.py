"""Flows drawn as Mermaid, listed for ``flows.lock``, and the words they need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.dialogs.engine.flow import Flow, Flows, question_of
from bot.dialogs.engine.step import (
    ACTED,
    Ask,
    Branch,
    Call,
    Choose,
    Collect,
    Do,
    Go,
    Say,
    Split,
    Step,
    Wait,
    exits,
    slot_type,
)

SHAPES: Mapping[type, tuple[str, str]] = {
    Say: ("(", ")"),
    Ask: ("[/", "/]"),
    Choose: ("[/", "/]"),
    Branch: ("{", "}"),
    Split: ("{", "}"),
    Do: ("[", "]"),
    Call: ("[[", "]]"),
    Go: ("[[", "]]"),
    Wait: ("([", "])"),
    Collect: ("[/", "/]"),
}


def mermaid(flow: Flow) -> str:
    """Draw a flow as a Mermaid flowchart."""
    lines = ["flowchart TD"]
    for step in flow.steps:
        left, right = SHAPES[type(step)]
        lines.append(f'  {step.id}{left}"{_title(step)}"{right}')
    for step in flow.steps:
        for label, to in exits(step):
            arrow = f"-- {label} -->" if label else "-->"
            lines.append(f"  {step.id} {arrow} {_node(to)}")
    ends = {to for step in flow.steps for _, to in exits(step) if to.startswith("@")}
    lines += [f'  {_node(end)}(("{end[1:]}"))' for end in sorted(ends)]
    return "\n".join(lines) + "\n"


def _node(name: str) -> str:
    return f"_{name[1:]}" if name.startswith("@") else name


def _title(step: Step) -> str:
    match step:
        case Call() | Go():
            return f"{step.id} to {step.flow}"
        case Ask():
            return f"{step.id}: {step.slot.type}"
        case _:
            return step.id


def lock_lines(flows: Flows) -> Iterator[str]:
    """List every question people may be waiting at: one line a question."""
    for name, step, kind in sorted(flows.released()):
        yield f"{name} {step} {kind}"


def lost_places(flows: Flows, lock: str) -> Iterator[str]:
    """Name what the lock promises and today's flows neither have, moved nor retired."""
    for line in lock.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, step, kind = line.split()
        flow = flows.get(name)
        if flow is None:
            yield f"{name}: the flow is gone; people may be in it"
        elif (question := question_of(flow, step)) is None:
            if step not in flow.retired:
                yield f"{name}.{step}: gone, and neither moved nor retired"
        elif (now := slot_type(question)) != kind:
            yield f"{name}.{step}: asked for {kind}, now for {now}; give it a new name"


ENGINE_KEYS: Mapping[str, frozenset[str]] = {
    "engine.moved_on": frozenset(),
    "engine.nudge": frozenset(),
    "engine.old_tap": frozenset(),
    "engine.lost": frozenset(),
    "engine.only_words": frozenset(),
    "engine.not_this_kind": frozenset(),
    "engine.not_this_kind.voice": frozenset(),
    "engine.not_this_kind.image": frozenset(),
    "engine.only_words.voice": frozenset(),
    "engine.only_words.image": frozenset(),
    "engine.no_more": frozenset(),
    "engine.not_understood": frozenset(),
    "engine.where_we_were": frozenset(),
    "engine.human_noted": frozenset(),
    "engine.thanked": frozenset(),
    "engine.nothing_to_cancel": frozenset(),
    "engine.cancelled": frozenset(),
    "engine.restarted": frozenset(),
    "engine.help": frozenset(),
    "engine.no_way_back": frozenset(),
    "engine.nothing_to_correct": frozenset(),
    "engine.which_to_correct": frozenset(),
    "engine.unreadable": frozenset(),
    "engine.answer_line": frozenset({"n", "question", "answer"}),
}


def keys_needed(flows: Flows) -> Iterator[tuple[str, frozenset[str] | None]]:
    """Yield every key of words the flows can say; with its placeholders where known."""
    yield from ENGINE_KEYS.items()
    for flow in flows.flows:
        for step in flow.steps:
            match step:
                case Say():
                    for key in step.keys or (f"{flow.name}.{step.id}",):
                        yield key, None
                case Wait(signal=signal) if signal == ACTED:
                    pass  # nobody waits for it
                case Ask() | Choose() | Wait() | Collect():
                    yield f"{flow.name}.{step.id}", None
                    if isinstance(step, Ask):
                        yield from step.slot.keys.items()
