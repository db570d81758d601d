"""A calendar day, typed in any way people write dates, or said to be unreadable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.dialogs.engine.context import Context, Event, Option
from bot.dialogs.engine.slots.answer import Again, Answer, Half, Read
from bot.domain import dates

UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Day:
    """A day as ISO text; ``unreadable`` or a bare month (``2027-03``) where that is allowed."""

    unreadable: bool = False
    future: bool = False
    """Only a day after today will do."""
    past: bool = False
    """Only a day before today will do."""
    type: str = "day"
    accepts: frozenset[str] = frozenset({"text"})

    @property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """Name the words it may use to explain."""
        return {
            "slot.day.which_day": frozenset({"year", "month"}),
            "slot.day.impossible": frozenset(),
            "slot.day.not_future": frozenset(),
            "slot.day.not_past": frozenset(),
            "slot.day.needed": frozenset(),
        }

    def read(
        self, event: Event, _options: tuple[Option, ...], partial: Any, context: Context
    ) -> Read:
        """Read a day, or the other half of one."""
        reading = context.lexicon.day(event.text, context.today)
        if partial:
            reading = _complete(str(partial), reading, event.text, context)
        match reading:
            case dates.Day(day):
                return self._bounded(day, context.today)
            case dates.Month(year, month):
                return Half(
                    f"{year:04d}-{month:02d}", "slot.day.which_day", {"year": year, "month": month}
                )
            case dates.Impossible():
                return Again("slot.day.impossible")
            case dates.Unreadable():
                if self.unreadable:
                    return Answer(partial or UNREADABLE)
                return Again("slot.day.needed")
            case _:
                return None

    def _bounded(self, day: date, today: date) -> Read:
        if self.future and day <= today:
            return Again("slot.day.not_future")
        if self.past and day >= today:
            return Again("slot.day.not_past")
        return Answer(day.isoformat())


def _complete(month: str, reading: dates.Reading, text: str, context: Context) -> dates.Reading:
    """Put a bare day ("the 5th") into the month named before."""
    number = context.lexicon.number(text)
    short = len("".join(text.split())) <= len("the 5th.")
    if number is None and short and isinstance(reading, dates.Day):
        number = reading.date.day
    if number is None:
        return reading
    return context.lexicon.day(f"{month}-{number}", context.today)
