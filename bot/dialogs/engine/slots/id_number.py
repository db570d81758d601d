"""An identity number, checked sign by sign before it is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.dialogs.engine.context import Context, Event, Option
from bot.dialogs.engine.slots.answer import Again, Answer, Read
from bot.domain.id_number import Wrong, read_id_number

FEWEST = 12
"""Digits from which a text was meant to be an identity number."""


@dataclass(frozen=True, slots=True)
class IdNumber:
    """An identity number of the mainland (GB 11643), tidied."""

    type: str = "id_number"
    accepts: frozenset[str] = frozenset({"text"})

    @property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """Name the words it may use to explain."""
        faults = ("length", "letters", "birth_date", "check_sign")
        return {f"slot.id_number.{fault}": frozenset() for fault in faults}

    def read(
        self, event: Event, _options: tuple[Option, ...], _partial: Any, context: Context
    ) -> Read:
        """Take a number that holds; say what is wrong with one that does not."""
        if sum(sign.isdecimal() for sign in event.text) < FEWEST:
            return None
        found = read_id_number(event.text, context.today)
        if isinstance(found, Wrong):
            return Again(f"slot.id_number.{found.fault}")
        return Answer(found.text)
