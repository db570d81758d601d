"""One incoming thing: recorded, locked, answered once, whatever happens in between."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import ModuleType

from bot.dialogs.engine.context import Event, Unheard
from bot.handlers import consent, face, follow, menu, photo, results, sight, text, voice
from bot.handlers.speech import messages
from bot.handlers.talk import talk
from bot.handlers.waiting import waiting
from bot.messages import PROVES_FOLLOWING, Heard, Incoming, Reply, Said
from bot.ports import Arrival, Busy, Conversation, Outgoing, Services

HANDLERS = (photo, text, menu, follow, sight, face, consent, results)

LATER_PARTS = timedelta(seconds=1)
"""Further parts leave at least so long after the reply, so that they are read in order."""

log = logging.getLogger(__name__)


def answer(incoming: Incoming, services: Services) -> Reply:
    """Answer one message or event, the same way however often it is asked.

    Whoever holds the person's lock answers all his pending arrivals in sequence. If the
    lock cannot be had in time, the answer will go through the outbox instead. Raises
    ``Busy`` when the message could not even be recorded: the platform must send it again.
    """
    arrival = services.conversations.arrive(incoming, services.clock.now())
    if arrival.reply is not None:
        return arrival.reply
    try:
        answered = drain(arrival.contact_id, services)
        if arrival.id in answered:
            return answered[arrival.id]
        return services.conversations.reply(arrival.id) or Reply()
    except Busy:
        return _give_up(arrival, services)


def _give_up(arrival: Arrival, services: Services) -> Reply:
    """Say nothing now: the answer goes by the outbox, unless it has been made meanwhile."""
    try:
        return services.conversations.send_late(arrival.id) or Reply()
    except Busy:
        log.warning("too busy to give up: the sweep will", extra={"arrival": arrival.id})
        return Reply()


def drain(contact_id: int, services: Services) -> dict[int, Reply]:
    """Answer everything a person has sent that nobody answered yet.

    Return the replies that may be given passively. An arrival recorded while the last turn
    runs is drained by whoever recorded it: he waits for the lock now.
    """
    replies: dict[int, Reply] = {}
    heard: dict[int, Heard] = {}
    more = True
    while more:
        arrival: Arrival | None = None
        try:
            with services.conversations.open(contact_id) as conversation:
                arrival = conversation.next_arrival()
                if arrival is None:
                    return replies
                more = conversation.more
                reply = _answer_one(arrival, heard, conversation, services)
        except Busy:
            raise
        except Unheard as question:
            # listening takes longer than a transaction may: this one was rolled back
            assert arrival is not None
            heard[arrival.id] = _listen(question, services)
            more = True
            continue
        except Exception:
            if arrival is None:
                raise
            log.exception("turn failed", extra={"arrival": arrival.id})
            reply = _apologise(arrival, services)
        if reply is not None:
            replies[arrival.id] = reply
    return replies


def _listen(question: Unheard, services: Services) -> Heard:
    """Understand a text; whoever cannot be understood is told so, never left without a word."""
    try:
        return services.faq.hear(question.text, question.waits)
    except Exception:
        log.exception("listening failed")
        return Heard("none")


def _answer_one(
    arrival: Arrival, heard: Mapping[int, Heard], conversation: Conversation, services: Services
) -> Reply | None:
    if arrival.damaged:
        log.error("an arrival cannot be read any more", extra={"arrival": arrival.id})
        return _finished(arrival, conversation, _sorry(services))
    incoming = replace(arrival.incoming, heard=heard.get(arrival.id))
    now = services.clock.now()
    pieces: list[Said] = []
    if incoming.kind in PROVES_FOLLOWING:
        conversation.follow(incoming.sent_at, now)
    if heard_as := incoming.fields.get(voice.HEARD):
        pieces.append(voice.repeated(str(heard_as), services))
    else:  # what was heard is a message the platform has granted rights for already
        conversation.ledger.grant(incoming, now)
    pieces += waiting(incoming, conversation, services, now)
    for handler in _handlers(services):
        if handler.wants(incoming):
            pieces += handler.handle(incoming, conversation, services, now)
            break
    first, *rest = messages(pieces, services.render) or [()]
    reply = _finished(arrival, conversation, Reply(first))
    for n, part in enumerate(rest, 2):
        due = now + (n - 1) * LATER_PARTS
        conversation.mailbox.queue(Outgoing("reply_part", f"{arrival.id}:{n}", due, part))
    return reply


def _handlers(services: Services) -> Sequence[ModuleType]:
    """Voices go to the engine, which says how to type them, where nobody listens."""
    return (voice, *HANDLERS) if services.listens else HANDLERS


def _apologise(arrival: Arrival, services: Services) -> Reply | None:
    """Keep a calm answer for a message that could not be served; the session is untouched."""
    with services.conversations.open(arrival.contact_id) as conversation:
        return _finished(arrival, conversation, _sorry(services))


def _finished(arrival: Arrival, conversation: Conversation, reply: Reply) -> Reply | None:
    """Keep the reply; None if it must not be given passively."""
    return reply if conversation.finish(arrival, reply) else None


def _sorry(services: Services) -> Reply:
    return Reply((Said("engine.trouble", services.words.say("engine.trouble")),))


def wake(contact_id: int, kind: str, services: Services) -> bool:
    """Fire a person's due timer: what the conversation says to it leaves by the outbox.

    A timer whose talk fails is gone all the same: it would fail again every second.
    """
    try:
        return _fire(contact_id, kind, services)
    except Busy:
        raise
    except Exception:
        log.exception("timer failed", extra={"contact": contact_id})
    with services.conversations.open(contact_id) as conversation:
        conversation.mailbox.due_timer(kind, services.clock.now())
    return False


def _fire(contact_id: int, kind: str, services: Services) -> bool:
    now = services.clock.now()
    with services.conversations.open(contact_id) as conversation:
        timer = conversation.mailbox.due_timer(kind, now)
        if timer is None:
            return False
        event = Event("timer", name=timer.kind, turn=timer.turn)
        pieces = talk(conversation, services, event, now)
        for n, part in enumerate(messages(pieces, services.render), 1):
            conversation.mailbox.queue(_nudge(timer.turn, n, part, now))
    return True


def _nudge(turn: int, n: int, part: Sequence[Said], now: datetime) -> Outgoing:
    """A nudge is worth nothing the next day: it is dropped rather than shown late."""
    return Outgoing("nudge", f"{turn}:{n}", now, tuple(part), not_after=now + timedelta(hours=18))
