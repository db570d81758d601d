"""Claiming one row of the outbox: the choice of its way, the right it spends, how it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain import reach
from bot.ports import Delivery, Queued
from bot.store import planning
from bot.store.conversation import StoredConversation
from bot.store.database import real_now
from bot.store.driver import Connection, Result, Statement
from bot.store.queued import ORDER, QUEUED, read_queued
from bot.store.tables import micros

LEASE_S = 15
"""Real seconds a taker has for one send: connect, read and one retry fit in."""

Decide = Callable[[reach.Message, reach.Rights], reach.Decision]

_ONE = Statement(f"{QUEUED} WHERE o.id = :row AND o.state = 'due' AND o.due_at <= :now")
_CLAIMED = Statement(f"{QUEUED} WHERE o.id = :row")
# when he may be told something else, if a message that goes before this one is not told yet;
# 0 while one is on its way. A reminder that had to wait holds back what comes after it.
_HELD = Statement(
    "SELECT min(CASE state WHEN 'sending' THEN 0 ELSE due_at END) FROM outbox o"
    " WHERE contact_id = :id AND (state = 'sending' OR (state = 'due'"
    " AND (due_at <= :now OR (kind = 'expiry' AND reason <> ''))"
    f" AND ({ORDER}) < (SELECT {ORDER} FROM outbox WHERE id = :row)))"
)
_CLAIM = Statement(
    "UPDATE outbox SET state = 'sending', via = :via, tries = tries + 1, reason = '',"
    " claimed_until = :until WHERE id = :row AND state = 'due'"
)
_LATER = Statement("UPDATE outbox SET due_at = :due, reason = :reason WHERE id = :row")
_END = Statement(
    "UPDATE outbox SET state = :state, reason = :reason, settled_at = :now WHERE id = :row"
)
_SETTLE = Statement(
    "UPDATE outbox SET state = :state, reason = :reason, remote_id = :remote_id,"
    " settled_at = :now, claimed_until = NULL, due_at = COALESCE(:due, due_at)"
    " WHERE id = :row AND state = 'sending'"
)
_SPEND_TAP = Statement(
    "UPDATE contacts SET tap_left = tap_left - 1"
    " WHERE id = :id AND tap_left > 0 AND tap_until > :now"
)
_SPEND_WINDOW = Statement(
    "UPDATE contacts SET service_left = service_left - 1"
    " WHERE id = :id AND service_left > 0 AND service_until > :now"
)
_SPEND_CONSENT = Statement(
    "UPDATE consents SET used = used + 1"
    " WHERE contact_id = :id AND template = :template AND granted > used"
)
_NO_CONSENT = Statement("UPDATE consents SET granted = used WHERE contact_id = :id")
_NO_SERVICE = Statement("UPDATE contacts SET service_left = 0, tap_left = 0 WHERE id = :id")
_CLOSE = Statement(
    "UPDATE contacts SET closed = closed || :way WHERE id = :id"
    " AND ',' || closed || ',' NOT LIKE :like"
)
_WAITING = Statement(
    "UPDATE contacts SET waiting = (SELECT count(*) FROM outbox WHERE contact_id = :id"
    " AND state IN ('parked', 'unknown')) WHERE id = :id"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One try to send one row, under its person's lock."""

    conversation: StoredConversation
    message_id: int
    now: datetime
    template: str
    """The subscription template whose consents are spent."""

    def take(self, decide: Decide) -> Queued | None:
        """Spend the right ``decide`` chose and return the row, or None if it must not go now."""
        planning.supersede_of(self.conversation.connection, self.conversation.person.id, self.now)
        row = self._run(_ONE).one_or_none()
        if row is None or self._held():
            return None
        message = read_queued(row, self.conversation.cipher).message
        wish = reach.Message(message.kind, message.point, message.not_after)
        match decide(wish, self.conversation.ledger.rights(self.now)):
            case reach.Send(way):
                return self._claim(way)
            case reach.Wait(until, reason):
                self._run(_LATER, due=micros(until), reason=reason)
            case reach.Park(reason):
                self._end("parked", reason)
            case reach.Drop(reason):
                self._end("dead", reason)
        return None

    def _held(self) -> bool:
        """Tell whether something goes first; the row then waits as long as that does."""
        until = self._run(_HELD).scalar_one()
        if until is None:
            return False
        if until > micros(self.now):
            self._run(_LATER, due=until, reason="nearer_first")
        return True

    def _run(self, statement: Statement, **values: object) -> Result:
        known = {"id": self.conversation.person.id, "row": self.message_id}
        return self.conversation.connection.execute(
            statement, {**known, "now": micros(self.now), **values}
        )

    def _claim(self, way: str) -> Queued | None:
        if not self._spend(way):
            self._end("parked", "no_right")
            return None
        self._run(_CLAIM, via=way, until=real_now() + LEASE_S * 1_000_000)
        return read_queued(self._run(_CLAIMED).one(), self.conversation.cipher)

    def _spend(self, way: str) -> bool:
        if way == "service":
            return bool(self._run(_SPEND_TAP).rowcount or self._run(_SPEND_WINDOW).rowcount)
        if way == "subscription":
            return bool(self._run(_SPEND_CONSENT, template=self.template).rowcount)
        return True

    def _end(self, state: str, reason: str) -> None:
        self._run(_END, state=state, reason=reason)
        self._run(_WAITING)


def settle(
    connection: Connection, contact_id: int, message_id: int, delivery: Delivery, now: datetime
) -> None:
    """Write down how the send of a taken row ended."""
    values = {
        "row": message_id,
        "state": "due" if delivery.retry_at else delivery.state,
        "reason": delivery.reason,
        "remote_id": delivery.remote_id or None,
        "due": micros(delivery.retry_at) if delivery.retry_at else None,
        "now": micros(now),
    }
    connection.execute(_SETTLE, values)
    _believe(connection, contact_id, delivery.stops)
    connection.execute(_WAITING, {"id": contact_id})


def _believe(connection: Connection, contact_id: int, closed: str) -> None:
    """Believe the platform: what it refused is not there, whatever the ledger says."""
    if closed == "service":
        connection.execute(_NO_SERVICE, {"id": contact_id})
    elif closed == "subscription":
        connection.execute(_NO_CONSENT, {"id": contact_id})
    elif closed:
        values = {"id": contact_id, "way": f"{closed},", "like": f"%,{closed},%"}
        connection.execute(_CLOSE, values)
