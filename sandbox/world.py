"""Everything of one sandbox joined: account, clock, state, followers, and their rights."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sandbox.account import Account
from sandbox.allowance import Grant, Reason, grant, spend
from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.push import Pusher
from sandbox.state import State
from sandbox.timeline import Timeline
from sandbox.wirelog import WireLog

MEDIA_DAYS = 3
"""Temporary media live so long (WeChat: 新增临时素材)."""

TOKEN_S = 7200


class World:
    """One account and its followers."""

    def __init__(self, account: Account, state: State, seed: int | None = None) -> None:
        self.account, self.state = account, state
        self.clock = Clock(state)
        self.faults = Faults(seed)
        self.timeline = Timeline(state, self.clock)
        self.wire = WireLog(state, self.clock)
        self.pusher = Pusher(account, self.clock, self.faults, self.timeline, self.wire)
        self._locks: dict[str, threading.Lock] = {}

    # followers

    def follower(self, openid: str) -> dict[str, Any] | None:
        """Return a follower's record, whether or not he follows now."""
        return self.state.get("follower", openid)

    def follow(self, openid: str | None) -> str:
        """Make somebody follow; a new one gets a name like WeChat's."""
        openid = openid or "o" + secrets.token_urlsafe(20)[:27].replace("-", "A")
        record = self.follower(openid) or {"openid": openid, "grants": []}
        record |= {"following": True, "since": self.clock.seconds()}
        self.state.put("follower", openid, record)
        return openid

    def unfollow(self, openid: str) -> None:
        """Make somebody leave; his rights and consents are void."""
        record = self.follower(openid) or {"openid": openid}
        self.state.put("follower", openid, record | {"following": False, "grants": []})
        self.state.drop("consent", openid)

    @contextmanager
    def _record(self, openid: str) -> Iterator[dict[str, Any]]:
        with self.state.turn():
            record = self.follower(openid) or {"openid": openid, "grants": [], "following": False}
            yield record
            self.state.put("follower", openid, record)

    def grant(self, openid: str, reason: Reason) -> None:
        """Give the account the right that a deed grants."""
        with self._record(openid) as record:
            grants: list[Grant] = record.get("grants", [])
            record["grants"] = grant(grants, reason, self.clock.seconds())

    def spend(self, openid: str) -> None:
        """Use one customer-service send. Raises ``OutOfWindow`` or ``UsedUp``."""
        with self._record(openid) as record:
            record["grants"] = spend(record.get("grants", []), self.clock.seconds())

    # consents for subscription messages

    def consents_add(self, openid: str, template: str) -> None:
        """One more consent for a template."""
        with self.state.turn():
            held = self.state.get("consent", openid) or {}
            self.state.put("consent", openid, {**held, template: held.get(template, 0) + 1})

    def consents_take(self, openid: str, template: str) -> bool:
        """Use one consent; False when there is none."""
        with self.state.turn():
            held = self.state.get("consent", openid) or {}
            if held.get(template, 0) < 1:
                return False
            self.state.put("consent", openid, {**held, template: held[template] - 1})
            return True

    # media

    def keep_media(self, content: bytes, kind: str) -> str:
        """Keep a temporary medium; return its id."""
        media = secrets.token_urlsafe(24)
        until = self.clock.seconds() + MEDIA_DAYS * 86400
        self.state.put("media", media, {"kind": kind, "until": until})
        self.state.put_content(media, content)
        return media

    def media(self, media: str, *, expired: bool = False) -> bytes | None:
        """Return a medium that has not expired (the phone still shows old ones)."""
        record = self.state.get("media", media)
        if record is None or (not expired and record["until"] < self.clock.seconds()):
            return None
        return self.state.content(media)

    # tokens

    def token(self, *, force: bool = False) -> tuple[str, int]:
        """Return the access token: the same one until five minutes before its end."""
        with self.state.turn():
            held = self.state.get("token", "access")
            now = self.clock.seconds()
            if not held or force or held["until"] - now < 300:
                held = {"value": secrets.token_urlsafe(48), "until": now + TOKEN_S}
                self.state.put("token", "access", held)
            return held["value"], int(held["until"] - now)

    def token_error(self, value: str) -> int:
        """Return 0 for a good token, else WeChat's error code."""
        held = self.state.get("token", "access")
        if not value or held is None or held["value"] != value:
            return 40001
        return 0 if held["until"] > self.clock.seconds() else 42001

    def expire_token(self) -> None:
        """Let the token die before its time."""
        self.state.drop("token", "access")

    def lock(self, name: str) -> threading.Lock:
        """Return the lock of a name."""
        return self._locks.setdefault(name, threading.Lock())
