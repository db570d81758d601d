"""A firm's number for an invoice, checked before it is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.dialogs.engine.context import Context, Event, Option
from bot.dialogs.engine.slots.answer import Again, Answer, Read
from bot.domain.spelling import visible
from bot.domain.tax_number import read_tax_number

FEWEST = 10
"""Letters and digits from which a text was meant to be such a number."""


@dataclass(frozen=True, slots=True)
class TaxNumber:
    """A unified social credit code (GB 32100), tidied."""

    type: str = "tax_number"
    accepts: frozenset[str] = frozenset({"text"})

    @property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """Name the words it may use to explain."""
        return {"slot.tax_number.wrong": frozenset()}

    def read(
        self, event: Event, _options: tuple[Option, ...], _partial: Any, _context: Context
    ) -> Read:
        """Take a number that holds; say so of one that does not."""
        signs = visible(event.text)
        if sum(sign.isascii() and sign.isalnum() for sign in signs) < FEWEST:
            return None
        found = read_tax_number(event.text)
        return Again("slot.tax_number.wrong") if found is None else Answer(found)
