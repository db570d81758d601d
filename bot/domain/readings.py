"""What reading a date can give."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Supplied = Literal["nothing", "year", "month"]
"""What the reader added: the year of "1 March", the month and year of "the 5th"."""


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day. With something ``supplied`` it is the next such day, today included."""

    date: date
    supplied: Supplied = field(default="nothing", compare=False)


@dataclass(frozen=True, slots=True)
class Month:
    """A month without a day."""

    year: int
    month: int
    supplied: Supplied = field(default="nothing", compare=False)


@dataclass(frozen=True, slots=True)
class Year:
    """A year and nothing more."""

    year: int


@dataclass(frozen=True, slots=True)
class Impossible:
    """A date that is in no calendar: ``why`` says which part cannot be (30 February: day)."""

    why: Literal["day", "month", "year"] = "day"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """He says that it cannot be read, or that he does not know."""


@dataclass(frozen=True, slots=True)
class Issued:
    """The one day named is that of issue, not of expiry."""


@dataclass(frozen=True, slots=True)
class Roughly:
    """A time, but no day: "in three months", "soon"."""


@dataclass(frozen=True, slots=True)
class NoDate:
    """No date in it, or one that would be a guess."""


Reading = Day | Month | Year | Impossible | Unreadable | Issued | Roughly | NoDate
