"""How a try to send one row ended: as its taker says, or as we must believe if he died."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.reach import MOST_TRIES
from bot.ports import Delivery, Queued
from bot.store.database import real_now
from bot.store.driver import Connection, Row, Statement
from bot.store.tables import micros

# the number of the try binds the outcome to its claim: a taker slower than his lease still
# says what happened, unless somebody else has taken the row since
_SETTLE = Statement(
    "UPDATE outbox SET state = :state, reason = :reason, remote_id = :remote_id,"
    " settled_at = :now, claimed_until = NULL, due_at = COALESCE(:due, due_at),"
    " first_sent_at = CASE WHEN :refused = 1 THEN NULL ELSE first_sent_at END"
    " WHERE id = :row AND tries = :tries AND state IN ('sending', 'unknown', 'due')"
)
_ABANDONED = Statement(
    "SELECT id, contact_id, via, tries FROM outbox"
    " WHERE state = 'sending' AND claimed_until < :real ORDER BY contact_id, id"
)
_FREE = Statement(
    "UPDATE outbox SET state = :state, reason = 'taker_died', settled_at = :now"
    " WHERE id = :row AND tries = :tries AND state = 'sending'"
)
_NO_CONSENT = Statement("UPDATE consents SET granted = used WHERE contact_id = :id")
_NO_SERVICE = Statement("UPDATE contacts SET service_left = 0, tap_left = 0 WHERE id = :id")
_CLOSE = Statement(
    "UPDATE contacts SET closed = closed || :way WHERE id = :id"
    " AND ',' || closed || ',' NOT LIKE :like"
)
RECOUNT = Statement(
    "UPDATE contacts SET waiting = (SELECT count(*) FROM outbox WHERE contact_id = :id"
    " AND state IN ('parked', 'unknown')) WHERE id = :id"
)


def settle(connection: Connection, taken: Queued, delivery: Delivery, now: datetime) -> None:
    """Write down how the send of a taken row ended."""
    values = {
        "row": taken.id,
        "tries": taken.tries,
        "state": "due" if delivery.retry_at else delivery.state,
        "reason": delivery.reason,
        "remote_id": delivery.remote_id or None,
        "due": micros(delivery.retry_at) if delivery.retry_at else None,
        "refused": int(delivery.refused and not taken.doubtful),
        "now": micros(now),
    }
    connection.execute(_SETTLE, values)
    _believe(connection, taken.contact_id, delivery.stops)
    connection.execute(RECOUNT, {"id": taken.contact_id})


def abandoned(connection: Connection) -> Sequence[Row]:
    """Return rows whose lease is over."""
    return connection.execute(_ABANDONED, {"real": real_now()}).all()


def free(connection: Connection, now: datetime) -> int:
    """Free rows whose taker died; return how many.

    They may have gone out and are unknown. A template goes again under the same key as long
    as the platform knows it by that: whoever takes it next sees to it.
    """
    rows = abandoned(connection)
    for row in rows:
        again = row.via == "template" and row.tries < MOST_TRIES
        values = {"row": row.id, "tries": row.tries, "state": "due" if again else "unknown"}
        connection.execute(_FREE, {**values, "now": micros(now)})
        connection.execute(RECOUNT, {"id": row.contact_id})
    return len(rows)


def _believe(connection: Connection, contact_id: int, closed: str) -> None:
    """Believe the platform: what it refused is not there, whatever the ledger says."""
    if closed == "service":
        connection.execute(_NO_SERVICE, {"id": contact_id})
    elif closed == "subscription":
        connection.execute(_NO_CONSENT, {"id": contact_id})
    elif closed:
        values = {"id": contact_id, "way": f"{closed},", "like": f"%,{closed},%"}
        connection.execute(_CLOSE, values)
