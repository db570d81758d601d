"""From answers to a verdict, and the verdict in words."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot.dialogs.engine.context import Context, Slots
from bot.dialogs.engine.slots.answer import UNREADABLE
from bot.dialogs.engine.step import Done, Piece
from bot.domain import eligibility as rules
from bot.domain.rulebook import REASONS

VIOLATIONS = {"none": 0, "few": 1, "many": 3}
"""The count that stands for each option; the rule draws its line at three in two years."""

HOPELESS = frozenset({"expired", "not_eligible"})
"""Verdicts under which no paper would help: none is asked for, none is said to be missing."""

PAPERS = frozenset({"hours_short", "no_employer"})
"""Reasons that are about a paper alone."""

QUESTION_OF = {"authority": "issuer", "violations_2y": "violations"}
"""The question behind a fact, where it has another name."""


def readable_day(value: Any) -> date | None:
    """Return the day an answer names, or None for a month or an unreadable one."""
    if not isinstance(value, str) or value == UNREADABLE or len(value) != len("2027-03-01"):
        return None
    return date.fromisoformat(value)


def day_in_words(day: date, context: Context) -> str:
    """Return a day as the catalogue writes it, for a line made of several words."""
    values = {"year": day.year, "month": day.month, "day": day.day}
    return context.catalogue.say("common.date", values)


def expiry(known: Slots) -> date | None:
    """Return the expiry date, as answered at once or found later."""
    return readable_day(known.get("found_expiry") or known.get("expires_on"))


def case_of(known: Slots) -> rules.Case:
    """Make the answers into a case for the rules."""
    issuer = known.get("issuer")
    status = known.get("status")
    number = known.get("number")
    return rules.Case(
        authority=known.get("authority") if issuer in {None, "unsure"} else issuer,
        number=None if number == UNREADABLE else number,
        status=None if status == "unsure" else status,
        expires_on=expiry(known),
        healthy=_yes_no(known.get("healthy")),
        violations_2y=VIOLATIONS.get(str(known.get("violations"))),
        accident=_yes_no(known.get("accident")),
        employed=_yes_no(known.get("employed")),
        hours=_hours(known.get("hours")),
        born_on=readable_day(known.get("born_on")),
    )


def _yes_no(answer: Any) -> bool | None:
    return {"yes": True, "no": False}.get(str(answer))


def _hours(answer: Any) -> tuple[int, ...] | None:
    return {"enough": (24, 24), "short": (0, 0)}.get(str(answer))


def judge(known: Slots, context: Context) -> Done:
    """Apply the rulebook."""
    found = rules.assess(case_of(known), context.facts["rulebook"], context.today)
    return Done(
        {
            "verdict": found.verdict,
            "reasons": [reason.id for reason in found.reasons],
            "missing": list(found.missing),
            **{
                name: day.isoformat() if (day := getattr(found, name)) else None
                for name in ("prepare_from", "opens_on", "safe_by")
            },
        }
    )


def verdict(known: Slots, context: Context) -> tuple[Piece, ...]:
    """Say the verdict, its reasons with their sources, the dates, what is missing, what next."""
    rulebook = context.facts["rulebook"]
    dates = {
        name: readable_day(known.get(name)) for name in ("prepare_from", "opens_on", "safe_by")
    }
    dates["expires_on"] = expiry(known)
    pieces = [Piece(f"eligibility.verdict.{known['verdict']}", dates)]
    for reason_id in known["reasons"]:
        if reason_id in PAPERS and known["verdict"] in HOPELESS:
            continue
        source = rulebook.source_of(reason_id)
        values = {**dates, "source": source.text, "checked_on": source.checked_on}
        pieces.append(Piece(f"eligibility.reason.{reason_id}", values))
        if source.mark == "C":
            pieces.append(Piece("eligibility.authority_decides"))
    if all(dates.values()) and known["verdict"] in {"too_early", "eligible", "urgent"}:
        pieces.append(Piece("eligibility.dates", dates))
    if missing := still_missing(known):
        pieces.append(Piece("eligibility.missing"))
        pieces += [Piece(f"eligibility.missing_{name}") for name in missing]
    pieces.append(Piece(f"eligibility.next.{known['verdict']}", dates))
    return tuple(pieces)


def still_missing(known: Slots) -> list[str]:
    """Name what is missing of that which was asked; nothing where it would not help."""
    if known["verdict"] in HOPELESS:
        return []
    return [name for name in known["missing"] if QUESTION_OF.get(name, name) in known]


VERDICT_KEYS = (
    *(f"eligibility.verdict.{name}" for name in rules.VERDICTS),
    *(f"eligibility.next.{name}" for name in rules.VERDICTS),
    *(f"eligibility.reason.{name}" for name in REASONS),
    *(f"eligibility.missing_{name}" for name in rules.MISSING),
    "eligibility.authority_decides",
    "eligibility.dates",
    "eligibility.missing",
)
