"""The picture that goes with a lesson, as data: a distance, steps, right and wrong, a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from bot.domain.row import Row

Kind = Literal["distance", "steps", "compare", "number"]

KINDS = frozenset({"distance", "steps", "compare", "number"})

MOST, LONGEST = 5, 14
"""Items on a card, and signs of one: it is read on a phone at arm's length."""


@dataclass(frozen=True, slots=True)
class Card:
    """What is drawn. Which fields are filled depends on ``kind``."""

    kind: Kind
    title: str
    remember: str
    items: tuple[str, ...] = ()
    """Steps in order."""
    distances: tuple[tuple[str, str, str], ...] = ()
    """(from, to, how far)."""
    right: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    value: str = ""
    caption: str = ""


def read(row: Row) -> Card:
    """Read one card. Raises ``BadRow``."""
    row.only("kind title remember items right wrong value caption", "part of a card")
    kind = cast(Kind, row.one_of("kind", KINDS))
    title, remember = row.text("title", LONGEST), row.text("remember", 24)
    match kind:
        case "distance":
            rows = [(p.text("from"), p.text("to"), p.text("value")) for p in row.parts("items", 1)]
            return Card(kind, title, remember, distances=tuple(rows[:MOST]))
        case "steps":
            return Card(kind, title, remember, items=_few(row, "items"))
        case "compare":
            return Card(kind, title, remember, right=_few(row, "right"), wrong=_few(row, "wrong"))
        case _:
            value, caption = row.text("value", LONGEST), row.text("caption", LONGEST)
            return Card(kind, title, remember, value=value, caption=caption)


def _few(row: Row, key: str) -> tuple[str, ...]:
    found = row.texts(key, 1)
    if len(found) > MOST or any(len(text) > LONGEST for text in found):
        raise row.wrong(key, f"must be at most {MOST} of at most {LONGEST} signs")
    return found
