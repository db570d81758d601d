"""Let the engine take a turn with a person, and have done what the turn asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
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
from bot.dialogs.engine.session import Session, UnknownVersion
from bot.dialogs.engine.turn import turn
from bot.domain.certificate import Certificate
from bot.domain.reminders import DEFAULT_HOUR, SHANGHAI
from bot.handlers.speech import said
from bot.messages import Incoming, Said
from bot.ports import Conversation, Services, Timer


def talk(conversation: Conversation, services: Services, event: Event, now: datetime) -> list[Said]:
    """Take one turn: the session is kept, acts are carried out, words are returned."""
    person = conversation.person
    before, lost = _session(person.session)
    certificates = conversation.certificates()
    context = Context(
        now=now,
        today=now.astimezone(SHANGHAI).date(),
        catalogue=services.script.catalogue,
        lexicon=services.script.lexicon,
        seed=str(person.id),
        facts={
            "certificates": certificates,
            "hour": DEFAULT_HOUR if person.hour is None else person.hour,
            "reminders_on": person.reminders_on,
            "rulebook": services.script.rulebook,
            "authority_of": services.script.lexicon.authority_of,
            "consent_link": services.links("consent", person.openid),
        },
    )
    after, effects = turn(services.script.flows, before, event, context)
    if after is not before:
        conversation.keep_session(after.to_json(), after.turn)
    spoken = [Speak("engine.moved_on")] if lost else []
    words = [said(speak, services.words) for speak in spoken]
    return words + _carry_out(conversation, services, effects, after.turn, certificates, now)


def _session(stored: str | None) -> tuple[Session, bool]:
    try:
        return Session.from_json(stored), False
    except UnknownVersion:
        return Session(), True


def _carry_out(
    conversation: Conversation,
    services: Services,
    effects: list[Effect],
    at_turn: int,
    certificates: tuple[Certificate, ...],
    now: datetime,
) -> list[Said]:
    words: list[Said] = []
    for effect in effects:
        match effect:
            case Speak():
                words.append(said(effect, services.words))
            case SetTimer(kind, at):
                conversation.set_timer(Timer(kind, "", at, at_turn))
            case CancelTimers():
                conversation.cancel_timers()
            case Act(name, values):
                _ACTS[name](conversation, dict(values), certificates, now)
    return words


def _save(
    conversation: Conversation,
    values: dict[str, Any],
    _certificates: tuple[Certificate, ...],
    now: datetime,
) -> None:
    expires_on = date.fromisoformat(values.pop("expires_on"))
    conversation.save_certificate(Certificate(0, expires_on=expires_on, **values), now)


def _change(
    conversation: Conversation,
    values: dict[str, Any],
    certificates: tuple[Certificate, ...],
    now: datetime,
) -> None:
    expires_on = date.fromisoformat(values["expires_on"])
    for certificate in certificates:
        if certificate.id == values["id"]:
            conversation.save_certificate(replace(certificate, expires_on=expires_on), now)


def _delete(
    conversation: Conversation,
    values: dict[str, Any],
    _certificates: tuple[Certificate, ...],
    now: datetime,
) -> None:
    conversation.delete_certificate(values["id"], now)


def _mute(
    conversation: Conversation,
    values: dict[str, Any],
    _certificates: tuple[Certificate, ...],
    _now: datetime,
) -> None:
    conversation.mute_certificate(values["id"], values["above"])


def _choose_hour(
    conversation: Conversation,
    values: dict[str, Any],
    _certificates: tuple[Certificate, ...],
    _now: datetime,
) -> None:
    conversation.choose_hour(values["hour"])


def _switch(
    conversation: Conversation,
    values: dict[str, Any],
    _certificates: tuple[Certificate, ...],
    _now: datetime,
) -> None:
    conversation.switch_reminders(values["on"])


def _ask_human(
    conversation: Conversation,
    values: dict[str, Any],
    _certificates: tuple[Certificate, ...],
    now: datetime,
) -> None:
    conversation.request_human(values["reason"], values["words"], now)


_ACTS = {
    "save_certificate": _save,
    "change_certificate": _change,
    "delete_certificate": _delete,
    "mute_certificate": _mute,
    "choose_hour": _choose_hour,
    "switch_reminders": _switch,
    "ask_human": _ask_human,
}


def event_of(incoming: Incoming) -> Event:
    """Make a message into an event of the engine."""
    return Event(
        kind=incoming.kind,
        text=incoming.text,
        choice=incoming.choice,
        media=incoming.media_id,
    )
