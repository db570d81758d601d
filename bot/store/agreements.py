"""What a person has agreed to: given and withdrawn, never rewritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.agreement import Agreement, Purpose
from bot.store.contact import Contact
from bot.store.driver import Statement
from bot.store.tables import instant, micros

_GIVEN = Statement(
    "SELECT purpose, version, given_at FROM agreements"
    " WHERE contact_id = :id AND withdrawn_at IS NULL ORDER BY id"
)
_GIVE = Statement(
    "INSERT INTO agreements (contact_id, purpose, version, given_at)"
    " VALUES (:id, :purpose, :version, :now)"
)
_WITHDRAW = Statement(
    "UPDATE agreements SET withdrawn_at = :now"
    " WHERE contact_id = :id AND purpose = :purpose AND withdrawn_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class StoredAgreements:
    """Implements ``ports.Agreements``."""

    contact: Contact

    def given(self) -> Mapping[Purpose, Agreement]:
        """Return what he agrees to now."""
        return {
            row.purpose: Agreement(row.purpose, row.version, instant(row.given_at))
            for row in self.contact.run(_GIVEN).all()
        }

    def give(self, purpose: Purpose, version: str, now: datetime) -> None:
        """Write down that he agrees, in which wording."""
        self.withdraw(purpose, now)
        self.contact.run(_GIVE, purpose=purpose, version=version, now=micros(now))

    def withdraw(self, purpose: Purpose, now: datetime) -> None:
        """Write down that he agrees no more."""
        self.contact.run(_WITHDRAW, purpose=purpose, now=micros(now))
