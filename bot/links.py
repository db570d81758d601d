"""Short-lived, single-purpose addresses of our own pages, signed with the account's secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from itsdangerous import BadData, URLSafeTimedSerializer

from bot.ports import Clock

LIVES = timedelta(hours=48)

LIVES_SHORT: Mapping[str, timedelta] = {
    "upload": timedelta(hours=12),
    "face": timedelta(hours=12),
    "viewer": timedelta(hours=12),
}
"""Purposes that open more than a reminder's consent does."""


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
        return f"{self.base}/{purpose}/{self.token(purpose, openid)}"

    def token(self, purpose: str, openid: str) -> str:
        """Make what ``read`` takes for a person's, for this purpose and for a while."""
        at = int(self.clock.now().timestamp())
        return str(self._serializer.dumps([purpose, openid, at]))

    def read(self, purpose: str, token: str) -> str | None:
        """Return whose link this is; None if it is false, of another purpose, or too old."""
        try:
            made_for, openid, at = self._serializer.loads(token)
        except (BadData, ValueError, TypeError):
            return None
        age = self.clock.now().timestamp() - at
        lives = LIVES_SHORT.get(purpose, LIVES)
        if made_for != purpose or not -60 < age < lives.total_seconds():
            return None
        return str(openid)
