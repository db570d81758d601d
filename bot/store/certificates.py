"""One person's certificates, and when he wants to be reminded of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from bot.domain import reminders
from bot.domain.certificate import Certificate
from bot.store import planning
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
_TERMS = Statement("SELECT id, expires_on FROM certificates WHERE contact_id = :id")
_PLANNED = Statement(
    "SELECT id, due_at FROM outbox WHERE contact_id = :id AND kind = 'expiry' AND state = 'due'"
)
_MOVE = Statement("UPDATE outbox SET due_at = :due WHERE id = :row")
_SWITCH = Statement("UPDATE contacts SET reminders_on = :on WHERE id = :id")


class StoredCertificates:
    """Implements ``ports.Certificates``."""

    def __init__(self, contact: Contact, mailbox: StoredMailbox) -> None:
        self._contact, self._mailbox = contact, mailbox
        self._hour: int | None = contact.row.hour

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
            self._mailbox.cancel_former(certificate.id, certificate.expires_on)
        else:
            added = self._contact.run(_ADD, now=micros(now), **values).scalar_one()
            certificate = replace(certificate, id=added)
        today = now.astimezone(reminders.SHANGHAI).date()
        if reminders.point_day(certificate.expires_on, reminders.DAY_AFTER) >= today:
            # who saves a date longer past has asked about it a moment ago
            self._owe(certificate.id, certificate.expires_on, now)
        return certificate

    def _owe(self, certificate_id: int, term: date, now: datetime) -> None:
        planning.owe(self._contact.connection, certificate_id, term, now, self._hour)

    def owe_missed(self, now: datetime) -> None:
        """Owe for each certificate the latest point it has reached, unless he was told."""
        for row in self._contact.run(_TERMS).all():
            self._owe(row.id, date.fromisoformat(row.expires_on), now)

    def delete(self, certificate_id: int) -> None:
        """Forget a certificate and cancel what was planned for it."""
        self._mailbox.cancel_reminders("deleted", certificate_id)
        self._contact.run(_DELETE, certificate=certificate_id)

    def mute(self, certificate_id: int, now: datetime, above: int = -2) -> None:
        """Stop the reminders of one certificate at points of more than ``above`` days."""
        self._contact.run(_MUTE, certificate=certificate_id, above=above)
        self._mailbox.cancel_reminders("muted", certificate_id, above)
        self.owe_missed(now)

    def remind_at(self, hour: int, now: datetime) -> None:
        """Keep the hour at which he wants to be reminded, and move what is still to come."""
        self._contact.run(_HOUR, hour=hour)
        self._hour = hour
        for row in self._contact.run(_PLANNED).all():
            day = instant(row.due_at).astimezone(reminders.SHANGHAI).date()
            if (due := reminders.due_at(day, hour)) > now:
                self._contact.run(_MOVE, row=row.id, due=micros(due))

    def switch_reminders(self, on: bool, now: datetime) -> None:
        """Stop all reminders, or allow them again and owe what was missed meanwhile."""
        self._contact.run(_SWITCH, on=int(on))
        if on:
            self.owe_missed(now)
        else:
            self._mailbox.cancel_reminders("reminders_off")
