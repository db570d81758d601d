"""One person's certificates, and when he wants to be reminded of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain import reminders
from bot.domain.certificate import Certificate
from bot.ports import Outgoing
from bot.store.contact import Contact
from bot.store.driver import Statement
from bot.store.mailbox import StoredMailbox
from bot.store.queued import read_certificate
from bot.store.tables import instant, micros

_ALL = Statement("SELECT * FROM certificates WHERE contact_id = :id ORDER BY expires_on, id")
_ADD = Statement(
    "INSERT INTO certificates (contact_id, authority, number, expires_on, status, created_at)"
    " VALUES (:id, :authority, :number, :expires_on, :status, :now) RETURNING id"
)
_CHANGE = Statement(
    "UPDATE certificates SET authority = :authority, number = :number, status = :status,"
    " expires_on = :expires_on, muted_above = NULL"
    " WHERE id = :certificate AND contact_id = :id"
)
_DELETE = Statement("DELETE FROM certificates WHERE id = :certificate AND contact_id = :id")
_MUTE = Statement(
    "UPDATE certificates SET muted_above = :above WHERE id = :certificate AND contact_id = :id"
)
_HOUR = Statement("UPDATE contacts SET hour = :hour WHERE id = :id")
_PLANNED = Statement(
    "SELECT id, due_at FROM outbox WHERE contact_id = :id AND kind = 'expiry' AND state = 'due'"
)
_MOVE = Statement("UPDATE outbox SET due_at = :due WHERE id = :row")
_SWITCH = Statement("UPDATE contacts SET reminders_on = :on WHERE id = :id")


class StoredCertificates:
    """Implements ``ports.Certificates``."""

    def __init__(self, contact: Contact, mailbox: StoredMailbox) -> None:
        self._contact, self._mailbox = contact, mailbox

    def all(self) -> tuple[Certificate, ...]:
        """Return his certificates, the nearest expiry first."""
        contact = self._contact
        return tuple(read_certificate(row, contact.cipher) for row in contact.run(_ALL))

    def save(self, certificate: Certificate, now: datetime) -> Certificate:
        """Add or change a certificate and re-plan its reminders in this transaction."""
        values = {
            "authority": certificate.authority,
            "number": self._contact.seal(certificate.number, "certificates.number"),
            "expires_on": certificate.expires_on.isoformat(),
            "status": certificate.status,
        }
        if certificate.id:
            self._contact.run(_CHANGE, certificate=certificate.id, **values)
            self._mailbox.cancel_reminders("date_changed", certificate.id)
        else:
            added = self._contact.run(_ADD, now=micros(now), **values).scalar_one()
            certificate = replace(certificate, id=added)
        self._owe_missed(certificate, now)
        return certificate

    def _owe_missed(self, certificate: Certificate, now: datetime) -> None:
        today = now.astimezone(reminders.SHANGHAI).date()
        point = reminders.latest_missed(certificate.expires_on, today)
        if point is None or not self._contact.row.reminders_on:
            return
        scope = f"{certificate.id}:{certificate.expires_on.isoformat()}:{point}"
        due = reminders.due_at(today + timedelta(days=1), self._contact.row.hour)
        self._mailbox.queue(
            Outgoing("expiry", scope, due, certificate_id=certificate.id, point=point)
        )

    def delete(self, certificate_id: int) -> None:
        """Forget a certificate and cancel what was planned for it."""
        self._mailbox.cancel_reminders("deleted", certificate_id)
        self._contact.run(_DELETE, certificate=certificate_id)

    def mute(self, certificate_id: int, above: int = -2) -> None:
        """Stop the reminders of one certificate at points of more than ``above`` days."""
        self._contact.run(_MUTE, certificate=certificate_id, above=above)
        self._mailbox.cancel_reminders("muted", certificate_id, above)

    def remind_at(self, hour: int) -> None:
        """Keep the hour of day at which he wants to be reminded, and move what is planned."""
        self._contact.run(_HOUR, hour=hour)
        for row in self._contact.run(_PLANNED):
            day = instant(row.due_at).astimezone(reminders.SHANGHAI).date()
            self._contact.run(_MOVE, row=row.id, due=micros(reminders.due_at(day, hour)))

    def switch_reminders(self, on: bool) -> None:
        """Stop all reminders, or allow them again."""
        self._contact.run(_SWITCH, on=int(on))
        if not on:
            self._mailbox.cancel_reminders("reminders_off")
