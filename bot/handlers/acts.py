"""What flows have done: each act in the turn's own transaction, some with an answer."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.domain.agreement import PURPOSES
from bot.domain.application import NotNow
from bot.domain.certificate import Certificate
from bot.domain.form import form
from bot.domain.order import GIVES_BACK, Item
from bot.domain.order import NotNow as OrderNotNow
from bot.domain.photo import Field, PhotoReading
from bot.messages import Said
from bot.ports import Application, Conversation, Photo

log = logging.getLogger(__name__)

Answer = Mapping[str, Any] | None
"""What the world says to an act; a flow that waits for it is told."""

LAST_WEEK = 7
"""Points that remain for a certificate which is being renewed."""


def act(name: str, values: Mapping[str, Any], conversation: Conversation, now: datetime) -> Answer:
    """Carry out one act by name.

    What it was about may be gone, or changed by an operator, since the flow looked: then
    nothing is done, and the flow is told so.
    """
    try:
        answer = _ACTS[name](conversation, now, **values)
    except (LookupError, NotNow, OrderNotNow) as error:
        log.info("%s was not done: %s", name, error)
        return {"not_now": True}
    return answer if isinstance(answer, Mapping) else None


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


def _fill(conversation: Conversation, now: datetime, *, field: str, value: str) -> None:
    application = _current(conversation)
    filled = form({**application.form.to_row(), field: value})
    conversation.applications.fill(filled, now)


def _receive(conversation: Conversation, now: datetime, *, document: str, media: str) -> None:
    payload = json.dumps({"media": media})
    conversation.applications.add_photo(document, "chat", payload, now)


def _confirm(conversation: Conversation, now: datetime, *, photo: int, document: str = "") -> None:
    found = _photo(conversation, photo)
    reading = found.reading or PhotoReading(None)
    conversation.applications.confirm(photo, reading, document or found.document, now)


def _correct(
    conversation: Conversation, _now: datetime, *, photo: int, field: str, value: str | None
) -> None:
    found = _photo(conversation, photo)
    if found.reading is None or not value:
        return
    told = {**found.reading.fields, field: Field(value, 1.0)}
    reading = replace(found.reading, fields=told)
    conversation.applications.correct(photo, reading, found.document)


def _send_code(conversation: Conversation, now: datetime, *, phone: str) -> Answer:
    code, problem = conversation.phone_codes.make(phone, now)
    if code:
        payload = json.dumps({"phone": phone, "code": code})
        conversation.jobs.add("code", f"{now.timestamp():.0f}", payload, now)
    return {"problem": problem}


def _check_code(conversation: Conversation, now: datetime, *, code: str) -> Answer:
    phone = conversation.phone_codes.check(code, now)
    if phone:
        _fill(conversation, now, field="phone", value=phone)
    return {"right": bool(phone)}


def _deed(conversation: Conversation, now: datetime, *, deed: Any) -> None:
    application = _current(conversation)
    conversation.applications.happen(deed, "welder", now)
    if deed == "withdraw":  # that an authority has refused, an operator must have seen
        conversation.orders.give_back(application, GIVES_BACK[deed], now)
    if deed == "file":  # it is being handled: only the last week is worth a word
        for certificate in conversation.certificates.all():
            conversation.certificates.mute(certificate.id, now, LAST_WEEK)


def _order(conversation: Conversation, now: datetime, *, items: Any, nudges: Sequence[str]) -> None:
    said = [Said("payment.nudge", words) for words in nudges]
    conversation.orders.create([Item(*item) for item in items], now, said)


def _invoice(
    conversation: Conversation, now: datetime, *, order: int, title: str, tax_number: str
) -> None:
    conversation.orders.ask_invoice(order, title, tax_number, now)


def _withdraw(conversation: Conversation, now: datetime) -> None:
    """Take back what papers rest on; being reminded rests on another consent."""
    _give_back(conversation, now)
    for purpose in ("identity", "face"):
        conversation.agreements.withdraw(purpose, now)
    conversation.applications.shred(now)


def _give_back(conversation: Conversation, now: datetime) -> None:
    """Give back what he has paid and not had, before nobody knows any more whose it was."""
    application = conversation.applications.current()
    if application is not None:
        conversation.orders.give_back(application, "withdrawn", now)


def _wipe(conversation: Conversation, now: datetime) -> None:
    _give_back(conversation, now)
    for purpose in PURPOSES:
        conversation.agreements.withdraw(purpose, now)
    conversation.wipe(now)


def _current(conversation: Conversation) -> Application:
    application = conversation.applications.current()
    if application is None:
        raise LookupError("there is no application")
    return application


def _photo(conversation: Conversation, photo_id: int) -> Photo:
    for photo in _current(conversation).photos:
        if photo.id == photo_id:
            return photo
    raise LookupError("there is no such photo")


_ACTS: Mapping[str, Callable[..., object]] = {
    "save_certificate": _save,
    "change_certificate": _change,
    "delete_certificate": lambda c, _now, id: c.certificates.delete(id),
    "mute_certificate": lambda c, now, id, above: c.certificates.mute(id, now, above),
    "choose_hour": lambda c, now, hour: c.certificates.remind_at(hour, now),
    "switch_reminders": lambda c, now, on: c.certificates.switch_reminders(on, now),
    "rate_answer": lambda c, now, intent, useful: c.feedback.rate(intent, useful, now),
    "note_unanswered": lambda c, now, words: c.feedback.unanswered(words, now),
    "ask_human": lambda c, now, reason, words: c.request_human(reason, words, now) and None,
    "agree": lambda c, now, purpose, version: c.agreements.give(purpose, version, now),
    "begin_application": lambda c, now: c.applications.begin(now) and None,
    "fill_form": _fill,
    "receive_photo": _receive,
    "skip_paper": lambda c, now, document: c.applications.skip(document, now),
    "confirm_photo": _confirm,
    "correct_photo": _correct,
    "drop_photo": lambda c, _now, photo: c.applications.drop(photo),
    "send_code": _send_code,
    "check_code": _check_code,
    "forget_code": lambda c, _now: c.phone_codes.forget(),
    "real_name_by_person": lambda c, now: c.applications.real_name("person", now),
    "deed": _deed,
    "create_order": _order,
    "cancel_order": lambda c, now: c.orders.close(now),
    "ask_invoice": _invoice,
    "withdraw_agreement": lambda c, now, purpose: c.agreements.withdraw(purpose, now),
    "withdraw_identity": _withdraw,
    "wipe": _wipe,
}

FORGETS = frozenset({"wipe", "withdraw_identity"})
"""Acts after which the talk itself must not be kept: it holds what he answered."""
