"""The day's statement of WeChat Pay compared with our books: every difference, and no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

LineKind = Literal["payment", "refund"]

DifferenceKind = Literal[
    "missing_here",  # WeChat has it, we do not
    "missing_there",  # we have it, WeChat does not
    "amount",
    "state",
    "doubled",  # one side has it more than once
]


@dataclass(frozen=True, slots=True)
class Line:
    """One movement of money as one side has it; ``number`` is ours (trade or refund)."""

    kind: LineKind
    number: str
    fen: int
    state: str
    """payment: SUCCESS; refund: SUCCESS | PROCESSING | ABNORMAL | CLOSED, WeChat's words."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the two sides do not agree; ``here`` and ``there`` as each has it, or None."""

    kind: DifferenceKind
    number: str
    here: Line | None
    there: Line | None


def compare(here: Iterable[Line], there: Iterable[Line]) -> tuple[Difference, ...]:
    """Return all differences, in the order of their numbers."""
    ours, theirs = tuple(here), tuple(there)
    found = [*_doubled(ours, here=True), *_doubled(theirs, here=False)]
    mine, others = _by_name(ours), _by_name(theirs)
    for name in mine.keys() | others.keys():
        one, other = mine.get(name), others.get(name)
        if kind := _kind(one, other):
            found.append(Difference(kind, name[1], one, other))
    return tuple(sorted(found, key=lambda difference: (difference.number, difference.kind)))


def _kind(one: Line | None, other: Line | None) -> DifferenceKind | None:
    if one is None:
        return "missing_here"
    if other is None:
        return "missing_there"
    if one.fen != other.fen:
        return "amount"
    return "state" if one.state != other.state else None


def _by_name(lines: Iterable[Line]) -> dict[tuple[LineKind, str], Line]:
    return {(line.kind, line.number): line for line in lines}


def _doubled(lines: tuple[Line, ...], *, here: bool) -> list[Difference]:
    times = Counter((line.kind, line.number) for line in lines)
    return [
        Difference("doubled", line.number, line if here else None, None if here else line)
        for name, line in _by_name(lines).items()
        if times[name] > 1
    ]
