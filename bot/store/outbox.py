"""The outbox: rows are the truth, whoever sends is only hands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from bot.domain import reach, reminders
from bot.ports import Backlog, Delivery, Queued
from bot.store import planning
from bot.store.cipher import Cipher
from bot.store.conversation import StoredConversation
from bot.store.conversations import StoredConversations
from bot.store.database import Database, real_now
from bot.store.driver import Connection, Statement
from bot.store.queued import QUEUED, read_queued
from bot.store.tables import instant, micros

LEASE_S = 15
"""Real seconds a taker has for one send: connect, read and one retry fit in."""

SAME_KEY_S = 600
"""A template may be sent again under the same client_msg_id for ten minutes (2.2)."""

_DUE = Statement(
    "SELECT min(id) FROM outbox WHERE state = 'due' AND due_at <= :now"
    " GROUP BY contact_id ORDER BY min(due_at) LIMIT :most"
)
_TIMERS = Statement(
    "SELECT contact_id, kind FROM timers WHERE fire_at <= :now ORDER BY fire_at LIMIT :most"
)
_CONTACT = Statement("SELECT contact_id FROM outbox WHERE id = :id AND state = 'due'")
_ONE = Statement(f"{QUEUED} WHERE o.id = :id AND o.state = 'due' AND o.due_at <= :now")
_EARLIER = Statement(
    "SELECT count(*) FROM outbox WHERE contact_id = :contact AND id < :id"
    " AND (state = 'sending' OR (state = 'due' AND due_at <= :now))"
)
_CLAIM = Statement(
    "UPDATE outbox SET state = 'sending', via = :via, tries = tries + 1, reason = '',"
    " claimed_until = :until WHERE id = :id AND state = 'due'"
)
_LATER = Statement("UPDATE outbox SET due_at = :due, reason = :reason WHERE id = :id")
_END = Statement(
    "UPDATE outbox SET state = :state, reason = :reason, settled_at = :now WHERE id = :id"
)
_SETTLE = Statement(
    "UPDATE outbox SET state = :state, reason = :reason, remote_id = :remote_id,"
    " settled_at = :now, claimed_until = NULL, due_at = :due WHERE id = :id"
    " AND state = 'sending'"
)
_SPEND_TAP = Statement(
    "UPDATE contacts SET tap_left = tap_left - 1"
    " WHERE id = :contact AND tap_left > 0 AND tap_until > :now"
)
_SPEND_WINDOW = Statement(
    "UPDATE contacts SET service_left = service_left - 1"
    " WHERE id = :contact AND service_left > 0 AND service_until > :now"
)
_SPEND_CONSENT = Statement(
    "UPDATE consents SET used = used + 1"
    " WHERE contact_id = :contact AND template = :template AND granted > used"
)
_NO_CONSENT = Statement("UPDATE consents SET granted = used WHERE contact_id = :contact")
_NO_SERVICE = Statement("UPDATE contacts SET service_left = 0, tap_left = 0 WHERE id = :contact")
_CLOSE = Statement(
    "UPDATE contacts SET closed = closed || :way WHERE id = :contact"
    " AND ',' || closed || ',' NOT LIKE :like"
)
_WAITING = Statement(
    "UPDATE contacts SET waiting = (SELECT count(*) FROM outbox WHERE contact_id = :contact"
    " AND state IN ('parked', 'unknown')) WHERE id = :contact"
)
_ABANDONED = Statement(
    "SELECT id, contact_id, via, claimed_until FROM outbox"
    " WHERE state = 'sending' AND claimed_until < :real"
)
_PURGE = Statement("DELETE FROM contacts WHERE followed = 0 AND purge_at <= :now")
_PENDING = Statement(
    "SELECT (SELECT count(*) FROM outbox WHERE state = 'due' AND due_at <= :now)"
    " + (SELECT count(*) FROM outbox WHERE state = 'sending')"
    " + (SELECT count(*) FROM timers WHERE fire_at <= :now)"
    " + (SELECT count(*) FROM arrivals WHERE done_at IS NULL)"
    " + (SELECT count(*) FROM contacts WHERE followed = 0 AND purge_at <= :now)"
)
_NEXT_DUE = Statement(
    "SELECT min(at) FROM (SELECT min(due_at) AS at FROM outbox WHERE state = 'due'"
    " AND due_at > :now UNION ALL SELECT min(fire_at) FROM timers WHERE fire_at > :now"
    " UNION ALL SELECT min(purge_at) FROM contacts WHERE followed = 0 AND purge_at > :now) x"
)
_NEXT_REMINDER = Statement(
    "SELECT min(due_at) FROM outbox WHERE state = 'due' AND kind = 'expiry' AND due_at > :now"
)
_NEXT_EXPIRY = Statement("SELECT min(expires_on) FROM certificates WHERE expires_on > :after")
_HISTORY = Statement(f"{QUEUED} WHERE p.openid = :openid ORDER BY o.id")


class StoredOutbox:
    """Implements ``ports.Outbox``."""

    def __init__(
        self,
        database: Database,
        cipher: Cipher,
        conversations: StoredConversations,
        consent_template: str = "",
    ) -> None:
        self._database, self._cipher = database, cipher
        self._conversations = conversations
        self._template = consent_template

    def plan(self, today: date, now: datetime) -> int:
        """Insert what is owed today, or on days the clock missed; return how many are new."""
        with self._database.write() as connection:
            return planning.plan(connection, today, now)

    def due(self, now: datetime, limit: int = 500) -> Sequence[int]:
        """Return ids of messages due now, one per person, the first in his order."""
        with self._database.read() as connection:
            rows = connection.execute(_DUE, {"now": micros(now), "most": limit})
            return [int(id_) for id_ in rows.scalars()]

    def due_timers(self, now: datetime, limit: int = 500) -> Sequence[tuple[int, str]]:
        """Return (contact, kind) of timers due now."""
        with self._database.read() as connection:
            rows = connection.execute(_TIMERS, {"now": micros(now), "most": limit})
            return [(row.contact_id, row.kind) for row in rows]

    def take(
        self,
        message_id: int,
        now: datetime,
        decide: Callable[[reach.Message, reach.Rights], reach.Decision],
    ) -> Queued | None:
        """Claim a due row under the person's lock, and spend the right ``decide`` chose."""
        with self._database.read() as connection:
            contact = connection.execute(_CONTACT, {"id": message_id}).scalar_one_or_none()
        if contact is None:
            return None
        with self._conversations.open(contact) as conversation:
            return self._take(conversation, message_id, now, decide)

    def _take(
        self,
        conversation: StoredConversation,
        message_id: int,
        now: datetime,
        decide: Callable[[reach.Message, reach.Rights], reach.Decision],
    ) -> Queued | None:
        connection, contact = conversation.connection, conversation.person.id
        planning.supersede_of(connection, contact, now)
        row = connection.execute(_ONE, {"id": message_id, "now": micros(now)}).one_or_none()
        if row is None:
            return None
        earlier = {"contact": contact, "id": message_id, "now": micros(now)}
        if connection.execute(_EARLIER, earlier).scalar_one():
            return None
        queued = read_queued(row, self._cipher)
        message = queued.message
        wish = reach.Message(message.kind, message.point, message.not_after)
        decision = decide(wish, conversation.rights(now))
        match decision:
            case reach.Send(way):
                if not self._spend(connection, contact, way, now):
                    self._end(connection, contact, message_id, "parked", "no_right", now)
                    return None
                lease = real_now() + LEASE_S * 1_000_000
                claim = {"id": message_id, "via": way, "until": lease}
                connection.execute(_CLAIM, claim)
                return read_queued(connection.execute(_ANY, {"id": message_id}).one(), self._cipher)
            case reach.Wait(until, reason):
                connection.execute(
                    _LATER, {"due": micros(until), "reason": reason, "id": message_id}
                )
            case reach.Park(reason):
                self._end(connection, contact, message_id, "parked", reason, now)
            case reach.Drop(reason):
                self._end(connection, contact, message_id, "dead", reason, now)
        return None

    def _spend(self, connection: Connection, contact: int, way: str, now: datetime) -> bool:
        values = {"contact": contact, "now": micros(now)}
        if way == "service":
            spent = connection.execute(_SPEND_TAP, values).rowcount
            return bool(spent or connection.execute(_SPEND_WINDOW, values).rowcount)
        if way == "subscription":
            consent = {"contact": contact, "template": self._template}
            return bool(connection.execute(_SPEND_CONSENT, consent).rowcount)
        return True

    def _end(
        self,
        connection: Connection,
        contact: int,
        message_id: int,
        state: str,
        reason: str,
        now: datetime,
    ) -> None:
        values = {"state": state, "reason": reason, "now": micros(now), "id": message_id}
        connection.execute(_END, values)
        connection.execute(_WAITING, {"contact": contact})

    def settle(self, message_id: int, delivery: Delivery, now: datetime) -> None:
        """Write down how the send of a taken row ended."""
        with self._database.write() as connection:
            row = connection.execute(_ANY, {"id": message_id}).one_or_none()
            if row is None:
                return
            due = delivery.retry_at or instant(row.due_at)
            connection.execute(
                _SETTLE,
                {
                    "id": message_id,
                    "state": "due" if delivery.retry_at else delivery.state,
                    "reason": delivery.reason,
                    "remote_id": delivery.remote_id or None,
                    "due": micros(due),
                    "now": micros(now),
                },
            )
            self._close(connection, row.contact_id, delivery.stops)
            connection.execute(_WAITING, {"contact": row.contact_id})

    def _close(self, connection: Connection, contact: int, way: str) -> None:
        """Believe the platform: what it refused is not there, whatever the ledger says."""
        if way == "service":
            connection.execute(_NO_SERVICE, {"contact": contact})
        elif way == "subscription":
            connection.execute(_NO_CONSENT, {"contact": contact})
        elif way:
            values = {"contact": contact, "way": f"{way},", "like": f"%,{way},%"}
            connection.execute(_CLOSE, values)

    def recover(self, now: datetime) -> int:
        """Free rows whose taker died: those that may have gone out become unknown."""
        with self._database.read() as connection:
            abandoned = connection.execute(_ABANDONED, {"real": real_now()}).all()
        for row in abandoned:
            real = real_now()
            began = row.claimed_until - LEASE_S * 1_000_000
            if row.via == "template" and real - began < SAME_KEY_S * 1_000_000:
                outcome = Delivery("due", "taker_died", retry_at=now)
            else:
                outcome = Delivery("unknown", "taker_died")
            self.settle(row.id, outcome, now)
        return len(abandoned)

    def forget(self, now: datetime) -> int:
        """Purge people whose grace period after unfollowing is over; return how many."""
        with self._database.write() as connection:
            return connection.execute(_PURGE, {"now": micros(now)}).rowcount

    def backlog(self, now: datetime) -> Backlog:
        """Count what is still to be done at ``now`` (also points not yet planned)."""
        values = {"now": micros(now)}
        today = now.astimezone(reminders.SHANGHAI).date()
        with self._database.read() as connection:
            pending = connection.execute(_PENDING, values).scalar_one()
            pending += planning.unplanned(connection, today)
            due = connection.execute(_NEXT_DUE, values).scalar_one()
            reminder = connection.execute(_NEXT_REMINDER, values).scalar_one()
            planned = self._next_point(connection, today)
        owed_at = reminders.due_at(planned, 0) if planned else None
        told_at = reminders.due_at(planned, None) if planned else None
        dues = [at for at in (instant(due) if due else None, owed_at) if at]
        tellings = [at for at in (instant(reminder) if reminder else None, told_at) if at]
        return Backlog(pending, min(dues, default=None), min(tellings, default=None))

    def _next_point(self, connection: Connection, today: date) -> date | None:
        """Return the next day on which a point is owed."""
        days: list[date] = []
        for point in reminders.POINTS:
            after = (today + timedelta(days=point)).isoformat()
            found = connection.execute(_NEXT_EXPIRY, {"after": after}).scalar_one()
            if found:
                days.append(reminders.point_day(date.fromisoformat(found), point))
        return min(days, default=None)

    def history(self, openid: str) -> Sequence[Queued]:
        """Return every row of a person, oldest first, for ``weldmate reach``."""
        with self._database.read() as connection:
            rows = connection.execute(_HISTORY, {"openid": openid})
            return [read_queued(row, self._cipher) for row in rows]


_ANY = Statement(f"{QUEUED} WHERE o.id = :id")
