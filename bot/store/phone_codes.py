"""Codes sent to phones, to prove whose they are."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.reminders import SHANGHAI
from bot.ports import CODE_MINUTES
from bot.store.contact import Contact
from bot.store.driver import Row, Statement
from bot.store.tables import instant, micros

GOOD_FOR = timedelta(minutes=CODE_MINUTES)

PAUSE = timedelta(seconds=60)

MOST_A_DAY = 5

MOST_TRIES = 5

_FIND = Statement("SELECT * FROM phone_codes WHERE contact_id = :id")
_KEEP = Statement(
    "INSERT INTO phone_codes (contact_id, phone, code, sent_at, sent_today, tries)"
    " VALUES (:id, :phone, :code, :now, :count, 0)"
    " ON CONFLICT (contact_id) DO UPDATE SET phone = excluded.phone, code = excluded.code,"
    " sent_at = excluded.sent_at, sent_today = excluded.sent_today, tries = 0"
)
_TRIED = Statement("UPDATE phone_codes SET tries = tries + 1 WHERE contact_id = :id")
_USED = Statement("UPDATE phone_codes SET tries = :most WHERE contact_id = :id")


@dataclass(frozen=True, slots=True)
class StoredPhoneCodes:
    """Implements ``ports.PhoneCodes``."""

    contact: Contact

    def make(self, phone: str, now: datetime) -> tuple[str, str]:
        """Make a code for a number, unless one was sent a moment ago, or too many today."""
        row = self.contact.run(_FIND).one_or_none()
        count = 1
        if row is not None:
            sent_at = instant(row.sent_at)
            if timedelta() <= now - sent_at < PAUSE:
                return "", "soon"
            if sent_at.astimezone(SHANGHAI).date() == now.astimezone(SHANGHAI).date():
                count = row.sent_today + 1
            if count > MOST_A_DAY:
                return "", "many"
        code = f"{secrets.randbelow(1_000_000):06d}"
        self.contact.run(
            _KEEP,
            phone=self.contact.seal(phone, "phone_codes.phone"),
            code=self.contact.seal(code, "phone_codes.code"),
            now=micros(now),
            count=count,
        )
        return code, ""

    def waits(self, now: datetime) -> str:
        """Return the number whose code is still waited for, or nothing."""
        row = self._waiting(now)
        return self.contact.open(row.phone, "phone_codes.phone") if row else ""

    def forget(self) -> None:
        """Wait for no code any more; what was sent today still counts."""
        self.contact.run(_USED, most=MOST_TRIES)

    def _waiting(self, now: datetime) -> Row | None:
        row = self.contact.run(_FIND).one_or_none()
        if row is None or row.tries >= MOST_TRIES or now - instant(row.sent_at) > GOOD_FOR:
            return None
        return row

    def check(self, code: str, now: datetime) -> str:
        """Return the number that the code proves, or nothing."""
        row = self._waiting(now)
        if row is None:
            return ""
        right = self.contact.open(row.code, "phone_codes.code")
        if not hmac.compare_digest(code.encode(), right.encode()):
            self.contact.run(_TRIED)
            return ""
        self.contact.run(_USED, most=MOST_TRIES)
        return self.contact.open(row.phone, "phone_codes.phone")
