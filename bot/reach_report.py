"""``weldmate reach``: what this person will get next, by which way, and why not the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from bot.domain import reach, reminders
from bot.domain.certificate import Certificate
from bot.ports import Person, Queued
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
    coming = sorted([*_owed(rows, now), *_to_be_owed(certificates, rows, person, now)])
    wanted = [told for told in coming if not told.why_not]
    forecast = reach.forecast(rights, tuple((told.point, told.at) for told in wanted))
    decisions = {told: line.decision for told, line in zip(wanted, forecast, strict=True)}
    for certificate in certificates:
        yield f"certificate {certificate.id}, expires {certificate.expires_on}: to come"
        for told in coming:
            if told.certificate_id == certificate.id:
                how = f"not sent ({told.why_not})" if told.why_not else _decision(decisions[told])
                yield f"  {_local(told.at)}  {told.point:>4} days  {how}"


class Coming(NamedTuple):
    """A reminder to come; the nearest deadline first among those of one instant."""

    at: datetime
    term: date
    certificate_id: int
    point: int
    why_not: str = ""


def _owed(rows: Sequence[Queued], now: datetime) -> Iterator[Coming]:
    """Yield what is owed and not told yet."""
    for row in rows:
        told = row.message
        if row.state == "due" and row.certificate and told.point is not None and told.term:
            yield Coming(max(told.due_at, now), told.term, row.certificate.id, told.point)


def _to_be_owed(
    certificates: Sequence[Certificate], rows: Sequence[Queued], person: Person, now: datetime
) -> Iterator[Coming]:
    """Yield the points of today and later that are not owed yet, and why some never will be."""
    today = now.astimezone(reminders.SHANGHAI).date()
    known = {
        (row.message.certificate_id, row.message.term, row.message.point)
        for row in rows
        if row.state != "cancelled"
    }
    for certificate in certificates:
        term = certificate.expires_on
        for point, at in reminders.upcoming(term, today, person.hour):
            if (certificate.id, term, point) not in known:
                yield Coming(
                    max(at, now), term, certificate.id, point, _why_not(certificate, point)
                )


def _why_not(certificate: Certificate, point: int) -> str:
    if certificate.status not in reminders.REMINDED:
        return f"certificate {certificate.status}"
    above = certificate.muted_above
    return "muted" if above is not None and point > above else ""


def _hour(hour: int | None) -> int:
    return reminders.DEFAULT_HOUR if hour is None else hour


def _row(row: Queued) -> str:
    message = row.message
    what = message.kind if message.term is None else f"expiry {message.point} of {message.term}"
    how = f"by {row.via}" if row.via else ""
    why = f"({row.reason})" if row.reason else ""
    return f"{_local(message.due_at)}  {what} {row.state} {how} {why}".rstrip()


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
