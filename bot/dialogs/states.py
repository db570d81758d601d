"""The application's state machine drawn as Mermaid, from the machine itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.domain.application import (
    ACTORS,
    ANYTIME,
    CLOSED,
    NEXT_ACTOR,
    STATES,
    TRANSITIONS,
    Deed,
    State,
    possible,
)

ANY = "before_filing"


def page() -> str:
    """Return the page of docs: the drawing, and who acts next in which state."""
    lines = [
        "# application",
        "",
        "One renewal: `bot/domain/application.py`. Made by `weldmate flows draw`.",
        "",
        "```mermaid",
        *_drawing(),
        "```",
        "",
        "| state | acts next | deeds, and who may do them |",
        "|---|---|---|",
        *(_row(state) for state in STATES),
    ]
    return "\n".join(lines) + "\n"


def _drawing() -> Iterator[str]:
    inside = [state for state in STATES if _framed(state)]
    yield "stateDiagram-v2"
    yield f"  [*] --> {STATES[0]}"
    yield f"  state {ANY} {{"
    for state in inside:
        yield f"    {state}"
    yield from _arrows(inside, "    ", ANYTIME)
    yield "  }"
    for deed, to in ANYTIME.items():
        yield f"  {ANY} --> {to}: {deed}"
    yield from _arrows([state for state in STATES if state not in inside], "  ", {})
    for state in STATES:
        if state in CLOSED:
            yield f"  {state} --> [*]"


def _framed(state: State) -> bool:
    """Tell whether a state has no other way to what is possible anytime than the frame's."""
    every, own = possible(state).items() >= ANYTIME.items(), TRANSITIONS[state]
    return every and not ANYTIME.keys() & own.keys()


def _arrows(states: list[State], indent: str, framed: Mapping[Deed, State]) -> Iterator[str]:
    """Draw what leads out of these states, but for what the frame round them draws."""
    for state in states:
        for deed, to in possible(state).items():
            if deed not in framed:
                yield f"{indent}{state} --> {to}: {deed}"


def _row(state: State) -> str:
    deeds = ", ".join(f"{deed} ({_who(deed)})" for deed in possible(state))
    return f"| {state} | {NEXT_ACTOR[state]} | {deeds or 'none: it is over'} |"


def _who(deed: Deed) -> str:
    return ", ".join(sorted(ACTORS[deed]))
