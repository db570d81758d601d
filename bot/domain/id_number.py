"""The identity number of GB 11643-1999: 17 digits and a check sign."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.domain.spelling import visible

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_SIGNS = "10X98765432"
"""By the weighted sum modulo 11 (GB 11643-1999; domain.md 2.5)."""

OLDEST = 120
"""Nobody who types is older; such a birth date is a slip of the finger."""

Fault = Literal["length", "letters", "birth_date", "check_sign"]


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A number that holds: tidied to half-width, an upper-case X, no spaces."""

    text: str
    born_on: date

    @property
    def masked(self) -> str:
        """Return what may be shown or logged: four signs at either end."""
        return f"{self.text[:4]}{'*' * 10}{self.text[-4:]}"


@dataclass(frozen=True, slots=True)
class Wrong:
    """A number that cannot be; ``fault`` says the first thing that is wrong with it."""

    fault: Fault


def read_id_number(text: str, today: date) -> IdNumber | Wrong:
    """Check an identity number in any form people type it. Any region is taken (2.5)."""
    tidy = "".join(visible(text).split()).upper().replace("-", "")
    if len(tidy) != len(WEIGHTS) + 1:
        return Wrong("length")
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", tidy):
        return Wrong("letters")
    born_on = _birth_date(tidy[6:14])
    if born_on is None or born_on > today or today.year - born_on.year > OLDEST:
        return Wrong("birth_date")
    if check_sign(tidy[:17]) != tidy[17]:
        return Wrong("check_sign")
    return IdNumber(tidy, born_on)


def check_sign(digits: str) -> str:
    """Return the check sign of the first 17 digits."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
    return CHECK_SIGNS[total % 11]


def age_on(born_on: date, day: date) -> int:
    """Return full years; who was born on 29 February is a year older on 1 March."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def _birth_date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
