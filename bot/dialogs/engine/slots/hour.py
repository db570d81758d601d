"""An hour of the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.dialogs.engine.context import Context, Event, Option
from bot.dialogs.engine.slots.answer import Answer, Half, Read

NOON = 12


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour from 0 to 23; of "3 o'clock" it is asked which, and 3 is kept meanwhile."""

    type: str = "hour"
    accepts: frozenset[str] = frozenset({"text"})

    @property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """Name the words it may use to explain."""
        return dict.fromkeys(
            ("slot.hour.which_half", "slot.hour.early", "slot.hour.late"), frozenset({"hour"})
        )

    def read(
        self, event: Event, _options: tuple[Option, ...], partial: Any, context: Context
    ) -> Read:
        """Take an hour in any usual way of saying it, or its half of the day."""
        if partial and (half := _half(event.text, int(partial), context)) is not None:
            return Answer(half)
        found = context.lexicon.hour(event.text)
        if found is None:
            return None
        if found.sure:
            return Answer(found.hour)
        values = {"hour": found.hour}
        options = tuple(
            Option(name, context.catalogue.say(f"slot.hour.{name}", values))
            for name in ("early", "late")
        )
        return Half(found.hour, "slot.hour.which_half", values, options)


def _half(text: str, hour: int, context: Context) -> int | None:
    """Return the hour meant by "1", "2" or the bare name of a part of the day."""
    number = context.lexicon.number(text)
    if number in {1, 2}:
        return hour if number == 1 else hour + NOON
    named = None if number else context.lexicon.hour(f"{text}{hour}")
    return named.hour if named and named.sure else None
