"""The application, from consent to handing in; whatever is there already is not asked again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.dialogs.agree import agreed, agrees_to_reminders, standing
from bot.dialogs.engine.context import Act, Context, Slots
from bot.dialogs.engine.flow import Flow
from bot.dialogs.engine.step import ACTED, Branch, Call, Choose, Do, Done, Go, Piece, Say, Wait
from bot.dialogs.verdict import readable_day
from bot.domain.application import EDITABLE
from bot.domain.form import Readings, doubts, lacking, lacking_papers
from bot.ports import Application


def look(_known: Slots, context: Context) -> Done:
    """Find where his application stands."""
    application: Application | None = context.facts["application"]
    if application is None:
        return Done({"standing": "none"})
    editable = application.state if application.state in EDITABLE else "on_its_way"
    return Done({"standing": editable})


def begin(_known: Slots, _context: Context) -> Done:
    """Have an application opened."""
    return Done(acts=(Act("begin_application", {}),))


def reasons(_known: Slots, context: Context) -> tuple[Piece, ...]:
    """Say why it came back, in the words of the operators' list, and what was written to it."""
    history = context.facts["application"].history
    returned = next(line for line in reversed(history) if line.deed == "return")
    pieces = [Piece(f"application.reason.{reason}") for reason in returned.reasons]
    if returned.note:
        pieces.append(Piece("apply.note", {"note": returned.note}))
    return (Piece("apply.returned"), *pieces)


def there_still(known: Slots, _context: Context) -> str:
    """Tell by what a called talk found last whether it was stopped or handed in meanwhile.

    Not by the facts: they change while this flow goes on, and its way must not.
    """
    return "no" if known.get("next") in {"gone", "handed_in"} else "yes"


def handed_in(_known: Slots, context: Context) -> str:
    """Tell whether it is with the operators now, whoever was faster."""
    application: Application | None = context.facts["application"]
    return "yes" if application and application.state == "submitted" else "no"


def complete(_known: Slots, context: Context) -> str:
    """Tell whether it can be handed in."""
    application: Application | None = context.facts["application"]
    if application is None:
        return "no"
    there = {paper.id for paper in context.facts["papers"] if application.photo(paper.id)}
    gaps = lacking(application.form) or lacking_papers(context.facts["papers"], there)
    return "no" if gaps else "yes"


def what_does_not_fit(application: Application, context: Context) -> Iterator[str]:
    """Name what an operator will look at twice."""
    readings = {
        photo.document: photo.reading
        for photo in application.photos
        if photo.state == "kept" and photo.reading
    }
    yield from doubts(application.form, Readings(readings), context.today)


def doubtful(_known: Slots, context: Context) -> tuple[Piece, ...]:
    """Say what does not fit together; it does not block anything."""
    found = what_does_not_fit(context.facts["application"], context)
    return tuple(Piece(f"apply.doubt.{doubt}") for doubt in found)


def remindable(_known: Slots, context: Context) -> str:
    """Tell whether the certificate's last day is known, ahead, and not kept yet."""
    day = expiry(_known, context)["expires_on"]
    kept = {certificate.expires_on for certificate in context.facts["certificates"]}
    return "yes" if day and day > context.today and day not in kept else "no"


def expiry(_known: Slots, context: Context) -> dict[str, Any]:
    """Fill in the certificate's last day."""
    application: Application | None = context.facts["application"]
    return {"expires_on": readable_day(application.form.valid_until) if application else None}


def keep(known: Slots, context: Context) -> Done:
    """Have the certificate kept, and him reminded of it."""
    values = {
        "authority": "housing",
        "number": context.facts["application"].form.number,
        "expires_on": context.facts["application"].form.valid_until,
        "status": "valid",
    }
    consent = agrees_to_reminders("apply.remind", context)
    return Done(acts=(Act("save_certificate", values), consent))


DOUBTS = tuple(
    f"apply.doubt.{doubt}"
    for doubt in ("names", "id_numbers", "id_expired", "certificate_expired", "numbers")
)


def submit(_known: Slots, _context: Context) -> Done:
    """Have it handed in."""
    return Done(acts=(Act("deed", {"deed": "submit"}),))


APPLY = Flow(
    "apply",
    (
        Do("look", look, "standing"),
        Branch(
            "standing",
            standing,
            {
                "none": "hello",
                "draft": "going_on",
                "returned": "returned",
                "on_its_way": "progress",
            },
        ),
        Go("progress", "progress"),
        Say("hello", "agree"),
        Say("going_on", "agree"),
        Say(
            "returned",
            "agree",
            pieces=reasons,
            keys=("apply.returned", "apply.note"),
        ),
        Call("agree", "agree_identity", "agreed"),
        Branch("agreed", agreed("identity"), {"yes": "begin", "no": "not_agreed"}),
        Say("not_agreed", "@end"),
        Do("begin", begin, "begun"),
        Wait("begun", "documents", signal=ACTED),
        Call("documents", "documents", "documents_done", keep=("next",)),
        Branch("documents_done", there_still, {"yes": "form", "no": "@end"}),
        Call("form", "form", "form_done", keep=("next",)),
        Branch("form_done", there_still, {"yes": "real_name", "no": "@end"}),
        Call("real_name", "real_name", "complete"),
        Branch("complete", complete, {"yes": "doubtful", "no": "incomplete"}),
        Say("incomplete", "@end"),
        Say("doubtful", "hand_in", pieces=doubtful, keys=DOUBTS),
        Choose("hand_in", {"yes": "submit", "change": "change", "later": "later"}),
        Call("change", "form", "changed", keep=("next",)),
        Branch("changed", there_still, {"yes": "real_name_then", "no": "@end"}),
        Call("real_name_then", "real_name", "hand_in_then"),
        Choose("hand_in_then", {"yes": "submit", "later": "later"}),
        Do("submit", submit, "submitted"),
        Wait("submitted", "handed_in", signal=ACTED),
        Branch("handed_in", handed_in, {"yes": "thanks", "no": "progress"}),
        Say("thanks", "remindable"),
        Branch("remindable", remindable, {"yes": "remind", "no": "@end"}),
        Choose("remind", {"yes": "keep", "no": "unreminded"}, values=expiry, give_up="unreminded"),
        Do("keep", keep, "kept"),
        Say("kept", "@end"),
        Say("unreminded", "@end"),
        Say("later", "@end"),
    ),
)
