"""What the training organisation charges for: services, never the review itself.

An authority may not charge for a permit (Administrative Licence Law, article 58), so no item
may be named as if it were the authority's.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.row import Row


@dataclass(frozen=True, slots=True)
class Fee:
    """One item; ``fen`` is hundredths of a yuan."""

    id: str
    label: str
    fen: int
    note: str


@dataclass(frozen=True, slots=True)
class Fees:
    """The list; ``sample`` ones are no real prices, and production refuses them."""

    sample: bool
    items: tuple[Fee, ...]


def yuan(fen: int) -> str:
    """Write an amount as a person reads it: 100 is 1.00."""
    return f"{fen // 100}.{fen % 100:02}"


def read(row: Row) -> Fees:
    """Read fees.yaml. Raises ``BadRow``."""
    row.only("sample items", "part of the fees")
    items = []
    for part in row.parts("items", 1):
        part.only("id label fen note", "part of a fee")
        made = Fee(
            part.text("id"), part.text("label", 20), part.number("fen", 1), part.text("note")
        )
        items.append(made)
    return Fees(row.flag("sample"), tuple(items))
