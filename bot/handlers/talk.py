"""Let the engine take a turn with a person, and have done what the turn asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.dialogs.engine.context import (
    Act,
    CancelTimers,
    Context,
    Event,
    SetTimer,
    Speak,
)
from bot.dialogs.engine.session import Session, UnknownVersion
from bot.dialogs.engine.turn import turn
from bot.domain.certificate import Certificate
from bot.domain.reminders import DEFAULT_HOUR, SHANGHAI
from bot.handlers.speech import answered, said
from bot.messages import Incoming, Said
from bot.ports import Conversation, Services, Timer


class Facts(Mapping[str, Any]):
    """What flows may ask about a person, looked up when they do and not before."""

    def __init__(self, sources: Mapping[str, Callable[[], Any]]) -> None:
        self._sources, self._known = sources, dict[str, Any]()

    def __getitem__(self, name: str) -> Any:
        """Return a fact, the same one throughout a turn."""
        if name not in self._known:
            self._known[name] = self._sources[name]()
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        """Name the facts there are."""
        return iter(self._sources)

    def __len__(self) -> int:
        """Count them."""
        return len(self._sources)


def talk(conversation: Conversation, services: Services, event: Event, now: datetime) -> list[Said]:
    """Take one turn: the session is kept, acts are carried out, words are returned."""
    before, lost = _session(conversation.person.session)
    context = Context(
        now=now,
        today=now.astimezone(SHANGHAI).date(),
        catalogue=services.script.catalogue,
        lexicon=services.script.lexicon,
        seed=str(conversation.person.id),
        facts=_facts(conversation, services, before.faq),
    )
    after, effects = turn(services.script.flows, before, event, context)
    if after is not before:
        conversation.keep_session(after.to_json(), after.turn)
    words = [said(Speak("engine.moved_on"), services.words)] if lost else []
    waits = any(isinstance(effect, Speak) and effect.code for effect in effects)
    for effect in effects:
        match effect:
            case Speak(key=key) if key in services.script.goto:
                goto = services.script.goto[key]
                words.append(answered(effect, services.words, goto, waits=waits))
            case Speak():
                words.append(said(effect, services.words))
            case SetTimer(kind, at):
                conversation.mailbox.set_timer(Timer(kind, "", at, after.turn))
            case CancelTimers():
                conversation.mailbox.cancel_timers()
            case Act(name, values):
                _ACTS[name](conversation, now, **values)
    return words


def _facts(conversation: Conversation, services: Services, answered: str) -> Facts:
    person, script = conversation.person, services.script
    return Facts(
        {
            "certificates": conversation.certificates.all,
            "hour": lambda: DEFAULT_HOUR if person.hour is None else person.hour,
            "reminders_on": lambda: person.reminders_on,
            "rulebook": lambda: script.rulebook,
            "authority_of": lambda: script.lexicon.authority_of,
            "consent_link": lambda: services.links("consent", person.openid),
            "answered": lambda: answered,
        }
    )


def _session(stored: str | None) -> tuple[Session, bool]:
    try:
        return Session.from_json(stored), False
    except UnknownVersion:
        return Session(), True


def _save(conversation: Conversation, now: datetime, *, expires_on: str, **values: Any) -> None:
    certificate = Certificate(0, expires_on=date.fromisoformat(expires_on), **values)
    conversation.certificates.save(certificate, now)


def _change(
    conversation: Conversation, now: datetime, *, id: int, expires_on: str, **more: Any
) -> None:
    for certificate in conversation.certificates.all():
        if certificate.id == id:
            changed = replace(certificate, expires_on=date.fromisoformat(expires_on), **more)
            conversation.certificates.save(changed, now)


_ACTS: Mapping[str, Callable[..., object]] = {
    "save_certificate": _save,
    "change_certificate": _change,
    "delete_certificate": lambda c, _now, id: c.certificates.delete(id),
    "mute_certificate": lambda c, now, id, above: c.certificates.mute(id, now, above),
    "choose_hour": lambda c, now, hour: c.certificates.remind_at(hour, now),
    "switch_reminders": lambda c, now, on: c.certificates.switch_reminders(on, now),
    "rate_answer": lambda c, now, intent, useful: c.feedback.rate(intent, useful, now),
    "note_unanswered": lambda c, now, words: c.feedback.unanswered(words, now),
    "ask_human": lambda c, now, reason, words: c.request_human(reason, words, now),
}


def event_of(incoming: Incoming) -> Event:
    """Make a message into an event of the engine."""
    return Event(
        kind=incoming.kind,
        text=incoming.text,
        choice=incoming.choice,
        media=incoming.media_id,
        heard=incoming.heard,
    )
