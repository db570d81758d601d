"""What is kept for a time alone: applications nobody goes on with, pictures of those that ended.

Whatever was promised to be forgotten is forgotten under its person's lock, so that a turn
under way is never crossed, and swept up with what people wanted forgotten themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.application import CLOSED, EDITABLE
from bot.domain.reminders import SHANGHAI
from bot.messages import Said
from bot.ports import Outgoing
from bot.store import forgetting
from bot.store.conversation import StoredConversation
from bot.store.conversations import StoredConversations
from bot.store.database import Database, real_now
from bot.store.driver import Row, Statement
from bot.store.tables import instant, micros

WARNED_BEFORE = timedelta(days=7)

DAY = timedelta(days=1)

MOST = 100
"""Applications of one sweep: the next one takes the rest."""


class _Which:
    """Applications that something is to become of: to be found, and to be sure of one."""

    def __init__(self, sql: str) -> None:
        self.find = Statement(f"{sql} ORDER BY a.id LIMIT {MOST}")
        self.still = Statement(f"{sql} AND a.id = :row")


def _in(states: frozenset[Any]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))


_WARNING = (
    " EXISTS (SELECT 1 FROM outbox o WHERE o.contact_id = a.contact_id AND o.kind = 'news'"
    " AND o.scope = 'expiring/' || CAST(a.id AS TEXT) || '/' || CAST(a.changed_at AS TEXT)"
)
_UNTOUCHED = (
    "SELECT a.id, a.contact_id, a.changed_at FROM applications a WHERE a.data_key IS NOT NULL"
    f" AND a.state IN ({_in(EDITABLE)}) AND a.changed_at <= :before AND"
)
_UNWARNED = _Which(f"{_UNTOUCHED} NOT{_WARNING})")
# a clock that stood still warns first all the same, and waits
_ABANDONED = _Which(f"{_UNTOUCHED}{_WARNING} AND o.due_at <= :warned)")
_ENDED = _Which(
    "SELECT a.id, a.contact_id, a.changed_at FROM applications a WHERE a.data_key IS NOT NULL"
    f" AND a.state IN ({_in(CLOSED)}) AND a.changed_at <= :before"
)
_SHRED = tuple(
    Statement(sql)
    for sql in (
        "DELETE FROM jobs WHERE contact_id = :id AND kind = 'read' AND scope IN"
        " (SELECT CAST(id AS TEXT) FROM photos WHERE application_id = :row)",
        "DELETE FROM photos WHERE application_id = :row",
        "DELETE FROM uploads WHERE application_id = :row",
        "UPDATE application_events SET note = NULL WHERE application_id = :row",
        "UPDATE applications SET data_key = NULL, form = NULL, id_index = '' WHERE id = :row",
        # what he typed into the form stands in his messages too
        "UPDATE arrivals SET body = :nothing, reply = NULL"
        " WHERE contact_id = :id AND done_at < :yesterday",
        "UPDATE outbox SET said = NULL WHERE contact_id = :id"
        " AND state IN ('sent', 'shown', 'dead', 'cancelled')",
        "UPDATE contacts SET session = NULL WHERE id = :id AND heard_at < :day_ago",
    )
)
_NO_WARNING = Statement(
    "UPDATE outbox SET state = 'cancelled', reason = 'forgotten', said = NULL"
    " WHERE contact_id = :id AND kind = 'news' AND scope = :scope AND state IN ('due', 'parked')"
)


@dataclass(frozen=True, slots=True)
class StoredRetention:
    """Implements ``ports.Retention``. ``say`` puts a key of words into a sentence."""

    database: Database
    conversations: StoredConversations
    say: Callable[[str, Mapping[str, Any]], Said]
    application_days: int = 30
    picture_days: int = 180

    def sweep(self, now: datetime) -> int:
        """Warn, forget what was warned of and what ended long ago; return how many."""
        keep = timedelta(days=self.application_days)
        for row in self._find(_UNWARNED, before=micros(now - keep + WARNED_BEFORE)):
            self._warn(row, now, keep)
        values = {"before": micros(now - keep), "warned": micros(now - WARNED_BEFORE)}
        shredded = sum(
            self._shred(_ABANDONED, row, now, values) for row in self._find(_ABANDONED, **values)
        )
        values = {"before": micros(now - timedelta(days=self.picture_days))}
        shredded += sum(
            self._shred(_ENDED, row, now, values) for row in self._find(_ENDED, **values)
        )
        forgetting.tidy(self.database, now)
        return shredded

    def _find(self, which: _Which, **values: int) -> list[Row]:
        with self.database.read() as connection:
            return connection.execute(which.find, values).all()

    def _warn(self, row: Row, now: datetime, keep: timedelta) -> None:
        ends = max(instant(row.changed_at) + keep, now + WARNED_BEFORE)
        said = self.say("application.expiring", {"day": ends.astimezone(SHANGHAI).date()})
        with self.conversations.open(row.contact_id) as conversation:
            conversation.mailbox.queue(Outgoing("news", _scope(row), now, (said,), not_after=ends))

    def _shred(self, which: _Which, row: Row, now: datetime, values: Mapping[str, int]) -> int:
        with self.conversations.open(row.contact_id) as conversation:
            connection = conversation.connection
            if connection.execute(which.still, {**values, "row": row.id}).one_or_none() is None:
                return 0  # he went on with it, or another clock was first
            if which is _ABANDONED:
                conversation.applications.happen("withdraw", "system", now)
            _forget(conversation, row, now)
        return 1


def _forget(conversation: StoredConversation, row: Row, now: datetime) -> None:
    """Destroy an application's key and what lay under it; its states and days are kept."""
    values = {
        "id": row.contact_id,
        "row": row.id,
        "nothing": b"",
        "yesterday": real_now() - DAY // timedelta(microseconds=1),
        "day_ago": micros(now - DAY),
    }
    for statement in _SHRED:
        conversation.connection.execute(statement, values)
    conversation.connection.execute(_NO_WARNING, {"id": row.contact_id, "scope": _scope(row)})
    conversation.mailbox.recount()
    forgetting.tidy_later(conversation.connection)


def _scope(row: Row) -> str:
    return f"expiring/{row.id}/{row.changed_at}"
