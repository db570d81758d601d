"""The papers, photographed: asked one by one, taken in any order, each read back and confirmed.

What has come so far lies in the application, not in the talk: the flow looks there, asks the
one next thing, has it done, and looks again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.dialogs.engine.context import Act, Context, Option, Slots
from bot.dialogs.engine.flow import Flow
from bot.dialogs.engine.slots import Day, IdNumber, Photo, Text
from bot.dialogs.engine.slots.answer import NOTHING
from bot.dialogs.engine.step import ACTED, Ask, Branch, Choose, Do, Done, Say, Wait
from bot.dialogs.form import closed
from bot.dialogs.verdict import day_in_words, readable_day
from bot.domain.document import Document
from bot.domain.photo import REQUIRED, PhotoReading
from bot.ports import Application
from bot.ports import Photo as KeptPhoto

DAYS = frozenset({"valid_from", "valid_to", "first_issued_on", "valid_until"})
"""Fields that are days."""

SIGHT = "sight"
"""The signal that a photo has been read."""

IN_HAND = frozenset({"waiting", "read", "kept", "skipped"})
"""States of a photo in which its paper is not asked for."""


def papers(context: Context) -> tuple[Document, ...]:
    """Return the papers in the order they are asked for: those that must be there first."""
    wanted: tuple[Document, ...] = context.facts["papers"]
    return tuple(sorted(wanted, key=lambda paper: not paper.required))


def look(_known: Slots, context: Context) -> Done:
    """Find the one next thing to ask."""
    if why := closed(context):
        return Done({"next": why})
    application: Application = context.facts["application"]
    for photo in application.photos:
        if photo.state == "read":
            asks = "confirm" if photo.document else "which"
            return Done({"next": asks, "photo": photo.id})
    for paper in missing(application, context):
        return Done({"next": "ask", "paper": paper.id})
    reading = any(photo.state == "waiting" for photo in application.photos)
    return Done({"next": "reading" if reading else "all"})


def missing(application: Application, context: Context) -> Iterator[Document]:
    """Yield the papers of which nothing is there; a photo not yet placed may be any of them."""
    there = {photo.document for photo in application.photos if photo.state in IN_HAND}
    return (paper for paper in papers(context) if paper.id not in there)


def next_thing(known: Slots, _context: Context) -> str:
    """Go where ``look`` has found something to ask."""
    return str(known["next"])


def kept(known: Slots, context: Context) -> KeptPhoto | None:
    """Return the photo that is talked about."""
    application: Application | None = context.facts["application"]
    photos = application.photos if application else ()
    return next((photo for photo in photos if photo.id == known.get("photo")), None)


def label(paper: str, context: Context) -> str:
    """Return what a paper is called."""
    return next((one.label for one in context.facts["papers"] if one.id == paper), "")


def shown(known: Slots, context: Context) -> dict[str, Any]:
    """Fill in what was read, line by line, and what is doubtful about it."""
    photo = kept(known, context)
    if photo is None or photo.reading is None:
        return {"paper": "", "lines": ()}
    lines = (*_lines(photo.reading, context), *_warnings(photo.reading, context))
    return {"paper": label(photo.document, context), "lines": lines}


def _lines(reading: PhotoReading, context: Context) -> Iterator[str]:
    for name, found in reading.fields.items():
        value = value_in_words(name, found.value, context)
        yield context.catalogue.say(f"documents.field.{name}", {"value": value})


def value_in_words(name: str, value: str, context: Context) -> str:
    """Return a field as a person reads it."""
    if name in DAYS and (day := readable_day(value)):
        return day_in_words(day, context)
    key = f"documents.value.{name}.{value}"
    return context.catalogue.say(key) if context.catalogue.has(key) else value


def _warnings(reading: PhotoReading, context: Context) -> Iterator[str]:
    for problem in reading.problems:
        if context.catalogue.has(f"photo.problem.{problem}"):
            yield context.catalogue.say(f"photo.problem.{problem}")


def fields(known: Slots, context: Context) -> tuple[Option, ...]:
    """Offer every field that was read, to be put right."""
    photo = kept(known, context)
    if photo is None or photo.reading is None:
        return ()
    lacking = REQUIRED.get(photo.reading.document, ()) if photo.reading.document else ()
    names = dict.fromkeys((*photo.reading.fields, *lacking))
    return tuple(Option(name, context.catalogue.say(f"documents.name.{name}")) for name in names)


def field_kind(known: Slots, _context: Context) -> str:
    """Tell how a field is asked for."""
    name = known.get("field")
    if name is None:
        return "none"
    if name == "id_number":
        return "id_number"
    return "day" if name in DAYS else "words"


def correct(known: Slots, _context: Context) -> Done:
    """Have one field put right."""
    value = known.get("new_id_number") or known.get("new_day") or known.get("new_words")
    values = {"photo": known["photo"], "field": known["field"], "value": value}
    return Done(acts=(Act("correct_photo", values),))


def keep(known: Slots, _context: Context) -> Done:
    """Have the photo taken as right."""
    return Done(acts=(Act("confirm_photo", {"photo": known["photo"]}),))


def drop(known: Slots, _context: Context) -> Done:
    """Have the photo forgotten."""
    return Done(acts=(Act("drop_photo", {"photo": known["photo"]}),))


def unplaced(known: Slots, context: Context) -> tuple[Option, ...]:
    """Offer the papers that a photo could be."""
    application: Application | None = context.facts["application"]
    open_papers = missing(application, context) if application else ()
    own = context.catalogue.options("documents.which")
    return (*(Option(p.id, p.label, (short(p.label),)) for p in open_papers), *own)


def short(label: str) -> str:
    """Return what a paper is called in short: its label without what stands in brackets."""
    return re.split(r"\W", label)[0]


def placed(known: Slots, _context: Context) -> str:
    """Tell whether the photo is one of the papers."""
    return "none" if known.get("which") in {None, "none"} else "one"


def assign(known: Slots, _context: Context) -> Done:
    """Have the photo taken as the paper he says it is."""
    values = {"photo": known["photo"], "document": known["which"]}
    return Done(acts=(Act("confirm_photo", values),))


def wanted(known: Slots, context: Context) -> dict[str, Any]:
    """Fill in what is asked for now, why, and how to photograph it."""
    all_papers = papers(context)
    at = next(n for n, paper in enumerate(all_papers, 1) if paper.id == known["paper"])
    paper = all_papers[at - 1]
    link = context.facts["upload_link"]
    return {
        "n": at,
        "of": len(all_papers),
        "paper": paper.label,
        "why": paper.why,
        "hint": paper.hint,
        "optional": "" if paper.required else context.catalogue.say("documents.optional"),
        "link": context.catalogue.say("documents.link", {"link": link}) if link else "",
    }


def received(known: Slots, context: Context) -> str:
    """Tell a photo from "I have none", and a paper that may be missing from one that may not."""
    if known.get("photo_of") is None:
        return "needed"
    if known["photo_of"] != NOTHING:
        return "photo"
    required = next(p.required for p in context.facts["papers"] if p.id == known["paper"])
    return "needed" if required else "skip"


def receive(known: Slots, _context: Context) -> Done:
    """Have the photo fetched and read."""
    values = {"document": known["paper"], "media": known["photo_of"]}
    return Done(acts=(Act("receive_photo", values),))


def taken(known: Slots, _context: Context) -> str:
    """Tell whether it could be received: all may have been stopped since it was asked for."""
    return "no" if known.get("not_now") else "yes"


def skip(known: Slots, _context: Context) -> Done:
    """Have it noted that there is none."""
    return Done(acts=(Act("skip_paper", {"document": known["paper"]}),))


def needed(known: Slots, context: Context) -> dict[str, Any]:
    """Fill in the paper that must be there."""
    return {"paper": label(str(known["paper"]), context)}


DOCUMENTS = Flow(
    "documents",
    (
        Do("look", look, "next_thing"),
        Branch(
            "next_thing",
            next_thing,
            {
                "confirm": "confirm",
                "which": "which",
                "ask": "photo_of",
                "reading": "reading",
                "all": "all",
                "handed_in": "handed_in",
                "gone": "gone",
            },
        ),
        Choose("confirm", {"yes": "keep", "fix": "field", "retake": "drop"}, values=shown),
        Do("keep", keep, "done"),
        Choose("field", next="field_kind", offered=fields, give_up="field_kind"),
        Branch(
            "field_kind",
            field_kind,
            {"id_number": "new_id_number", "day": "new_day", "words": "new_words", "none": "drop"},
        ),
        Ask("new_id_number", IdNumber(), "correct", tries=5),
        Ask("new_day", Day(), "correct"),
        Ask("new_words", Text(longest=40), "correct"),
        Do("correct", correct, "done"),
        Choose("which", next="placed", offered=unplaced, give_up="placed"),
        Branch("placed", placed, {"one": "assign", "none": "drop"}),
        Do("assign", assign, "done"),
        Do("drop", drop, "done"),
        Ask("photo_of", Photo(), "received", values=wanted, tries=4),
        Branch("received", received, {"photo": "receive", "skip": "skip", "needed": "needed"}),
        Do("receive", receive, "taken"),
        Do("skip", skip, "done"),
        Wait("taken", "is_taken", signal=ACTED),
        Branch("is_taken", taken, {"yes": "got", "no": "@again"}),
        Say("got", "@again"),
        Wait("done", "@again", signal=ACTED),
        Say("needed", "@end", values=needed),
        Wait("reading", "@again", signal=SIGHT),
        Say("all", "@end"),
        Say("handed_in", "@end"),
        Say("gone", "@end"),
    ),
)
