"""A mobile number, and the code that proves it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.dialogs.engine.context import Context, Event, Option
from bot.dialogs.engine.slots.answer import Again, Answer, Read
from bot.domain.form import read_phone

FEWEST = 7
"""Digits from which a text was meant to be a phone number."""

CODE = 6


@dataclass(frozen=True, slots=True)
class Phone:
    """A mobile number of the mainland, in its eleven digits."""

    type: str = "phone"
    accepts: frozenset[str] = frozenset({"text"})

    @property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """Name the words it may use to explain."""
        return {"slot.phone.wrong": frozenset()}

    def read(
        self, event: Event, _options: tuple[Option, ...], _partial: Any, _context: Context
    ) -> Read:
        """Take a mobile number; explain one that cannot be."""
        if phone := read_phone(event.text):
            return Answer(phone)
        digits = sum(sign.isdecimal() for sign in event.text)
        return Again("slot.phone.wrong") if digits >= FEWEST else None


@dataclass(frozen=True, slots=True)
class Code:
    """Six digits from a short message; or another phone number, for who mistyped his."""

    type: str = "code"
    accepts: frozenset[str] = frozenset({"text"})

    @property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """Name the words it may use to explain."""
        return {"slot.code.six": frozenset()}

    def read(
        self, event: Event, _options: tuple[Option, ...], _partial: Any, _context: Context
    ) -> Read:
        """Take six digits wherever they stand, or a mobile number."""
        if phone := read_phone(event.text):
            return Answer(phone)
        text = unicodedata.normalize("NFKC", event.text)
        digits = "".join(sign for sign in text if sign.isdecimal())
        if len(digits) == CODE:
            return Answer(digits)
        return Again("slot.code.six") if digits else None
