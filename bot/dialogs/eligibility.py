"""Can I renew? Asked one question at a time, answered with every reason and its source."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot.dialogs.engine.context import Act, Context, Slots
from bot.dialogs.engine.flow import Flow
from bot.dialogs.engine.slots import Day, Text
from bot.dialogs.engine.slots.answer import UNREADABLE
from bot.dialogs.engine.step import Ask, Branch, Choose, Do, Done, Piece, Say
from bot.domain import eligibility as rules
from bot.domain.rulebook import REASONS

VIOLATIONS = {"none": 0, "few": 1, "many": 3}
"""The count that stands for each option; the rule draws its line at three in two years."""


def identify(known: Slots, context: Context) -> Done:
    """Tell whose certificate it is by its number."""
    number = known.get("number")
    found = context.facts["authority_of"](number) if number else None
    return Done({"authority": found})


def issuer_known(known: Slots, _context: Context) -> str:
    """Go on with ours, and with one that nobody can place; another office's ends here."""
    return "ours" if known.get("authority") in {None, "housing"} else "other"


def expiry_known(known: Slots, context: Context) -> str:
    """Spare a person whose certificate has run out the other questions."""
    day = readable_day(known.get("expires_on"))
    return "past" if day and day < context.today else "ahead"


def age_matters(_known: Slots, context: Context) -> str:
    """Ask for the birth date only where the rulebook has an age line."""
    return "yes" if context.facts["rulebook"].asks_age else "no"


def readable_day(value: Any) -> date | None:
    """Return the day an answer names, or None for a month or an unreadable one."""
    if not isinstance(value, str) or value == UNREADABLE or len(value) != len("2027-03-01"):
        return None
    return date.fromisoformat(value)


def case_of(known: Slots) -> rules.Case:
    """Make the answers into a case for the rules."""
    issuer = known.get("issuer")
    status = known.get("status")
    return rules.Case(
        authority=known.get("authority") if issuer in {None, "unsure"} else issuer,
        number=known.get("number"),
        status=None if status == "unsure" else status,
        expires_on=readable_day(known.get("expires_on")),
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
        name: readable_day(known.get(name))
        for name in ("prepare_from", "opens_on", "safe_by", "expires_on")
    }
    pieces = [Piece(f"eligibility.verdict.{known['verdict']}", dates)]
    for reason_id in known["reasons"]:
        source = rulebook.source_of(reason_id)
        values = {"source": source.text, "checked_on": source.checked_on}
        pieces.append(Piece(f"eligibility.reason.{reason_id}", values))
        if source.mark == "C":
            pieces.append(Piece("eligibility.authority_decides"))
    if all(dates.values()) and known["verdict"] in {"too_early", "eligible", "urgent"}:
        pieces.append(Piece("eligibility.dates", dates))
    if known["missing"]:
        pieces.append(Piece("eligibility.missing"))
        pieces += [Piece(f"eligibility.missing_{name}") for name in known["missing"]]
    pieces.append(Piece(f"eligibility.next.{known['verdict']}", dates))
    return tuple(pieces)


def savable(known: Slots, context: Context) -> str:
    """Offer to keep a certificate that has a date ahead and is not kept yet."""
    day = readable_day(known.get("expires_on"))
    if day is None or day < context.today or known["verdict"] == "not_eligible":
        return "no"
    kept = {certificate.expires_on for certificate in context.facts["certificates"]}
    return "kept" if day in kept else "yes"


def keep(known: Slots, _context: Context) -> Done:
    """Have the certificate saved; its reminders are planned with it."""
    case = case_of(known)
    values = {
        "authority": case.authority or "housing",
        "number": case.number or "",
        "expires_on": known["expires_on"],
        "status": case.status or "valid",
    }
    return Done(acts=(Act("save_certificate", values),))


def kept(known: Slots, context: Context) -> tuple[Piece, ...]:
    """Say what will happen now, and offer the one-time consent where there is one."""
    pieces = [
        Piece(
            "eligibility.kept",
            {"expires_on": readable_day(known["expires_on"]), "hour": context.facts["hour"]},
        )
    ]
    if context.facts["consent_link"]:
        pieces.append(Piece("eligibility.consent", {"link": context.facts["consent_link"]}))
    return tuple(pieces)


KEPT_KEYS = ("eligibility.kept", "eligibility.consent")

VERDICT_KEYS = (
    *(f"eligibility.verdict.{name}" for name in rules.VERDICTS),
    *(f"eligibility.next.{name}" for name in rules.VERDICTS),
    *(f"eligibility.reason.{name}" for name in REASONS),
    *(f"eligibility.missing_{name}" for name in rules.MISSING),
    "eligibility.authority_decides",
    "eligibility.dates",
    "eligibility.missing",
)

ELIGIBILITY = Flow(
    "eligibility",
    (
        Say("hello", "issuer"),
        Choose(
            "issuer",
            {
                "housing": "status",
                "emergency": "judge",
                "market": "judge",
                "skill": "judge",
                "unsure": "number",
            },
        ),
        Ask("number", Text(longest=40), "identify", give_up="identify"),
        Do("identify", identify, "issuer_known"),
        Branch("issuer_known", issuer_known, {"ours": "status", "other": "judge"}),
        Choose(
            "status",
            {
                "valid": "expires_on",
                "suspended": "expires_on",
                "revoked": "judge",
                "cancelled": "judge",
                "unsure": "expires_on",
            },
        ),
        Ask("expires_on", Day(unreadable=True), "expiry_known", give_up="judge"),
        Branch("expiry_known", expiry_known, {"past": "judge", "ahead": "healthy"}),
        Choose("healthy", {"yes": "violations", "no": "violations", "unsure": "violations"}),
        Choose("violations", {"none": "accident", "few": "accident", "many": "accident"}),
        Choose("accident", {"no": "employed", "yes": "employed"}),
        Choose("employed", {"yes": "hours", "no": "hours"}),
        Choose("hours", {"enough": "age_matters", "short": "age_matters", "unsure": "age_matters"}),
        Branch("age_matters", age_matters, {"yes": "born_on", "no": "judge"}),
        Ask("born_on", Day(past=True), "judge", give_up="judge"),
        Do("judge", judge, "verdict"),
        Say("verdict", "savable", pieces=verdict, keys=VERDICT_KEYS),
        Branch("savable", savable, {"yes": "save", "kept": "kept_already", "no": "@end"}),
        Choose("save", {"yes": "keep", "no": "not_kept"}, give_up="not_kept"),
        Do("keep", keep, "kept"),
        Say("kept", "@end", pieces=kept, keys=KEPT_KEYS),
        Say("kept_already", "@end"),
        Say("not_kept", "@end"),
    ),
)
