"""Compares WeChat Pay's statements with our books, and tells operators where they differ."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.statement import Difference, Line, compare, misses_refund, ready_at
from bot.handlers.operators import Operators
from bot.ports import (
    Clock,
    PayFailed,
    Reconciled,
    Reconciliations,
    Till,
)

DAY = timedelta(days=1)

PATIENCE = timedelta(days=1)
"""So long after it should be ready a statement may be late without anybody being told."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bookkeeper:
    """Does what ``Reconciliations.due`` names. It may be killed anywhere and asked again."""

    desk: Reconciliations
    till: Till
    clock: Clock
    operators: Operators

    def look(self, day: date) -> str:
        """Compare one day; return how that ended, or "" if it was not due.

        Operators are told before the result is kept: whoever dies in between is followed by
        another, who tells nobody twice.
        """
        now = self.clock.now()
        if not self.desk.take(day, now):
            return ""
        result = self._compared(day, now)
        if result.state == "differs":
            log.error("books of %s differ: %s", day, counted(result.differences))
            self._tell("differs", day, now, count=len(result.differences))
        self.desk.keep(result, now)
        return result.state

    def _compared(self, day: date, now: datetime) -> Reconciled:
        try:
            return reconcile(self.desk, self.till, day, now)
        except PayFailed as error:
            grave = error.nature != "again" or now >= ready_at(day) + PATIENCE
            level = logging.ERROR if grave else logging.WARNING
            log.log(level, "no statement of %s: WeChat Pay said %s", day, error.code)
            reason = error.code
        except Exception as error:
            log.exception("books of %s could not be compared", day)
            grave, reason = True, type(error).__name__
        if grave:
            self._tell("failed", day, now)
        return Reconciled(day, "failed", reason=reason)

    def _tell(self, what: str, day: date, now: datetime, **values: int) -> None:
        """Tell every operator, once for each day and news."""
        scope = f"reconcile/{day}" if what == "differs" else f"reconcile/{day}/{what}"
        days = {"day": day, "iso": day.isoformat()}
        self.operators.tell(f"books.{what}", scope, now, **days, **values)


def reconcile(desk: Reconciliations, till: Till, day: date, now: datetime) -> Reconciled:
    """Compare a day. Raises ``PayFailed`` when its statement cannot be had.

    Statements of the days beside it are asked for only where they may explain something.
    """
    here, there, near = desk.movements(day), statement(till, day), desk.near(day)
    differences = compare(here, there, near)
    if misses_refund(differences):
        beside = [one for one in (day - DAY, day + DAY) if ready_at(one) <= now]
        near_there = [line for one in beside for line in statement(till, one)]
        differences = compare(here, there, near, near_there)
    return Reconciled(day, "differs" if differences else "agreed", differences)


def statement(till: Till, day: date) -> Sequence[Line]:
    """Return WeChat's statement; empty if nothing moved that day. Raises ``PayFailed``."""
    try:
        return till.statement(day)
    except PayFailed as error:
        if error.code != "NO_STATEMENT_EXIST":
            raise
        return ()


def counted(differences: Sequence[Difference]) -> str:
    """Count differences by kind, for a log."""
    kinds = Counter(one.kind for one in differences)
    return ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
