"""What is to reach one person later: messages, timers, and what still waits for him."""

from __future__ import annotations

from datetime import date, datetime

from bot.messages import Reply
from bot.ports import Outgoing, Queued, Timer
from bot.store.cipher import Unreadable
from bot.store.contact import Contact
from bot.store.driver import Statement
from bot.store.queued import QUEUED, read_queued
from bot.store.tables import instant, micros

_QUEUE = Statement(
    "INSERT INTO outbox (contact_id, kind, scope, state, due_at, not_after, said)"
    " VALUES (:id, :kind, :scope, 'due', :due_at, :not_after, :said)"
    " ON CONFLICT (contact_id, kind, scope) DO NOTHING"
)
_WAITING = Statement(
    f"{QUEUED} WHERE o.contact_id = :id AND o.state IN ('parked', 'unknown')"
    " ORDER BY o.kind <> 'expiry', o.term, o.id"
)
_BURY = Statement("UPDATE outbox SET state = 'dead', reason = 'unreadable' WHERE id = :row")
# what may have gone out before it was told still counts against the week it went out in
_SHOW = Statement(
    "UPDATE outbox SET state = 'shown', via = 'passive',"
    " settled_at = CASE WHEN state = 'unknown' THEN settled_at ELSE :now END,"
    " reason = CASE WHEN state = 'unknown' THEN 'perhaps_sent' ELSE reason END"
    " WHERE id = :row AND contact_id = :id"
)
# taken back again by a further retry, which is told the same
_TAKE_BACK = Statement(
    "UPDATE outbox SET state = 'shown', via = 'passive', reason = 'retried'"
    " WHERE contact_id = :id AND kind = 'reply_part' AND scope = :scope"
    " AND (state IN ('due', 'parked') OR (state = 'shown' AND reason = 'retried'))"
)
_REPORT = Statement(
    "UPDATE outbox SET state = :state, reason = :reason WHERE contact_id = :id AND via = :via"
    " AND state IN ('sent', 'sending', 'unknown') AND remote_id = :remote_id"
)
# bizsend may answer without a msgid: then the person's last one is meant
_REPORT_LAST = Statement(
    "UPDATE outbox SET state = :state, reason = :reason WHERE id = (SELECT max(id) FROM outbox"
    " WHERE contact_id = :id AND via = :via AND remote_id IS NULL"
    " AND state IN ('sent', 'sending', 'unknown'))"
)
_CANCEL_CERTIFICATE = Statement(
    "UPDATE outbox SET state = 'cancelled', reason = :reason"
    " WHERE contact_id = :id AND certificate_id = :certificate"
    " AND state IN ('due', 'parked') AND point > :above"
)
_CANCEL_FORMER = Statement(
    "UPDATE outbox SET state = 'cancelled', reason = 'date_changed'"
    " WHERE contact_id = :id AND certificate_id = :certificate"
    " AND state IN ('due', 'parked') AND term <> :term"
)
_CANCEL_KINDS = Statement(
    "UPDATE outbox SET state = 'cancelled', reason = :reason"
    " WHERE contact_id = :id AND state IN ('due', 'parked') AND (kind = 'expiry' OR :every = 1)"
)
_COUNT_WAITING = Statement(
    "UPDATE contacts SET waiting = (SELECT count(*) FROM outbox WHERE contact_id = :id"
    " AND (state = 'parked' OR state = 'unknown')) WHERE id = :id"
)
_SET_TIMER = Statement(
    "INSERT INTO timers (contact_id, kind, scope, fire_at, turn)"
    " VALUES (:id, :kind, :scope, :fire_at, :turn) ON CONFLICT (contact_id, kind, scope)"
    " DO UPDATE SET fire_at = excluded.fire_at, turn = excluded.turn"
)
_CANCEL_TIMERS = Statement("DELETE FROM timers WHERE contact_id = :id")
_TAKE_TIMER = Statement(
    "DELETE FROM timers WHERE id = (SELECT id FROM timers WHERE contact_id = :id"
    " AND kind = :kind AND fire_at <= :now ORDER BY fire_at LIMIT 1)"
    " RETURNING scope, fire_at, turn"
)


class StoredMailbox:
    """Implements ``ports.Mailbox``."""

    def __init__(self, contact: Contact) -> None:
        self._contact = contact

    def queue(self, message: Outgoing) -> None:
        """Put a message into the outbox, once per kind and scope."""
        said = Reply(message.said).to_json() if message.said else None
        self._contact.run(
            _QUEUE,
            kind=message.kind,
            scope=message.scope,
            due_at=micros(message.due_at),
            not_after=micros(message.not_after) if message.not_after else None,
            said=said and self._contact.seal(said, "outbox.said"),
        )

    def cancel_reminders(
        self, reason: str, certificate_id: int | None = None, above: int = -2
    ) -> None:
        """Cancel planned reminders, all or of one certificate, at points above some days."""
        if certificate_id is None:
            self._contact.run(_CANCEL_KINDS, reason=reason, every=0)
        else:
            values = {"certificate": certificate_id, "above": above}
            self._contact.run(_CANCEL_CERTIFICATE, reason=reason, **values)
        self.recount()

    def cancel_former(self, certificate_id: int, term: date) -> None:
        """Cancel the planned reminders of other terms of a certificate than its present one."""
        self._contact.run(_CANCEL_FORMER, certificate=certificate_id, term=term.isoformat())
        self.recount()

    def cancel_all(self, reason: str) -> None:
        """Cancel everything planned, of any kind."""
        self._contact.run(_CANCEL_KINDS, reason=reason, every=1)
        self.cancel_timers()

    def waiting(self) -> tuple[Queued, ...]:
        """Return what found no way to him, the most urgent first."""
        if not self._contact.row.waiting:
            return ()
        found: list[Queued] = []
        for row in self._contact.run(_WAITING):
            try:
                found.append(read_queued(row, self._contact.cipher))
            except Unreadable:
                self._contact.run(_BURY, row=row.id)
                self.recount()
        return tuple(found)

    def show(self, message_id: int, now: datetime) -> None:
        """Mark a waiting message as told in this reply."""
        self._contact.run(_SHOW, row=message_id, now=micros(now))
        self.recount()

    def take_back(self, scope: str) -> bool:
        """Take a late answer back, to give it passively; False if it may have left already."""
        taken = bool(self._contact.run(_TAKE_BACK, scope=scope).rowcount)
        self.recount()
        return taken

    def report(self, via: str, remote_id: str, ok: bool, reason: str) -> None:
        """Write down what the platform reported about a template or subscription message."""
        values = {"via": via, "reason": reason, "state": "sent" if ok else "parked"}
        known = self._contact.run(_REPORT, remote_id=remote_id, **values).rowcount
        if not known and via == "subscription":
            self._contact.run(_REPORT_LAST, **values)
        self.recount()

    def recount(self) -> None:
        """Count anew what waits for him: a turn looks only when there is something."""
        self._contact.run(_COUNT_WAITING)

    def set_timer(self, timer: Timer) -> None:
        """Set or replace the timer of this kind and scope."""
        self._contact.run(
            _SET_TIMER,
            kind=timer.kind,
            scope=timer.scope,
            fire_at=micros(timer.fire_at),
            turn=timer.turn,
        )

    def cancel_timers(self) -> None:
        """Cancel his timers."""
        self._contact.run(_CANCEL_TIMERS)

    def due_timer(self, kind: str, now: datetime) -> Timer | None:
        """Take his due timer of this kind: it is gone with this transaction."""
        row = self._contact.run(_TAKE_TIMER, kind=kind, now=micros(now)).one_or_none()
        return Timer(kind, row.scope, instant(row.fire_at), row.turn) if row else None
