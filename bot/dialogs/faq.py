"""What follows a frequent question: which of two was meant, and whether the answer helped."""

from __future__ import annotations

from bot.dialogs.engine.context import Act, Context, Option, Slots
from bot.dialogs.engine.flow import Flow
from bot.dialogs.engine.step import Choose, Do, Done, Piece, Say

NEITHER = "neither"


def offered(known: Slots, context: Context) -> tuple[Option, ...]:
    """Offer the questions that were close, by their titles, and a way out."""
    titles = tuple(
        Option(intent, context.catalogue.say(f"faq.{intent}.title"))
        for intent in known.get("intents", ())
    )
    return (*titles, *context.catalogue.options("which.intent"))


def answer(known: Slots, _context: Context) -> tuple[Piece, ...]:
    """Answer the one that was chosen."""
    chosen = known["intent"]
    return (Piece(f"faq.{chosen}" if chosen not in {None, NEITHER} else "which.neither"),)


WHICH = Flow(
    "which",
    (
        Choose("intent", next="answer", offered=offered, tries=1, give_up="answer", silence=None),
        Say("answer", "@end", pieces=answer, keys=("which.neither",)),
    ),
    quiet=True,
)


def rating(useful: bool) -> Flow:
    """Make the flow of one of the two words under an answer."""

    def rate(_known: Slots, context: Context) -> Done:
        intent = context.facts["answered"]
        values = {"intent": intent, "useful": useful}
        return Done(acts=(Act("rate_answer", values),) if intent else ())

    name = "useful" if useful else "useless"
    return Flow(name, (Do("rate", rate, "thanks"), Say("thanks", "@end")))


USEFUL, USELESS = rating(True), rating(False)
