"""Can I renew? Asked one question at a time, answered with every reason and its source."""

from __future__ import annotations

from typing import Any

from bot.dialogs.agree import agrees_to_reminders
from bot.dialogs.engine.context import Act, Context, Slots
from bot.dialogs.engine.flow import Flow
from bot.dialogs.engine.slots import Day, Text
from bot.dialogs.engine.slots.answer import UNREADABLE
from bot.dialogs.engine.step import Ask, Branch, Choose, Do, Done, Piece, Say
from bot.dialogs.verdict import VERDICT_KEYS, case_of, expiry, judge, readable_day, verdict


def identify(known: Slots, context: Context) -> Done:
    """Tell whose certificate it is by its number."""
    number = known.get("number")
    readable = number and number != UNREADABLE
    return Done({"authority": context.facts["authority_of"](number) if readable else None})


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


def found(known: Slots, _context: Context) -> str:
    """Tell whether the date that could not be read has turned up."""
    return "dated" if readable_day(known.get("found_expiry")) else "undated"


def savable(known: Slots, context: Context) -> str:
    """Offer to keep a certificate that has a date ahead and is not kept yet."""
    day = expiry(known)
    if day is None:
        return "undated" if "date_unknown" in known["reasons"] else "no"
    if day < context.today or known["verdict"] == "not_eligible":
        return "no"
    kept = {certificate.expires_on for certificate in context.facts["certificates"]}
    return "kept" if day in kept else "yes"


def dated(known: Slots, _context: Context) -> dict[str, Any]:
    """Fill in the expiry date."""
    return {"expires_on": expiry(known)}


def keep(known: Slots, context: Context) -> Done:
    """Have the certificate saved; its reminders are planned with it."""
    case = case_of(known)
    assert case.expires_on  # ``savable`` has seen to it
    values = {
        "authority": case.authority or "housing",
        "number": case.number or "",
        "expires_on": case.expires_on.isoformat(),
        "status": case.status or "valid",
    }
    consent = agrees_to_reminders("eligibility.save", context)
    return Done(acts=(Act("save_certificate", values), consent))


def kept(known: Slots, context: Context) -> tuple[Piece, ...]:
    """Say what will happen now, and offer the one-time consent where there is one."""
    pieces = [
        Piece(
            "eligibility.kept",
            {"expires_on": expiry(known), "hour": context.facts["hour"]},
        )
    ]
    if context.facts["consent_link"]:
        pieces.append(Piece("eligibility.consent", {"link": context.facts["consent_link"]}))
    return tuple(pieces)


KEPT_KEYS = ("eligibility.kept", "eligibility.consent")

SAVABLE = {"yes": "save", "kept": "same_day", "undated": "found_expiry", "no": "closing"}

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
        Ask("number", Text(longest=40, printed=True), "identify", give_up="identify"),
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
        Choose("violations", dict.fromkeys(("none", "few", "many", "unsure"), "accident")),
        Choose("accident", dict.fromkeys(("no", "yes", "unsure"), "employed")),
        Choose("employed", dict.fromkeys(("yes", "no", "unsure"), "hours")),
        Choose("hours", {"enough": "age_matters", "short": "age_matters", "unsure": "age_matters"}),
        Branch("age_matters", age_matters, {"yes": "born_on", "no": "judge"}),
        Ask("born_on", Day(past=True), "judge", give_up="judge"),
        Do("judge", judge, "verdict"),
        Say("verdict", "savable", pieces=verdict, keys=VERDICT_KEYS),
        Branch("savable", savable, SAVABLE),
        Ask("found_expiry", Day(unreadable=True), "found", give_up="closing", silence=None),
        Branch("found", found, {"dated": "judge_dated", "undated": "closing"}),
        Do("judge_dated", judge, "verdict_dated"),
        Say("verdict_dated", "savable_dated", pieces=verdict, keys=VERDICT_KEYS),
        Branch("savable_dated", savable, {**SAVABLE, "undated": "closing"}),
        Choose(
            "same_day",
            {"same": "kept_already", "another": "keep"},
            values=dated,
            give_up="kept_already",
        ),
        Choose("save", {"yes": "keep", "no": "not_kept"}, give_up="not_kept"),
        Do("keep", keep, "kept"),
        Say("kept", "@end", pieces=kept, keys=KEPT_KEYS),
        Say("kept_already", "@end"),
        Say("not_kept", "@end"),
        Choose(
            "closing",
            {"human": "@human", "done": "goodbye"},
            give_up="goodbye",
            silence=None,
            closing=True,
        ),
        Say("goodbye", "@end"),
    ),
)
