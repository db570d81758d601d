"""Work that takes longer than a turn may."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Job:
    """Work that takes longer than a turn may; ``payload`` is JSON of its kind's own shape."""

    id: int
    contact_id: int
    openid: str
    kind: str
    payload: str
    tries: int
    due_at: datetime


class Jobs(Protocol):
    """What a turn asks workers to do for this person."""

    def add(self, kind: str, scope: str, payload: str, now: datetime) -> None:
        """Ask for a job, once per kind and scope."""
        ...


class JobList(Protocol):
    """All jobs: rows are the truth."""

    def due(self, now: datetime, limit: int = 100) -> Sequence[int]:
        """Return ids of jobs to be done now."""
        ...

    def take(self, job_id: int, now: datetime) -> Job | None:
        """Claim a job for a while; None when another has it or it is done."""
        ...

    def hold(self, job_ids: Collection[int]) -> None:
        """Claim jobs for a while longer: who has them in hand is alive."""
        ...

    def end(self, job_id: int, state: str, reason: str = "") -> None:
        """Write down that a job is ``done``, or ``dead``."""
        ...

    def later(self, job_id: int, at: datetime, reason: str) -> None:
        """Put a job back until an instant."""
        ...
