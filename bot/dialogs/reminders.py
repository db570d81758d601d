"""When and whether to be reminded, and the three answers every reminder offers."""

from __future__ import annotations

from typing import Any

from bot.dialogs.agree import agrees_to_reminders
from bot.dialogs.certificates import listed
from bot.dialogs.engine.context import Act, Context, Option, Slots
from bot.dialogs.engine.flow import Flow
from bot.dialogs.engine.slots import Day, Hour
from bot.dialogs.engine.step import Ask, Branch, Choose, Do, Done, Say, Step
from bot.dialogs.verdict import readable_day

REMINDER_TAP = 10_000_000_000
"""Numbers from here on are taps on a reminder: what is beyond names the certificate."""

LAST_WEEK = 7
"""The points that remain for somebody who says it is being handled."""


def switched(_known: Slots, context: Context) -> str:
    """Tell whether reminders are on: else there is only one thing to ask."""
    return "on" if context.facts["reminders_on"] else "off"


def choose_hour(known: Slots, _context: Context) -> Done:
    """Have the hour kept."""
    return Done(acts=(Act("choose_hour", {"hour": known["hour"]}),))


def hour(known: Slots, _context: Context) -> dict[str, Any]:
    """Fill in the hour."""
    return {"hour": known["hour"]}


def stop(_known: Slots, _context: Context) -> Done:
    """Have all reminders stopped."""
    withdrawn = Act("withdraw_agreement", {"purpose": "reminders"})
    return Done(acts=(Act("switch_reminders", {"on": False}), withdrawn))


def start(_known: Slots, context: Context) -> Done:
    """Have reminders allowed again."""
    consent = agrees_to_reminders("reminders.off", context)
    return Done(acts=(Act("switch_reminders", {"on": True}), consent))


def present(_known: Slots, context: Context) -> dict[str, Any]:
    """Fill in the hour that applies now."""
    return {"hour": context.facts["hour"]}


REMINDERS = Flow(
    "reminders",
    (
        Branch("switched", switched, {"on": "what", "off": "off"}),
        Choose("off", {"start": "start", "nothing": "as_before"}, silence=None),
        Choose(
            "what",
            {"hour": "hour", "stop": "stop", "nothing": "as_before"},
            values=present,
            silence=None,
            exact=frozenset({"stop"}),
        ),
        Ask("hour", Hour(), "choose_hour", silence=None),
        Do("choose_hour", choose_hour, "hour_chosen"),
        Say("hour_chosen", "@end", values=hour),
        Do("stop", stop, "stopped"),
        Say("stopped", "@end"),
        Do("start", start, "started"),
        Say("started", "@end"),
        Say("as_before", "@end"),
    ),
    quiet=True,
)


# the answers to a reminder


def which(known: Slots, context: Context) -> str:
    """Tell which certificate a tap on a reminder means."""
    kept = context.facts["certificates"]
    if not kept:
        return "none"
    return "one" if len(kept) == 1 or _tapped(known, context) else "many"


def _tapped(known: Slots, context: Context) -> int | None:
    wanted = int(known.get("tapped") or 0) - REMINDER_TAP
    ids = {certificate.id for certificate in context.facts["certificates"]}
    return wanted if wanted in ids else None


def offered(known: Slots, context: Context) -> tuple[Option, ...]:
    """Offer the certificates alone."""
    return listed(known, context)[:-1]


def meant(known: Slots, context: Context) -> Done:
    """Keep the id of the certificate that is meant."""
    kept = context.facts["certificates"]
    picked = known.get("which_one")
    found = int(picked) if picked else _tapped(known, context) or kept[0].id
    return Done({"certificate": found})


def renew(known: Slots, _context: Context) -> Done:
    """Have the new date kept and everything planned anew; what was renewed is valid."""
    values = {"id": known["certificate"], "expires_on": known["new_expiry"], "status": "valid"}
    return Done(acts=(Act("change_certificate", values),))


def renewed(known: Slots, _context: Context) -> dict[str, Any]:
    """Fill in the new date."""
    return {"expires_on": readable_day(known["new_expiry"])}


def leave_last_week(known: Slots, _context: Context) -> Done:
    """Have only the points of the last week left."""
    values = {"id": known["certificate"], "above": LAST_WEEK}
    return Done(acts=(Act("mute_certificate", values),))


def mute(known: Slots, _context: Context) -> Done:
    """Have the reminders of this certificate stopped."""
    return Done(acts=(Act("mute_certificate", {"id": known["certificate"], "above": -2}),))


def _about_one(name: str, *rest: Step) -> Flow:
    """Make a flow that first finds out which certificate is meant."""
    return Flow(
        name,
        (
            Branch("which", which, {"none": "nothing_kept", "one": "meant", "many": "which_one"}),
            Say("nothing_kept", "@end"),
            Choose("which_one", next="meant", offered=offered, silence=None),
            Do("meant", meant, rest[0].id),
            *rest,
        ),
    )


RENEWED = _about_one(
    "renewed",
    Ask("new_expiry", Day(future=True), "renew"),
    Do("renew", renew, "done"),
    Say("done", "@end", values=renewed),
)

HANDLING = _about_one(
    "handling",
    Do("leave_last_week", leave_last_week, "noted"),
    Say("noted", "@end"),
)

MUTE = _about_one(
    "mute",
    Do("mute", mute, "noted"),
    Say("noted", "@end"),
)
