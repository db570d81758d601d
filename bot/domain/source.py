"""Where something is written, how sure we are, and when it was last read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Mark = Literal["A", "B", "C"]
"""A: read in the official text; B: a secondary source; C: from memory, never shown as sure."""


@dataclass(frozen=True, slots=True)
class Source:
    """A law, a standard, a notice or a guide, and the place in it."""

    title: str
    clause: str
    mark: Mark
    checked_on: date
    edition: str = ""
    """Its number or the year of its edition, where the title does not say it."""

    @property
    def text(self) -> str:
        """Return title and clause as they are quoted."""
        return f"{self.title} {self.clause}".strip()
