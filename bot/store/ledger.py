"""What WeChat lets us send to one person: booked when it grants, read before we send."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.domain import reach, reminders
from bot.messages import Incoming
from bot.store.contact import Contact
from bot.store.driver import Statement
from bot.store.tables import instant, micros

_CONSENTS = Statement(
    "SELECT granted - used FROM consents WHERE contact_id = :id AND template = :template"
)
_CONSENT = Statement(
    "INSERT INTO consents (contact_id, template, granted) VALUES (:id, :template, 1)"
    " ON CONFLICT (contact_id, template) DO UPDATE SET granted = consents.granted + 1"
)
_REFUSE = Statement(
    "UPDATE consents SET granted = used WHERE contact_id = :id AND template = :template"
)
_UNASKED = Statement(
    "SELECT count(*) FROM outbox WHERE contact_id = :id AND kind IN ('nudge', 'expiry', 'notice')"
    " AND settled_at >= :since"
    " AND (state IN ('sent', 'unknown') OR (state = 'shown' AND reason = 'perhaps_sent'))"
)
_DUE = Statement(
    "SELECT count(*) FROM outbox WHERE contact_id = :id AND kind = 'expiry' AND state = 'due'"
    " AND due_at <= :until"
)
_TERMS = Statement(
    "SELECT expires_on, status, muted_above FROM certificates WHERE contact_id = :id"
)


class StoredLedger:
    """Implements ``ports.Ledger``."""

    def __init__(self, contact: Contact, template: str) -> None:
        self._contact, self._template = contact, template

    def rights(self, now: datetime) -> reach.Rights:
        """Return what may be sent to him now, by which way."""
        contact, row = self._contact, self._contact.row
        held = contact.run(_CONSENTS, template=self._template).scalar_one_or_none()
        since = micros(reach.week_began(now))
        return reach.Rights(
            followed=bool(row.followed),
            service_left=row.service_left,
            service_until=instant(row.service_until),
            tap_left=row.tap_left,
            tap_until=instant(row.tap_until),
            consents=held or 0,
            closed=frozenset(filter(None, row.closed.split(","))),
            unasked_this_week=contact.run(_UNASKED, since=since).scalar_one(),
            hour=row.hour,
            reminders_on=bool(row.reminders_on),
            reserved=self._reserved(now) if row.reminders_on else 0,
        )

    def _reserved(self, now: datetime) -> int:
        """Count the reminders that wait or will be owed within a week from now."""
        tomorrow = now.astimezone(reminders.SHANGHAI).date() + timedelta(days=1)
        until = now + reach.WEEK
        coming = (
            reminders.upcoming(
                date.fromisoformat(row.expires_on),
                tomorrow,
                self._contact.row.hour,
                row.muted_above,
            )
            for row in self._contact.run(_TERMS)
            if row.status in reminders.REMINDED
        )
        due: int = self._contact.run(_DUE, until=micros(until)).scalar_one()
        return due + sum(at <= until for points in coming for _, at in points)

    def grant(self, incoming: Incoming, now: datetime) -> None:
        """Book what the platform allows after this message or event (wechat.md 2.1)."""
        granted = reach.grant_after(incoming.kind, incoming.choice is not None, now)
        if granted.service_until is not None:
            self._contact.change(
                service_left=granted.service_left, service_until=micros(granted.service_until)
            )
        if granted.tap_until is not None:
            self._contact.change(tap_left=granted.tap_left, tap_until=micros(granted.tap_until))
        if granted.service_until or granted.tap_until:
            still = filter(None, self._contact.row.closed.split(","))
            closed = "".join(f"{way}," for way in still if way not in reach.OPEN_TO_FOLLOWERS)
            self._contact.change(closed=closed)

    def consent(self, template: str, accepted: bool) -> None:
        """Book one subscription consent, or a refusal, for a template id."""
        self._contact.run(_CONSENT if accepted else _REFUSE, template=template)
