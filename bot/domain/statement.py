"""The day's statement of WeChat Pay compared with our books: every difference, and no other.

A refund belongs to the day on which WeChat booked it. We may have learnt of it on the other
side of midnight, so both sides also tell what stands on the days before and after: that
explains why a refund is not where it was looked for, and counts for nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from bot.domain.reminders import SHANGHAI

LineKind = Literal["payment", "refund"]

DifferenceKind = Literal[
    "missing_here",  # WeChat has it, we do not
    "missing_there",  # we have it, WeChat does not
    "amount",
    "state",
    "doubled",  # one side has it more than once
]

DIFFERENCES: tuple[DifferenceKind, ...] = DifferenceKind.__args__  # type: ignore[attr-defined]

READY = time(10)
"""When WeChat has the statement of the day before, in Shanghai."""

KEPT_DAYS = 90
"""WeChat keeps statements for three months."""

UNDECIDED = ""

_FATES = {"PROCESSING": UNDECIDED, "ABNORMAL": "failed", "CLOSED": "failed"}
"""What a refund's state says; one that nobody knows says itself, and is found."""

Name = tuple[LineKind, str]


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


def ready_at(day: date) -> datetime:
    """Return from when the statement of a day can be had."""
    return datetime.combine(day + timedelta(days=1), READY, SHANGHAI)


def compare(
    here: Iterable[Line],
    there: Iterable[Line],
    near_here: Iterable[Line] = (),
    near_there: Iterable[Line] = (),
) -> tuple[Difference, ...]:
    """Return all differences of a day, in the order of their numbers.

    ``near_here``: refunds that our books have on a day beside this one. ``near_there``: what
    WeChat's statements of those days have.
    """
    ours, theirs = _by_name(here), _by_name(there)
    ours_near, theirs_near = _refunds(near_here), _refunds(near_there)
    found: list[Difference] = []
    for name in ours.keys() | theirs.keys():
        mine, others = ours.get(name, ()), theirs.get(name, ())
        if not mine:
            mine = ours_near.get(name, ())
        if not others and name in theirs_near:
            continue  # it belongs to that day, and is compared there
        found += _differences(name[1], mine, others)
    return tuple(sorted(found, key=lambda one: (one.number, DIFFERENCES.index(one.kind))))


def misses_refund(differences: Iterable[Difference]) -> bool:
    """Tell whether statements of the days beside may explain a difference."""
    return any(
        one.kind == "missing_there" and one.here and one.here.kind == "refund"
        for one in differences
    )


def _differences(
    number: str, mine: tuple[Line, ...], others: tuple[Line, ...]
) -> Iterator[Difference]:
    if len(mine) > 1:
        yield Difference("doubled", number, mine[0], None)
    if len(others) > 1:
        yield Difference("doubled", number, None, others[0])
    if not mine:
        yield Difference("missing_here", number, None, others[0])
    elif not others:
        yield Difference("missing_there", number, mine[0], None)
    else:
        pairs = [(one, other) for one in mine for other in others]
        one, other = min(pairs, key=lambda pair: len(_unlike(*pair)))
        for kind in _unlike(one, other):
            yield Difference(kind, number, one, other)


def _unlike(one: Line, other: Line) -> tuple[DifferenceKind, ...]:
    kinds: list[DifferenceKind] = ["amount"] if one.fen != other.fen else []
    fates = {_fate(one), _fate(other)} - {UNDECIDED}
    return (*kinds, "state") if len(fates) > 1 else tuple(kinds)


def _fate(line: Line) -> str:
    """Return what became of it. Of a refund we keep only that it failed, and not how."""
    return line.state if line.kind == "payment" else _FATES.get(line.state, line.state)


def _by_name(lines: Iterable[Line]) -> Mapping[Name, tuple[Line, ...]]:
    found: defaultdict[Name, tuple[Line, ...]] = defaultdict(tuple)
    for line in lines:
        found[line.kind, line.number] += (line,)
    return dict(found)


def _refunds(lines: Iterable[Line]) -> Mapping[Name, tuple[Line, ...]]:
    return _by_name(line for line in lines if line.kind == "refund")
