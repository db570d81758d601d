"""Where the application stands: a line of stages, who acts next, and what he may report."""

from __future__ import annotations

from bot.dialogs.engine.context import Act, Context, Option, Slots
from bot.dialogs.engine.flow import Flow
from bot.dialogs.engine.step import ACTED, Branch, Choose, Do, Done, Go, Piece, Say, Wait
from bot.domain.application import EDITABLE, NEXT_ACTOR, possible, progress
from bot.domain.reminders import SHANGHAI
from bot.ports import Application

REPORTED = ("file", "renew", "refuse", "withdraw")
"""What a welder may tell of it himself."""


def any_there(_known: Slots, context: Context) -> str:
    """Tell whether there is an application to speak of."""
    return "none" if context.facts["latest_application"] is None else "some"


def stages(_known: Slots, context: Context) -> tuple[Piece, ...]:
    """Say every stage with its day, then who acts next."""
    application: Application = context.facts["latest_application"]
    lines = [Piece("progress.title")]
    for step in progress(application.history):
        name = context.catalogue.say(f"progress.stage.{step.stage}")
        day = {"day": step.at.astimezone(SHANGHAI).date()} if step.at else {}
        lines.append(Piece(f"progress.{step.standing}", {"stage": name, **day}))
    lines.append(Piece(f"progress.next.{NEXT_ACTOR[application.state]}"))
    lines.append(Piece(f"progress.state.{application.state}"))
    return tuple(lines)


def offered(_known: Slots, context: Context) -> tuple[Option, ...]:
    """Offer what he may do or report now."""
    application: Application = context.facts["latest_application"]
    there: set[str] = {name for name in possible(application.state) if name in REPORTED}
    if application.state in EDITABLE:
        there.add("go_on")
    options = context.catalogue.options("progress.what")
    return tuple(o for o in options if o.id in there or o.id == "nothing")


def chosen(known: Slots, _context: Context) -> str:
    """Go where he wants."""
    return str(known.get("what") or "nothing")


def deed(known: Slots, _context: Context) -> Done:
    """Have it written down."""
    return Done(acts=(Act("deed", {"deed": known["what"]}),))


def done(known: Slots, _context: Context) -> str:
    """Tell whether it could be written down: somebody may have been faster."""
    return "no" if known.get("not_now") else "yes"


def told(known: Slots, _context: Context) -> tuple[Piece, ...]:
    """Say what follows from it."""
    return (Piece(f"progress.told.{known['what']}"),)


STATES = (
    "draft", "submitted", "returned", "accepted", "ordered", "studying", "passed", "reviewed",
    "filed", "refused", "renewed", "withdrawn",
)  # fmt: skip

KEYS = (
    "progress.title",
    *(f"progress.{standing}" for standing in ("done", "now", "ahead", "skipped")),
    *(f"progress.next.{who}" for who in ("you", "us", "office", "nobody")),
    *(f"progress.state.{state}" for state in STATES),
)

TOLD = tuple(f"progress.told.{deed}" for deed in REPORTED)

PROGRESS = Flow(
    "progress",
    (
        Branch("any_there", any_there, {"none": "none", "some": "stages"}),
        Say("none", "@end"),
        Say("stages", "what", pieces=stages, keys=KEYS),
        Choose("what", next="chosen", offered=offered, give_up="chosen", silence=None),
        Branch(
            "chosen",
            chosen,
            {
                "go_on": "to_apply",
                "file": "deed",
                "refuse": "deed",
                "withdraw": "sure",
                "renew": "deed",
                "nothing": "left",
            },
        ),
        Go("to_apply", "apply"),
        Choose("sure", {"yes": "deed", "no": "left"}, give_up="left", exact=frozenset({"yes"})),
        Do("deed", deed, "written"),
        Wait("written", "done", signal=ACTED),
        Branch("done", done, {"yes": "told", "no": "@again"}),
        Say(
            "told", "renewed_then", pieces=told, keys=tuple(f"progress.told.{d}" for d in REPORTED)
        ),
        Branch(
            "renewed_then",
            lambda known, _context: "yes" if known["what"] == "renew" else "no",
            {"yes": "to_renewed", "no": "@end"},
        ),
        Go("to_renewed", "renewed"),
        Say("left", "@end"),
    ),
    quiet=True,
)
