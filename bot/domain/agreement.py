"""What a person has agreed to, each purpose by itself, and in which wording (PIPL 14, 29)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Purpose = Literal["identity", "face", "reminders"]

PURPOSES: tuple[Purpose, ...] = Purpose.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Agreement:
    """A consent as it was given; a new wording needs a new one."""

    purpose: Purpose
    version: str
    given_at: datetime
