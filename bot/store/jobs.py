"""Work that takes longer than a turn may: rows are the truth, whoever works is only hands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.ports import Job
from bot.store.cipher import Cipher
from bot.store.contact import Contact
from bot.store.database import Database, real_now
from bot.store.driver import Statement
from bot.store.tables import instant, micros

LEASE_S = 15
"""Real seconds after which a job is anybody's, unless its worker lives and holds it."""

_ADD = Statement(
    "INSERT INTO jobs (contact_id, kind, scope, payload, state, due_at)"
    " VALUES (:id, :kind, :scope, :payload, 'due', :due)"
    " ON CONFLICT (contact_id, kind, scope) DO NOTHING"
)
_DUE = Statement(
    "SELECT id FROM jobs WHERE state = 'due' AND due_at <= :now"
    " AND (claimed_until IS NULL OR claimed_until < :real) ORDER BY id LIMIT :most"
)
_CLAIM = Statement(
    "UPDATE jobs SET claimed_until = :until, tries = tries + 1 WHERE id = :row AND state = 'due'"
    " AND due_at <= :now AND (claimed_until IS NULL OR claimed_until < :real)"
)
_HOLD = Statement(
    "UPDATE jobs SET claimed_until = :until WHERE id = :row AND state = 'due'"
    " AND claimed_until IS NOT NULL"
)
_ONE = Statement(
    "SELECT j.*, p.openid FROM jobs j JOIN contacts p ON p.id = j.contact_id WHERE j.id = :row"
)
_END = Statement("UPDATE jobs SET state = :state, reason = :reason WHERE id = :row")
_LATER = Statement(
    "UPDATE jobs SET due_at = :due, claimed_until = NULL, reason = :reason WHERE id = :row"
)


@dataclass(frozen=True, slots=True)
class StoredJobs:
    """Implements ``ports.Jobs``, inside a person's transaction."""

    contact: Contact

    def add(self, kind: str, scope: str, payload: str, now: datetime) -> None:
        """Ask for a job, once per kind and scope."""
        sealed = self.contact.seal(payload, "jobs.payload")
        values = {"kind": kind, "scope": scope, "payload": sealed, "due": micros(now)}
        self.contact.run(_ADD, **values)


@dataclass(frozen=True, slots=True)
class StoredJobList:
    """Implements ``ports.JobList``."""

    database: Database
    cipher: Cipher

    def due(self, now: datetime, limit: int = 100) -> Sequence[int]:
        """Return ids of jobs to be done now."""
        values = {"now": micros(now), "real": real_now(), "most": limit}
        with self.database.read() as connection:
            return [int(found) for found in connection.execute(_DUE, values).scalars()]

    def take(self, job_id: int, now: datetime) -> Job | None:
        """Claim a job for a while; None when another has it or it is done."""
        real = real_now()
        values = {"row": job_id, "now": micros(now), "real": real}
        with self.database.write() as connection:
            claimed = connection.execute(_CLAIM, {**values, "until": real + LEASE_S * 1_000_000})
            if not claimed.rowcount:
                return None
            row = connection.execute(_ONE, {"row": job_id}).one()
        payload = self.cipher.open(row.payload, "jobs.payload", row.contact_id)
        return Job(
            row.id, row.contact_id, row.openid, row.kind, payload, row.tries, instant(row.due_at)
        )

    def hold(self, job_ids: Collection[int]) -> None:
        """Claim jobs for a while longer: who has them in hand is alive."""
        until = real_now() + LEASE_S * 1_000_000
        with self.database.write() as connection:
            for job_id in job_ids:
                connection.execute(_HOLD, {"row": job_id, "until": until})

    def end(self, job_id: int, state: str, reason: str = "") -> None:
        """Write down that a job is done, or dead."""
        with self.database.write() as connection:
            connection.execute(_END, {"row": job_id, "state": state, "reason": reason})

    def later(self, job_id: int, at: datetime, reason: str) -> None:
        """Put a job back until an instant."""
        with self.database.write() as connection:
            connection.execute(_LATER, {"row": job_id, "due": micros(at), "reason": reason})
