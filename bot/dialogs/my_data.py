"""What is kept of him: shown, copied, corrected, taken back, forgotten (PIPL 44 to 47)."""

from __future__ import annotations

from bot.dialogs.apply import there_still
from bot.dialogs.documents import label
from bot.dialogs.engine.context import Act, Context, Option, Slots
from bot.dialogs.engine.flow import Flow
from bot.dialogs.engine.step import ACTED, Branch, Call, Choose, Do, Done, Piece, Say, Wait
from bot.dialogs.form import shown_of
from bot.domain.application import EDITABLE
from bot.domain.form import FIELDS, NONE
from bot.domain.reminders import SHANGHAI
from bot.ports import Application


def kept(_known: Slots, context: Context) -> tuple[Piece, ...]:
    """List what is kept, masked, and what he has agreed to."""
    pieces = [Piece("my_data.title"), *_papers(context)]
    certificates = len(context.facts["certificates"])
    pieces.append(Piece("my_data.certificates", {"count": certificates}))
    application: Application | None = context.facts["latest_application"]
    if application:
        for name in FIELDS:
            if value := getattr(application.form, name):
                line = context.catalogue.say(
                    f"form.line.{name}", {"value": shown_of(name, value, context)}
                )
                pieces.append(Piece("my_data.line", {"line": line}))
    for purpose, agreement in context.facts["agreements"].items():
        day = agreement.given_at.astimezone(SHANGHAI).date()
        pieces.append(Piece(f"my_data.agreed.{purpose}", {"day": day}))
    return tuple(pieces)


def _papers(context: Context) -> list[Piece]:
    application: Application | None = context.facts["latest_application"]
    photos = application.photos if application else ()
    there = [label(p.document, context) for p in photos if p.state == "kept"]
    if not there:
        return [Piece("my_data.no_photos")]
    return [Piece("my_data.photos", {"papers": context.catalogue.say("my_data.and").join(there)})]


def copied(_known: Slots, context: Context) -> tuple[Piece, ...]:
    """Say everything in full: it is his."""
    application: Application | None = context.facts["latest_application"]
    pieces = [Piece("my_data.copy")]
    if application:
        for name in FIELDS:
            value = getattr(application.form, name)
            if value and value != NONE:
                line = context.catalogue.say(f"form.line.{name}", {"value": value})
                pieces.append(Piece("my_data.line", {"line": line}))
    for certificate in context.facts["certificates"]:
        values = {"expires_on": certificate.expires_on, "number": certificate.number}
        pieces.append(Piece("my_data.certificate", values))
    return tuple(pieces)


def offered(_known: Slots, context: Context) -> tuple[Option, ...]:
    """Offer what can be done with it."""
    application: Application | None = context.facts["application"]
    hidden = set()
    if not (application and application.state in EDITABLE):
        hidden.add("correct")
    if not context.facts["agreements"]:
        hidden.add("withdraw")
    return tuple(o for o in context.catalogue.options("my_data.what") if o.id not in hidden)


def chosen(known: Slots, _context: Context) -> str:
    """Go where he wants."""
    return str(known.get("what") or "nothing")


def given(_known: Slots, context: Context) -> tuple[Option, ...]:
    """Offer the consents there are, each by itself."""
    there = {*context.facts["agreements"], "nothing"}
    return tuple(o for o in context.catalogue.options("my_data.consent") if o.id in there)


def consent(known: Slots, _context: Context) -> str:
    """Tell which consent is taken back."""
    return str(known.get("consent") or "nothing")


def withdraw(_known: Slots, _context: Context) -> Done:
    """Have the consent to papers taken back; what it allowed us to keep is destroyed."""
    return Done(acts=(Act("withdraw_identity", {}),))


def withdraw_one(known: Slots, _context: Context) -> Done:
    """Have another consent taken back."""
    acts = [Act("withdraw_agreement", {"purpose": known["consent"]})]
    if known["consent"] == "reminders":
        acts.append(Act("switch_reminders", {"on": False}))
    return Done(acts=tuple(acts))


def withdrawn(known: Slots, _context: Context) -> tuple[Piece, ...]:
    """Say what follows from it."""
    return (Piece(f"my_data.no_{known['consent']}"),)


def wipe(_known: Slots, _context: Context) -> Done:
    """Have everything forgotten."""
    return Done(acts=(Act("wipe", {}),))


AGREED = tuple(f"my_data.agreed.{purpose}" for purpose in ("identity", "face", "reminders"))

MY_DATA = Flow(
    "my_data",
    (
        Say(
            "kept",
            "what",
            pieces=kept,
            keys=(
                "my_data.title",
                "my_data.photos",
                "my_data.no_photos",
                "my_data.certificates",
                "my_data.line",
                *AGREED,
            ),
        ),
        Choose("what", next="chosen", offered=offered, give_up="chosen", silence=None),
        Branch(
            "chosen",
            chosen,
            {
                "copy": "copied",
                "correct": "correct",
                "withdraw": "consent",
                "delete": "sure_delete",
                "nothing": "left",
            },
        ),
        Say("copied", "@end", pieces=copied, keys=("my_data.copy", "my_data.certificate")),
        Call("correct", "form", "correctable", keep=("next",)),
        Branch("correctable", there_still, {"yes": "corrected", "no": "@end"}),
        Say("corrected", "@end"),
        Choose("consent", next="which_consent", offered=given, give_up="which_consent"),
        Branch(
            "which_consent",
            consent,
            {
                "identity": "sure_withdraw",
                "face": "withdraw_one",
                "reminders": "withdraw_one",
                "nothing": "left",
            },
        ),
        Do("withdraw_one", withdraw_one, "one_taken_back"),
        Wait("one_taken_back", "one_withdrawn", signal=ACTED),
        Say(
            "one_withdrawn",
            "@end",
            pieces=withdrawn,
            keys=("my_data.no_face", "my_data.no_reminders"),
        ),
        Choose(
            "sure_withdraw",
            {"yes": "withdraw", "no": "left"},
            give_up="left",
            exact=frozenset({"yes"}),
        ),
        Do("withdraw", withdraw, "taken_back"),
        Wait("taken_back", "withdrawn", signal=ACTED),
        Say("withdrawn", "@end"),
        Choose(
            "sure_delete", {"yes": "wipe", "no": "left"}, give_up="left", exact=frozenset({"yes"})
        ),
        Do("wipe", wipe, "wiped"),
        Wait("wiped", "forgotten", signal=ACTED),
        Say("forgotten", "@end"),
        Say("left", "@end"),
    ),
    quiet=True,
)
