"""What must be told of oneself: asked only where no paper has told it, shown as one card."""

from __future__ import annotations

from typing import Any

from bot.dialogs.engine.context import Act, Context, Option, Slots
from bot.dialogs.engine.flow import Flow
from bot.dialogs.engine.slots import Code, Day, IdNumber, Name, Number, Phone, Text
from bot.dialogs.engine.slots.answer import NOTHING
from bot.dialogs.engine.step import ACTED, Ask, Branch, Choose, Do, Done, Say, Wait
from bot.dialogs.verdict import day_in_words, readable_day
from bot.domain.application import EDITABLE
from bot.domain.form import NONE, Form, mask_id, mask_phone
from bot.ports import Application

LINES = (
    "name", "id_number", "phone", "employer", "contact_person", "years", "number", "valid_until",
)  # fmt: skip
"""What the card shows, in this order; each line can be changed by its number."""

ASKED = ("name", "id_number", "employer", "contact_person", "years", "number", "valid_until")
"""Answers that are taken as they are; the phone is proved first."""

ASKED_FOR = ("name", "id_number", "phone", "employer", "contact_person", "years")
"""What is asked if no paper has told it, in this order."""

NEXT = (*ASKED_FOR, "code", "card", "handed_in", "gone")
"""What ``look`` can find to be asked."""

PHONE_DIGITS = 11


def filled(context: Context) -> Form:
    """Return what is known of him."""
    application: Application | None = context.facts["application"]
    return application.form if application else Form()


def closed(context: Context) -> str:
    """Tell why nothing can be changed: it was stopped, or handed in meanwhile."""
    application: Application | None = context.facts["application"]
    if application is None:
        return "gone"
    return "" if application.state in EDITABLE else "handed_in"


def look(_known: Slots, context: Context) -> Done:
    """Find what must still be asked."""
    if why := closed(context):
        return Done({"next": why})
    if context.facts["phone_waits"]:
        return Done({"next": "code"})
    form = filled(context)
    for name in ASKED_FOR:
        if not getattr(form, name) and not (name == "contact_person" and form.employer == NONE):
            return Done({"next": name})
    return Done({"next": "card"})


def next_thing(known: Slots, _context: Context) -> str:
    """Go where ``look`` has found something to ask."""
    return str(known["next"])


def lines(_known: Slots, context: Context) -> tuple[Option, ...]:
    """Offer every line of the card, and that all of it is right."""
    form = filled(context)
    options: list[Option] = []
    for name in LINES:
        value = getattr(form, name)
        if name == "contact_person" and form.employer == NONE:
            continue
        n = len(options) + 1
        shown = context.catalogue.say(
            f"form.line.{name}", {"value": shown_of(name, value, context)}
        )
        spellings = context.catalogue.say("form.spellings", {"n": n}).split()
        options.append(Option(name, shown, tuple(spellings)))
    return (*options, *context.catalogue.options("form.card"))


def shown_of(name: str, value: str, context: Context) -> str:
    """Return a value as the card shows it: masked where others may look over his shoulder."""
    if not value:
        return context.catalogue.say("form.empty")
    if value == NONE:
        return context.catalogue.say("form.none")
    if name == "valid_until" and (day := readable_day(value)):
        return day_in_words(day, context)
    if name == "id_number":
        return mask_id(value)
    return mask_phone(value) if name == "phone" else value


def picked(known: Slots, _context: Context) -> str:
    """Tell which line is to be changed."""
    return str(known.get("card") or "right")


def fill(known: Slots, _context: Context) -> Done:
    """Have the answer kept."""
    for name in ASKED:
        if name in known:
            value = known[name]
            if value == NOTHING:
                value = NONE
            return Done(acts=(Act("fill_form", {"field": name, "value": str(value)}),))
    return Done(acts=(Act("fill_form", {"field": "phone", "value": known["phone"]}),))


def proved(_known: Slots, context: Context) -> str:
    """Tell whether a phone number can be proved here."""
    return "yes" if context.facts["sends_sms"] else "no"


def send_code(known: Slots, _context: Context) -> Done:
    """Have a code sent."""
    phone = known.get("code") or known["phone"]
    return Done(acts=(Act("send_code", {"phone": phone}),))


def sent(known: Slots, _context: Context) -> str:
    """Tell whether a code is on its way."""
    return str(known.get("problem") or "sent")


def typed(known: Slots, _context: Context) -> str:
    """Tell a code from another phone number, and from nothing usable."""
    code = known.get("code")
    if code is None:
        return "nothing"
    return "phone" if len(code) == PHONE_DIGITS else "code"


def check(known: Slots, _context: Context) -> Done:
    """Have the code compared."""
    return Done(acts=(Act("check_code", {"code": known["code"]}),))


def right(known: Slots, _context: Context) -> str:
    """Tell whether it was the right code."""
    return "yes" if known.get("right") else "no"


def forget_code(_known: Slots, _context: Context) -> Done:
    """Have the code that never came forgotten."""
    return Done(acts=(Act("forget_code", {}),))


def masked_phone(_known: Slots, context: Context) -> dict[str, Any]:
    """Fill in the number the code went to."""
    return {"phone": mask_phone(context.facts["phone_waits"])}


FORM = Flow(
    "form",
    (
        Do("look", look, "next_thing"),
        Branch(
            "next_thing",
            next_thing,
            {name: name for name in NEXT},
        ),
        Ask("name", Name(), "fill", tries=5),
        Ask("id_number", IdNumber(), "fill", tries=5),
        Ask("employer", Text(longest=40, or_none=True), "fill"),
        Ask("contact_person", Text(longest=30, or_none=True), "fill"),
        Ask("years", Number(0, 60), "fill"),
        Ask("number", Text(longest=40), "fill"),
        Ask("valid_until", Day(), "fill"),
        Do("fill", fill, "kept"),
        Wait("kept", "@again", signal=ACTED),
        Ask("phone", Phone(), "proved", tries=5),
        Branch("proved", proved, {"yes": "send_code", "no": "fill"}),
        Do("send_code", send_code, "on_its_way"),
        Wait("on_its_way", "sent", signal=ACTED),
        Branch("sent", sent, {"sent": "@again", "soon": "soon", "many": "many"}),
        Say("soon", "@again"),
        Say("many", "@human"),
        Ask("code", Code(), "typed", values=masked_phone, tries=5, give_up="forget_code"),
        Branch(
            "typed", typed, {"code": "check", "phone": "send_code_anew", "nothing": "forget_code"}
        ),
        Do("send_code_anew", send_code, "anew"),
        Wait("anew", "sent_anew", signal=ACTED),
        Branch("sent_anew", sent, {"sent": "@again", "soon": "soon_anew", "many": "many"}),
        Say("soon_anew", "@again"),
        Do("check", check, "checked"),
        Wait("checked", "right", signal=ACTED),
        Branch("right", right, {"yes": "phone_proved", "no": "wrong"}),
        Say("phone_proved", "@again"),
        Say("wrong", "@again"),
        Do("forget_code", forget_code, "forgotten"),
        Wait("forgotten", "no_code", signal=ACTED),
        Say("no_code", "@human"),
        Say("handed_in", "@end"),
        Say("gone", "@end"),
        Choose("card", next="picked", offered=lines),
        Branch(
            "picked",
            picked,
            {"right": "@end", **{name: name for name in LINES}},
        ),
    ),
)
