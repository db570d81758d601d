"""My certificates: list, add, change the date, delete."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from bot.dialogs.agree import agrees_to_reminders
from bot.dialogs.engine.context import Act, Context, Option, Slots
from bot.dialogs.engine.flow import Flow
from bot.dialogs.engine.slots import Day
from bot.dialogs.engine.step import Ask, Branch, Choose, Do, Done, Say
from bot.dialogs.verdict import readable_day
from bot.domain.certificate import Certificate

TAIL = 4
"""Signs of a number that are shown: enough to know one's own by."""


def any_kept(_known: Slots, context: Context) -> str:
    """Tell whether there is something to list."""
    return "some" if context.facts["certificates"] else "none"


def listed(_known: Slots, context: Context) -> tuple[Option, ...]:
    """Offer each certificate by its expiry date, and a new one."""
    options: list[Option] = []
    days: Counter[date] = Counter()
    for certificate in context.facts["certificates"]:
        days[certificate.expires_on] += 1
        label = _label(certificate, days[certificate.expires_on], context)
        options.append(Option(str(certificate.id), label))
    return (*options, Option("new", context.catalogue.say("certificates.another")))


def _label(certificate: Certificate, nth: int, context: Context) -> str:
    """Name a certificate by its day, and by what tells it from others of that day."""
    values = {"expires_on": certificate.expires_on}
    if certificate.number:
        tail = {"tail": certificate.number[-TAIL:]}
        return context.catalogue.say("certificates.one_numbered", {**values, **tail})
    if nth > 1:
        return context.catalogue.say("certificates.one_more", {**values, "n": nth})
    return context.catalogue.say("certificates.one", values)


def picked(known: Slots, _context: Context) -> str:
    """Tell a new certificate from one of the list."""
    return "new" if known.get("list") == "new" else "one"


def chosen(known: Slots, context: Context) -> dict[str, Any]:
    """Return the expiry date of the certificate that was picked."""
    for certificate in context.facts["certificates"]:
        if str(certificate.id) == known.get("list"):
            return {"expires_on": certificate.expires_on}
    return {"expires_on": readable_day(known.get("changed_expiry"))}


def change(known: Slots, _context: Context) -> Done:
    """Have the date changed; what was planned is planned anew in the same transaction."""
    values = {"id": int(known["list"]), "expires_on": known["changed_expiry"]}
    return Done(acts=(Act("change_certificate", values),))


def changed(known: Slots, _context: Context) -> dict[str, Any]:
    """Fill in the new date."""
    return {"expires_on": readable_day(known["changed_expiry"])}


def delete(known: Slots, _context: Context) -> Done:
    """Have a certificate forgotten."""
    return Done(acts=(Act("delete_certificate", {"id": int(known["list"])}),))


def add(known: Slots, context: Context) -> Done:
    """Have a certificate saved."""
    values = {
        "authority": "housing",
        "number": "",
        "expires_on": known["new_expiry"],
        "status": "valid",
    }
    consent = agrees_to_reminders("certificates.added", context)
    return Done(acts=(Act("save_certificate", values), consent))


def added(known: Slots, context: Context) -> dict[str, Any]:
    """Fill in the date and the hour of the reminders."""
    return {"expires_on": readable_day(known["new_expiry"]), "hour": context.facts["hour"]}


CERTIFICATES = Flow(
    "certificates",
    (
        Branch("any_kept", any_kept, {"some": "list", "none": "empty"}),
        Choose("empty", {"add": "new_expiry", "no": "left"}, silence=None),
        Choose("list", next="picked", offered=listed, silence=None),
        Branch("picked", picked, {"new": "new_expiry", "one": "what"}),
        Choose(
            "what",
            {"change": "changed_expiry", "delete": "sure", "nothing": "left"},
            values=chosen,
            silence=None,
            exact=frozenset({"delete"}),
        ),
        Ask("changed_expiry", Day(future=True), "change"),
        Do("change", change, "changed"),
        Say("changed", "@end", values=changed),
        Choose(
            "sure",
            {"yes": "delete", "no": "left"},
            values=chosen,
            give_up="left",
            exact=frozenset({"yes"}),
        ),
        Do("delete", delete, "deleted"),
        Say("deleted", "@end"),
        Say("left", "@end"),
        Ask("new_expiry", Day(future=True), "add"),
        Do("add", add, "added"),
        Say("added", "@end", values=added),
    ),
    quiet=True,
)
