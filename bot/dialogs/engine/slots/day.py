"""A calendar day, typed in any way people write dates, or said to be unreadable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.dialogs.engine.context import Context, Event, Option
from bot.dialogs.engine.slots.answer import UNREADABLE, Again, Answer, Half, Read
from bot.domain import dates

_WHY_NOT = {
    dates.Impossible: "slot.day.impossible",
    dates.Issued: "slot.day.issued",
    dates.Roughly: "slot.day.roughly",
}


@dataclass(frozen=True, slots=True)
class Day:
    """A day as ISO text; ``unreadable`` or a bare month (``2027-03``) where that is allowed.

    Half an answer is kept as ``2027``, ``2027-03``, ``--03-01`` or ``--03``: what is known
    of the day. A year is never added in silence: the same day a year ago has expired.
    """

    unreadable: bool = False
    future: bool = False
    """Only a day after today will do."""
    past: bool = False
    """Only a day before today will do; its year lies anywhere, so it must be typed."""
    type: str = "day"
    accepts: frozenset[str] = frozenset({"text"})

    @property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """Name the words it may use to explain."""
        return {
            "slot.day.which_day": frozenset({"year", "month"}),
            "slot.day.which_month": frozenset({"year"}),
            "slot.day.which_year": frozenset({"month", "day"}),
            "slot.day.which_year_of_month": frozenset({"month"}),
            "slot.day.year": frozenset({"year"}),
            "slot.day.impossible": frozenset(),
            "slot.day.issued": frozenset(),
            "slot.day.roughly": frozenset(),
            "slot.day.whole": frozenset(),
            "slot.day.not_future": frozenset({"day"}),
            "slot.day.not_past": frozenset({"day"}),
            "slot.day.needed": frozenset(),
        }

    def read(
        self, event: Event, _options: tuple[Option, ...], partial: Any, context: Context
    ) -> Read:
        """Read a day, or another part of one."""
        reading = context.lexicon.day(event.text, context.today)
        if partial:
            reading = _completed(str(partial), reading, event.text, context)
        if why := _WHY_NOT.get(type(reading)):
            return Again(why)
        if isinstance(reading, dates.Unreadable):
            return self._unreadable(partial)
        return self._day(reading, context)

    def _day(self, reading: dates.Reading, context: Context) -> Read:
        """Take a day, or ask for the part of it that was left out."""
        match reading:
            case dates.Day(day, "nothing"):
                return self._bounded(day, context.today)
            case dates.Day(day, "year"):
                return self._which_year(day.month, day.day, context)
            case dates.Day():
                return Again("slot.day.whole")
            case dates.Month(_, month, "year"):
                return self._which_year(month, None, context)
            case dates.Month(year, month):
                values = {"year": year, "month": month}
                return Half(f"{year:04d}-{month:02d}", "slot.day.which_day", values)
            case dates.Year(year):
                return Half(f"{year:04d}", "slot.day.which_month", {"year": year})
            case _:
                return None

    def _which_year(self, month: int, day: int | None, context: Context) -> Read:
        """Ask for the year that was left out, the likely ones to tap."""
        if self.past:
            return Again("slot.day.whole")
        years = dates.likely_years(month, day, context.today)
        if day and len(years) == 1:
            return self._bounded(date(years[0], month, day), context.today)
        options = tuple(
            Option(str(year), context.catalogue.say("slot.day.year", {"year": year}))
            for year in years
        )
        if day is None:
            key = "slot.day.which_year_of_month"
            return Half(f"--{month:02d}", key, {"month": month}, options)
        values = {"month": month, "day": day}
        return Half(f"--{month:02d}-{day:02d}", "slot.day.which_year", values, options)

    def _unreadable(self, partial: Any) -> Read:
        if not self.unreadable:
            return Again("slot.day.needed")
        known = str(partial or "")
        month_known = len(known) == len("2027-03") and not known.startswith("--")
        return Answer(known if month_known else UNREADABLE)

    def _bounded(self, day: date, today: date) -> Read:
        if self.future and day <= today:
            return Again("slot.day.not_future", {"day": day})
        if self.past and day >= today:
            return Again("slot.day.not_past", {"day": day})
        return Answer(day.isoformat())


def _completed(partial: str, reading: dates.Reading, text: str, context: Context) -> dates.Reading:
    """Put what was said into what is known of the day already."""
    if isinstance(reading, dates.Day | dates.Month) and reading.supplied == "nothing":
        return reading
    if partial.startswith("--"):
        return _with_year(partial, reading, text, context)
    year = partial[:4]
    match reading:
        case dates.Day(day, "year"):
            whole = _day(f"{year}-{text}", context)  # the end of February depends on it
            sure = isinstance(whole, dates.Day) and whole.supplied == "nothing"
            return whole if sure else _day(f"{year}-{day.month}-{day.day}", context)
        case dates.Month(_, month, "year"):
            return dates.Month(int(year), month)
        case dates.Day(day, "month") if partial != year:
            return _day(f"{partial}-{day.day}", context)
    number = context.lexicon.number(text)
    if number is None:
        return reading
    return _day(f"{partial}-{number}", context)


def _with_year(partial: str, reading: dates.Reading, text: str, context: Context) -> dates.Reading:
    """Complete a day, or month, that wants its year: tapped, counted, or typed."""
    month, _, day = partial[2:].partition("-")
    number = context.lexicon.number(text)
    if isinstance(reading, dates.Year):
        number = reading.year
    elif number is not None:
        years = dates.likely_years(int(month), int(day) if day else None, context.today)
        number = years[number - 1] if 1 <= number <= len(years) else number
    if number is None:
        return reading
    return _day(f"{number:02d}-{partial[2:]}", context)


def _day(text: str, context: Context) -> dates.Reading:
    return context.lexicon.day(text, context.today)
