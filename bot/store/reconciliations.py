"""What our books say of a day, and what became of each day's comparison with WeChat's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.domain.reminders import SHANGHAI
from bot.domain.statement import Difference, Line, ready_at
from bot.ports import Reconciled
from bot.store.database import Database
from bot.store.driver import Connection, Row, Statement
from bot.store.tables import instant, micros

LAST_DAYS = 7

DAY = timedelta(days=1)

PAUSE = timedelta(minutes=15)
"""Of business time: between two tries, and until a claim whose worker died is anybody's."""

_PAYMENTS = Statement(
    "SELECT number, fen, state FROM payments WHERE state = 'paid'"
    " AND paid_at >= :since AND paid_at < :until ORDER BY paid_at, id"
)
_REFUNDS = Statement(
    "SELECT number, fen, state FROM refunds WHERE told_at >= :since AND told_at < :until"
    " ORDER BY told_at, id"
)
_ASKED = Statement(
    "SELECT number, fen, state FROM refunds WHERE state = 'due' AND asked_at < :until ORDER BY id"
)
_FIRST = Statement("SELECT created_at FROM orders ORDER BY id LIMIT 1")
_OVER = Statement(
    "SELECT day FROM statements WHERE day >= :since"
    " AND (state NOT IN ('comparing', 'failed') OR compared_at > :before)"
)
_TAKE = Statement(
    "INSERT INTO statements (day, state, compared_at) VALUES (:day, 'comparing', :now)"
    " ON CONFLICT (day) DO UPDATE SET state = 'comparing', compared_at = :now"
    " WHERE statements.state IN ('comparing', 'failed') AND statements.compared_at <= :before"
)
_KEEP = Statement(
    "INSERT INTO statements (day, state, differences, reason, compared_at)"
    " VALUES (:day, :state, :differences, :reason, :now)"
    " ON CONFLICT (day) DO UPDATE SET state = excluded.state, reason = excluded.reason,"
    " differences = excluded.differences, compared_at = excluded.compared_at"
)
_DAYS = Statement("SELECT * FROM statements ORDER BY day DESC")

STATES = {
    "paid": "SUCCESS",
    "due": "PROCESSING",
    "processing": "PROCESSING",
    "done": "SUCCESS",
    "failed": "ABNORMAL",
}
"""Ours in WeChat's words; that it closed a refund we keep as a failure."""


@dataclass(frozen=True, slots=True)
class StoredReconciliations:
    """Implements ``ports.Reconciliations``."""

    database: Database

    def movements(self, day: date) -> Sequence[Line]:
        """Return what our books say of a day in Shanghai."""
        with self.database.read() as connection:
            paid = connection.execute(_PAYMENTS, _bounds(day))
            return [*(_line("payment", row) for row in paid), *_refunds(connection, day)]

    def near(self, day: date) -> Sequence[Line]:
        """Return refunds that WeChat may have on a day though our books do not."""
        with self.database.read() as connection:
            asked = connection.execute(_ASKED, _bounds(day))
            return [
                *_refunds(connection, day - DAY),
                *_refunds(connection, day + DAY),
                *(_line("refund", row) for row in asked),
            ]

    def due(self, now: datetime) -> Sequence[date]:
        """Return days of the last week to be compared now, the earliest first."""
        today = now.astimezone(SHANGHAI).date()
        week = [today - n * DAY for n in range(LAST_DAYS, 0, -1)]
        with self.database.read() as connection:
            first = connection.execute(_FIRST).scalar_one_or_none()
            if first is None:
                return []
            values = {"since": week[0].isoformat(), "before": micros(now - PAUSE)}
            over = set(connection.execute(_OVER, values).scalars())
        began = instant(first).astimezone(SHANGHAI).date()
        return [
            day
            for day in week
            if began <= day and ready_at(day) <= now and day.isoformat() not in over
        ]

    def take(self, day: date, now: datetime) -> bool:
        """Claim a day for a comparison; False when another has it or it is done."""
        values = {"day": day.isoformat(), "now": micros(now), "before": micros(now - PAUSE)}
        with self.database.write() as connection:
            return bool(connection.execute(_TAKE, values).rowcount)

    def keep(self, result: Reconciled, now: datetime) -> None:
        """Keep how a day's comparison ended, in the place of what was there."""
        values = {
            "day": result.day.isoformat(),
            "state": result.state,
            "differences": json.dumps([astuple(one) for one in result.differences]),
            "reason": result.reason,
            "now": micros(now),
        }
        with self.database.write() as connection:
            connection.execute(_KEEP, values)

    def days(self) -> Sequence[Reconciled]:
        """Return what became of each day, the latest first."""
        with self.database.read() as connection:
            return [_read(row) for row in connection.execute(_DAYS)]


def _bounds(day: date) -> dict[str, int]:
    since = datetime.combine(day, time(), SHANGHAI)
    return {"since": micros(since), "until": micros(since + DAY)}


def _refunds(connection: Connection, day: date) -> list[Line]:
    return [_line("refund", row) for row in connection.execute(_REFUNDS, _bounds(day))]


def _line(kind: Any, row: Row) -> Line:
    return Line(kind, row.number, row.fen, STATES[row.state])


def _read(row: Row) -> Reconciled:
    differences = tuple(
        Difference(kind, number, here and Line(*here), there and Line(*there))
        for kind, number, here, there in json.loads(row.differences)
    )
    return Reconciled(date.fromisoformat(row.day), row.state, differences, row.reason)
