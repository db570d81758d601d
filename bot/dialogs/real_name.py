"""Is he who he says? By his face on the official service's page, or by a person: his choice.

Whoever will not show his face need not (face recognition rules of 2025, article 10): the
other way is always offered beside it.
"""

from __future__ import annotations

from typing import Any

from bot.dialogs.agree import agreed, standing
from bot.dialogs.engine.context import Act, Context, Option, Slots
from bot.dialogs.engine.flow import Flow
from bot.dialogs.engine.step import ACTED, Branch, Call, Choose, Do, Done, Say, Wait
from bot.ports import Application


def look(_known: Slots, context: Context) -> Done:
    """Find whether it has been checked, or a way was chosen, already."""
    application: Application | None = context.facts["application"]
    if application is None:
        return Done({"standing": "gone"})
    return Done({"standing": "done" if application.real_name else "open"})


def ways(_known: Slots, context: Context) -> tuple[Option, ...]:
    """Offer the face only where a service checks it."""
    options = context.catalogue.options("real_name.way")
    return tuple(o for o in options if o.id != "face" or context.facts["checks_faces"])


def chosen(known: Slots, _context: Context) -> str:
    """Tell which way he chose; a person looks when he could not say."""
    return "face" if known.get("way") == "face" else "person"


def by_person(_known: Slots, _context: Context) -> Done:
    """Have it noted that an operator compares."""
    return Done(acts=(Act("real_name_by_person", {}),))


def link(_known: Slots, context: Context) -> dict[str, Any]:
    """Fill in where to show his face."""
    return {"link": context.facts["face_link"]}


REAL_NAME = Flow(
    "real_name",
    (
        Do("look", look, "standing"),
        Branch("standing", standing, {"done": "@end", "open": "way", "gone": "gone"}),
        Choose("way", next="chosen", offered=ways, give_up="chosen"),
        Branch("chosen", chosen, {"face": "agree", "person": "by_person"}),
        Call("agree", "agree_face", "agrees_to_face"),
        Branch("agrees_to_face", agreed("face"), {"yes": "face", "no": "by_person"}),
        Choose("face", {"person": "by_person"}, values=link, give_up="by_person"),
        Do("by_person", by_person, "noted"),
        Wait("noted", "person_looks", signal=ACTED),
        Say("person_looks", "@end"),
        Say("gone", "@end"),
    ),
)
