"""What WeChat Pay is to be asked about: payments that are open, refunds that are on their way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ports import Errand
from bot.store import order_rows
from bot.store.cipher import Cipher
from bot.store.database import Database
from bot.store.driver import Statement
from bot.store.order_rows import OF_PAYMENT, OF_REFUND
from bot.store.tables import micros

_DUE = Statement(
    "SELECT number FROM (SELECT number, check_at FROM payments WHERE check_at <= :now"
    " UNION ALL SELECT number, check_at FROM refunds WHERE check_at <= :now) AS due"
    " ORDER BY check_at LIMIT :most"
)
_TAKE = {
    table: Statement(
        f"UPDATE {table} SET check_at = :later, checks = checks + 1"
        " WHERE number = :number AND check_at <= :now"
    )
    for table in ("payments", "refunds")
}
_CHECKS = {
    table: Statement(f"SELECT checks FROM {table} WHERE number = :number")
    for table in ("payments", "refunds")
}

PAUSES_S = (20, 30, 60, 120, 300, 600, 1800, 3600)
"""Between two questions to WeChat; the last for ever."""


@dataclass(frozen=True, slots=True)
class StoredErrands:
    """Implements ``ports.Errands``."""

    database: Database
    cipher: Cipher

    def due(self, now: datetime, limit: int = 100) -> Sequence[str]:
        """Return numbers of payments and refunds that WeChat should be asked about now."""
        with self.database.read() as connection:
            found = connection.execute(_DUE, {"now": micros(now), "most": limit})
            return [str(number) for number in found.scalars()]

    def take(self, number: str, now: datetime) -> Errand | None:
        """Claim what is to be asked for a while; it comes back later and later."""
        with self.database.write() as connection:
            for table, whose in (("payments", OF_PAYMENT), ("refunds", OF_REFUND)):
                row = connection.execute(_CHECKS[table], {"number": number}).one_or_none()
                if row is None:
                    continue
                pause = timedelta(seconds=PAUSES_S[min(row.checks, len(PAUSES_S) - 1)])
                values = {"number": number, "now": micros(now), "later": micros(now + pause)}
                if not connection.execute(_TAKE[table], values).rowcount:
                    return None
                order_id = connection.execute(whose, {"number": number}).one().order_id
                order = order_rows.find(connection, self.cipher, order_id)
                return Errand(order, number)
        return None
