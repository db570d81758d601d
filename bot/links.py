"""Short-lived, single-purpose addresses of our own pages, signed with the account's secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from itsdangerous import BadData, URLSafeTimedSerializer

from bot.ports import Clock

LINK_LIVES = timedelta(hours=48)


@dataclass(frozen=True)
class Links:
    """Short-lived, single-purpose addresses of our own pages."""

    base: str
    secret: str
    clock: Clock
    consent_offered: bool

    @cached_property
    def _serializer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.secret, salt="weldmate-link")

    def make(self, purpose: str, openid: str) -> str:
        """Make an address; empty where the purpose is not offered."""
        if purpose == "consent" and not self.consent_offered:
            return ""
        at = int(self.clock.now().timestamp())
        return f"{self.base}/{purpose}/{self._serializer.dumps([purpose, openid, at])}"

    def read(self, purpose: str, token: str) -> str | None:
        """Return whose link this is; None if it is false, of another purpose, or too old."""
        try:
            made_for, openid, at = self._serializer.loads(token)
        except (BadData, ValueError, TypeError):
            return None
        age = self.clock.now().timestamp() - at
        if made_for != purpose or not -60 < age < LINK_LIVES.total_seconds():
            return None
        return str(openid)
