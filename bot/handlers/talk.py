"""Let the engine take a turn with a person, and have done what the turn asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.dialogs.engine.context import (
    Act,
    CancelTimers,
    Context,
    Effect,
    Event,
    SetTimer,
    Speak,
)
from bot.dialogs.engine.flow import awaited
from bot.dialogs.engine.session import Session, UnknownVersion
from bot.dialogs.engine.step import ACTED
from bot.dialogs.engine.turn import turn
from bot.domain.reminders import SHANGHAI
from bot.handlers.acts import FORGETS, act
from bot.handlers.facts import facts
from bot.handlers.speech import answered, said
from bot.messages import Incoming, Said
from bot.ports import Conversation, Services, Timer

MOST_ACTS = 20
"""Times one message may have something done and look again: a circle must stop."""


def talk(conversation: Conversation, services: Services, event: Event, now: datetime) -> list[Said]:
    """Take one turn: the session is kept, acts are carried out, words are returned.

    A flow that waits for its acts goes on at once, with what the world answered and facts
    as they are by then.
    """
    before, lost = _session(conversation.person.session)
    words = [said(Speak("engine.moved_on"), services.words)] if lost else []
    session, forgets = before, False
    for _ in range(MOST_ACTS):
        context = context_of(conversation, services, now, session.faq)
        session, effects = turn(services.script.flows, session, event, context)
        words += _words(effects, services)
        answers = _carry_out(effects, session, conversation, now)
        forgets = forgets or any(isinstance(e, Act) and e.name in FORGETS for e in effects)
        if awaited(services.script.flows, session) != ACTED:
            break
        event = Event("signal", name=ACTED, given=answers)
    else:
        raise RecursionError(f"more than {MOST_ACTS} acts in one turn")
    if session is not before:
        kept = Session(turn=session.turn) if forgets else session
        conversation.keep_session(kept.to_json(), session.turn)
    return words


def context_of(
    conversation: Conversation, services: Services, now: datetime, answered: str = ""
) -> Context:
    """Return the world as this turn sees it; ``answered`` is the last FAQ he was told."""
    return Context(
        now=now,
        today=now.astimezone(SHANGHAI).date(),
        catalogue=services.script.catalogue,
        lexicon=services.script.lexicon,
        seed=str(conversation.person.id),
        facts=facts(conversation, services, answered, now),
    )


def _words(effects: Sequence[Effect], services: Services) -> list[Said]:
    words: list[Said] = []
    waits = any(isinstance(effect, Speak) and effect.code for effect in effects)
    for effect in effects:
        if not isinstance(effect, Speak):
            continue
        if effect.key in services.script.goto:
            goto = services.script.goto[effect.key]
            words.append(answered(effect, services.words, goto, waits=waits))
        else:
            words.append(said(effect, services.words))
    return words


def _carry_out(
    effects: Sequence[Effect], after: Session, conversation: Conversation, now: datetime
) -> dict[str, Any]:
    """Have everything done that is to be done; return what the world answered."""
    answers: dict[str, Any] = {}
    for effect in effects:
        match effect:
            case SetTimer(kind, at):
                conversation.mailbox.set_timer(Timer(kind, "", at, after.turn))
            case CancelTimers():
                conversation.mailbox.cancel_timers()
            case Act(name, values):
                answers |= act(name, values, conversation, now) or {}
    return answers


def _session(stored: str | None) -> tuple[Session, bool]:
    try:
        return Session.from_json(stored), False
    except UnknownVersion:
        return Session(), True


def event_of(incoming: Incoming) -> Event:
    """Make a message into an event of the engine."""
    return Event(
        kind=incoming.kind,
        text=incoming.text,
        choice=incoming.choice,
        media=incoming.media_id,
        heard=incoming.heard,
    )
