"""Claiming one row of the outbox: the choice of its way, and the right it spends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain import reach
from bot.ports import Queued
from bot.store import planning
from bot.store.cipher import Unreadable
from bot.store.conversation import StoredConversation
from bot.store.database import real_now
from bot.store.driver import Result, Statement
from bot.store.queued import ORDER, QUEUED, read_queued
from bot.store.settling import RECOUNT
from bot.store.tables import instant, micros

LEASE_S = 45
"""Real seconds a taker has for one send: a new token of two hosts and one more try fit in."""

SAME_KEY = timedelta(minutes=10)
"""A template may be sent again under the same client_msg_id for so long (wechat.md 2.2)."""

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
    " claimed_until = :until, first_sent_at = COALESCE(first_sent_at, :first)"
    " WHERE id = :row AND state = 'due'"
)
_LATER = Statement("UPDATE outbox SET due_at = :due, reason = :reason WHERE id = :row")
_END = Statement(
    "UPDATE outbox SET state = :state, reason = :reason, settled_at = :now WHERE id = :row"
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
        try:
            message = read_queued(row, self.conversation.cipher).message
        except Unreadable:
            self._end("dead", "unreadable")
            return None
        wish = reach.Message(message.kind, message.point, message.not_after)
        decision = decide(wish, self.conversation.ledger.rights(self.now))
        if row.first_sent_at is not None and not self._same_key(decision, row.first_sent_at):
            self._end("unknown", "cut_after_request")
            return None
        match decision:
            case reach.Send(way):
                return self._claim(way, doubtful=row.first_sent_at is not None)
            case reach.Wait(until, reason):
                self._run(_LATER, due=micros(until), reason=reason)
            case reach.Park(reason):
                self._end("parked", reason)
            case reach.Drop(reason):
                # a reminder may be owed again when what forbids it is over
                self._end("cancelled" if message.kind == "expiry" else "dead", reason)
        return None

    def _same_key(self, decision: reach.Decision, first: int) -> bool:
        """Tell whether a template that may have gone out would still be known as the same."""
        young = self.now - instant(first) < SAME_KEY
        return young and decision == reach.Send("template")

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

    def _claim(self, way: str, *, doubtful: bool) -> Queued | None:
        if not self._spend(way):
            self._end("parked", "no_right")
            return None
        first = micros(self.now) if way == "template" else None
        self._run(_CLAIM, via=way, until=real_now() + LEASE_S * 1_000_000, first=first)
        taken = read_queued(self._run(_CLAIMED).one(), self.conversation.cipher)
        return replace(taken, doubtful=doubtful)

    def _spend(self, way: str) -> bool:
        if way == "service":
            return bool(self._run(_SPEND_TAP).rowcount or self._run(_SPEND_WINDOW).rowcount)
        if way == "subscription":
            return bool(self._run(_SPEND_CONSENT, template=self.template).rowcount)
        return True

    def _end(self, state: str, reason: str) -> None:
        self._run(_END, state=state, reason=reason)
        self._run(RECOUNT)
