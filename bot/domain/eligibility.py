"""May he renew? A case and a rulebook in, a verdict with its reasons out."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from bot.domain.certificate import Authority, Status
from bot.domain.id_number import age_on
from bot.domain.rulebook import REASONS, Rulebook
from bot.domain.source import Source

Verdict = Literal[
    "eligible",
    "too_early",
    "urgent",
    "expired",
    "not_eligible",
    "other_authority",
    "needs_human",
]
VERDICTS: tuple[Verdict, ...] = (
    "eligible",
    "too_early",
    "urgent",
    "expired",
    "not_eligible",
    "other_authority",
    "needs_human",
)

MISSING = (
    "authority",
    "number",
    "status",
    "expires_on",
    "healthy",
    "violations_2y",
    "accident",
    "employed",
    "hours",
    "born_on",
)
"""What can be missing: a fact not given, or a paper that is not there yet."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of one certificate and its holder; None: not known."""

    authority: Authority | None = None
    number: str | None = None
    status: Status | None = None
    expires_on: date | None = None
    """None also when it cannot be read, or only its month is known."""
    healthy: bool | None = None
    violations_2y: int | None = None
    accident: bool | None = None
    """He bears responsibility for a work safety accident."""
    employed: bool | None = None
    hours: tuple[float, ...] | None = None
    """Hours of safety education in each year of the certificate's term."""
    born_on: date | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, and where its rule is written."""

    id: str
    source: Source


@dataclass(frozen=True, slots=True)
class Assessment:
    """The verdict, its reasons, the dates that follow from the expiry date, what is missing."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    expires_on: date | None = None
    prepare_from: date | None = None
    opens_on: date | None = None
    safe_by: date | None = None


def assess(case: Case, rulebook: Rulebook, today: date) -> Assessment:
    """Judge a case. Never raises.

    In this order:

    1. another office's certificate: ``other_authority`` (75 art. 4);
    2. revoked or cancelled: ``not_eligible`` (75 art. 29, 30);
    3. ``today`` past the printed day of expiry, which itself still counts as valid:
       ``expired`` (75 art. 30);
    4. three or more violations in two years, or an age outside the rulebook's line:
       ``not_eligible`` (75 art. 24, art. 8);
    5. suspended, liable for an accident, unhealthy, no certain day of expiry:
       ``needs_human``; art. 24 calls the second and third failures, but how the record was
       settled (S24) and what the doctor says is for a person to see;
    6. the bands of the calendar: ``too_early``, ``eligible``, ``urgent`` (75 art. 22).

    Violations stand before what a person must look at, so that a worse answer never gives a
    better verdict. A fact that is not given changes no verdict, except the day of expiry;
    nor does a missing paper: short hours (art. 17) and no employer (art. 23) are listed as
    missing, with a reason. Another office's certificate has no dates here: its term and its
    window are not ours to compute.
    """
    verdict, reasons = _verdict(case, rulebook, today)
    reasons += list(_papers(case, rulebook))
    expires_on = case.expires_on
    days: tuple[date | None, ...] = (None, None, None)
    if expires_on and verdict != "other_authority":
        days = (
            months_before(expires_on, rulebook.prepare_months),
            months_before(expires_on, rulebook.opens_months),
            days_before(expires_on, rulebook.safe_days),
        )
    return Assessment(
        verdict,
        tuple(Reason(name, rulebook.source_of(name)) for name in REASONS if name in reasons),
        _missing(case, rulebook),
        expires_on,
        *days,
    )


def _verdict(case: Case, rulebook: Rulebook, today: date) -> tuple[Verdict, list[str]]:
    if case.authority not in {None, "housing"}:
        return "other_authority", ["other_authority"]
    if case.status == "revoked" or case.status == "cancelled":
        return "not_eligible", [case.status]
    if case.expires_on and today > case.expires_on:
        return "expired", ["expired"]
    if refused := list(_refused(case, rulebook, today)):
        return "not_eligible", refused
    if unsure := list(_unsure(case)):
        return "needs_human", unsure
    assert case.expires_on  # an unknown date is unsure
    return _band(case.expires_on, rulebook, today)


def _refused(case: Case, rulebook: Rulebook, today: date) -> Iterator[str]:
    if (case.violations_2y or 0) >= rulebook.violations_limit:
        yield "violations"
    if case.born_on:
        age = age_on(case.born_on, today)
        too_young = rulebook.age_min is not None and age < rulebook.age_min
        too_old = rulebook.age_max is not None and age > rulebook.age_max
        if too_young or too_old:
            yield "age"


def _unsure(case: Case) -> Iterator[str]:
    if case.status == "suspended":
        yield "suspended"
    if case.accident:
        yield "accident"
    if case.healthy is False:
        yield "unhealthy"
    if case.expires_on is None:
        yield "date_unknown"


def _band(expires_on: date, rulebook: Rulebook, today: date) -> tuple[Verdict, list[str]]:
    if today > urgent_after(expires_on, rulebook):
        return "urgent", ["urgent"]
    if today < months_before(expires_on, rulebook.opens_months):
        return "too_early", ["too_early"]
    return "eligible", ["window_open"]


def urgent_after(expires_on: date, rulebook: Rulebook) -> date:
    """Return the last day that is not yet urgent."""
    if rulebook.urgent_months is not None:
        return months_before(expires_on, rulebook.urgent_months)
    return days_before(expires_on, rulebook.safe_days)


def _papers(case: Case, rulebook: Rulebook) -> Iterator[str]:
    if case.authority not in {None, "housing"}:
        return
    if case.hours is not None and _short(case.hours, rulebook):
        yield "hours_short"
    if case.employed is False:
        yield "no_employer"


def _short(hours: tuple[float, ...], rulebook: Rulebook) -> bool:
    return not hours or any(year < rulebook.hours_per_year for year in hours)


def _missing(case: Case, rulebook: Rulebook) -> tuple[str, ...]:
    if case.authority not in {None, "housing"}:
        return ()
    gone = [name for name in MISSING if getattr(case, name) is None]
    if not rulebook.asks_age and "born_on" in gone:
        gone.remove("born_on")
    if case.employed is False:
        gone.append("employed")
    if case.hours is not None and _short(case.hours, rulebook):
        gone.append("hours")
    return tuple(name for name in MISSING if name in gone)


def months_before(day: date, months: int) -> date:
    """Go back calendar months, clamped to the month's end (31 May - 3 months = 28/29 Feb)."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if years < 1:
        return date.min
    return date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def days_before(day: date, days: int) -> date:
    """Go back days, never before the calendar begins."""
    return date.min if day.toordinal() <= days else day - timedelta(days=days)
