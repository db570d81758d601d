"""``weldmate reach``: what this person will get next, by which way, and why not the rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.domain import reach, reminders
from bot.ports import Queued
from bot.scheduler.run import make_sender
from bot.wiring import House


def report(house: House, openid: str) -> Iterator[str]:
    """Yield the report line by line."""
    services = house.services
    now = services.clock.now()
    rows = services.outbox.history(openid)
    contact = house.conversations.find(openid)
    if contact is None:
        yield "nobody is known by this openid"
        return
    with services.conversations.open(contact) as conversation:
        person = conversation.person
        rights = make_sender(house).configured(conversation.ledger.rights(now))
        certificates = conversation.certificates.all()
    yield f"following: {'yes' if person.followed else 'no'}"
    yield f"reminders: {'on' if person.reminders_on else 'off'}, hour {_hour(person.hour)}"
    yield f"customer service now: {rights.service(now)} of 5, consents held: {rights.consents}"
    for row in rows:
        yield _row(row)
    today = now.astimezone(reminders.SHANGHAI).date()
    for certificate in certificates:
        yield f"certificate {certificate.id}, expires {certificate.expires_on}: to come"
        points = reminders.upcoming(certificate.expires_on, today, person.hour)
        for line in reach.forecast(rights, points):
            yield f"  {_local(line.at)}  {line.point:>4} days  {_decision(line.decision)}"


def _hour(hour: int | None) -> int:
    return reminders.DEFAULT_HOUR if hour is None else hour


def _row(row: Queued) -> str:
    what = f"{row.message.kind} {row.message.point if row.message.point is not None else ''}"
    how = f"by {row.via}" if row.via else ""
    why = f"({row.reason})" if row.reason else ""
    return f"{_local(row.message.due_at)}  {what.strip():<12} {row.state} {how} {why}".rstrip()


def _decision(decision: reach.Decision) -> str:
    match decision:
        case reach.Send(way):
            return f"by {way}"
        case reach.Wait(until, reason):
            return f"waits until {_local(until)} ({reason})"
        case reach.Park(reason):
            return f"shown at the next contact ({reason})"
        case reach.Drop(reason):
            return f"not sent ({reason})"


def _local(instant: datetime) -> str:
    return instant.astimezone(reminders.SHANGHAI).strftime("%Y-%m-%d %H:%M")
