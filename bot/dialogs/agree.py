"""Consent, one purpose at a time: asked in plain words, refused without harm (PIPL 14, 29)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from bot.dialogs.engine.context import Act, Context, Slots
from bot.dialogs.engine.flow import Flow
from bot.dialogs.engine.step import ACTED, Branch, Choose, Do, Done, Say, Wait
from bot.domain.agreement import Purpose


def version(purpose: Purpose, context: Context) -> str:
    """Name the wording of a consent: changed words ask for a new one."""
    return _digest(f"agree_{purpose}.ask", f"agree_{purpose}.detail", context=context)


def _digest(*keys: str, context: Context) -> str:
    wording = "\n".join(context.catalogue.text(key) for key in keys)
    return hashlib.sha256(wording.encode()).hexdigest()[:12]


def agrees_to_reminders(key: str, context: Context) -> Act:
    """Return the act that notes his consent to be reminded, given to the question ``key``."""
    values = {"purpose": "reminders", "version": _digest(key, context=context)}
    return Act("agree", values)


def agrees(purpose: Purpose, context: Context) -> bool:
    """Tell whether he agrees to a purpose in its present wording."""
    given = context.facts["agreements"].get(purpose)
    return given is not None and given.version == version(purpose, context)


def standing(known: Slots, _context: Context) -> str:
    """Go by what was found at the beginning: what is done here must not change the way."""
    return str(known["standing"])


def consent(purpose: Purpose) -> Flow:
    """Make the flow that asks for one consent, unless it is there."""

    def look(_known: Slots, context: Context) -> Done:
        return Done({"standing": "given" if agrees(purpose, context) else "missing"})

    def give(_known: Slots, context: Context) -> Done:
        values = {"purpose": purpose, "version": version(purpose, context)}
        return Done(acts=(Act("agree", values),))

    return Flow(
        f"agree_{purpose}",
        (
            Do("look", look, "standing"),
            Branch("standing", standing, {"given": "@end", "missing": "ask"}),
            Choose("ask", {"yes": "give", "no": "refused", "more": "detail"}, give_up="refused"),
            Say("detail", "ask_then"),
            Choose("ask_then", {"yes": "give", "no": "refused"}, give_up="refused"),
            Do("give", give, "given"),
            Wait("given", "thanks", signal=ACTED),
            Say("thanks", "@end"),
            Say("refused", "@end"),
        ),
    )


def agreed(purpose: Purpose) -> Callable[[Slots, Context], str]:
    """Make the test whether a consent is there."""
    return lambda _known, context: "yes" if agrees(purpose, context) else "no"


AGREE_IDENTITY, AGREE_FACE = consent("identity"), consent("face")
