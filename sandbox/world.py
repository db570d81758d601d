"""Everything of one sandbox joined: account, clock, state, followers, and their rights."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sandbox.account import Account
from sandbox.agenda import Agenda
from sandbox.allowance import Grant, Reason, grant, spend
from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.media import Media
from sandbox.pay.merchant import Merchant
from sandbox.pay.service import Pay
from sandbox.push import Patience, Pusher
from sandbox.state import State
from sandbox.timeline import Timeline
from sandbox.tokens import Tokens
from sandbox.wirelog import WireLog

Follower = dict[str, Any]

FIRST_MSG_ID = 24_000_000_000_000_000


class World:
    """One account and its followers."""

    def __init__(
        self,
        account: Account,
        state: State,
        seed: int | None = None,
        patience: Patience | None = None,
        begins: datetime | None = None,
        merchant: Merchant | None = None,
    ) -> None:
        self.account, self.state = account, state
        self.patience = patience or Patience()
        self.clock = Clock(state, begins)
        self.agenda = Agenda(state, self.clock)
        self.faults = Faults(seed)
        self.timeline = Timeline(state, self.clock)
        self.wire = WireLog(state, self.clock)
        self.tokens = Tokens(state, self.clock)
        self.media = Media(state, self.clock)
        self.pusher = Pusher(
            account, self.clock, self.faults, self.timeline, self.wire, self.patience
        )
        self.pay = self._till(merchant, seed) if merchant else None
        self._seed = secrets.token_hex(8) if seed is None else str(seed)

    def _till(self, merchant: Merchant, seed: int | None) -> Pay:
        pay = Pay(merchant, self.account, self.state, self.clock, self.agenda)
        pay.tell_by(self.faults, self.wire, self.patience.limit_s, seed)
        pay.on_paid(lambda openid: self.grant(openid, "payment"))
        return pay

    def follower(self, openid: str) -> Follower | None:
        """Return a follower's record, whether or not he follows now."""
        return self.state.get("follower", openid)

    @contextmanager
    def change(self, openid: str) -> Iterator[Follower]:
        """Read, change and write a follower's record as one step."""
        with self.state.turn():
            record = self.follower(openid) or {"openid": openid, "following": False}
            yield record
            self.state.put("follower", openid, record)

    def new_openid(self) -> str:
        """Make a name like WeChat's; with the same seed the same names in the same order."""
        n = self.state.count("follower")
        digest = hashlib.sha256(f"{self._seed}:{n}".encode()).digest()
        return "o" + base64.urlsafe_b64encode(digest).decode()[:27]

    def follow(self, openid: str, scene: str = "") -> None:
        """Let somebody follow, perhaps by a QR code, and grant what that grants."""
        now = self.clock.seconds()
        with self.change(openid) as record:
            record |= {"following": True, "since": now, "scene": scene}
        self.grant(openid, "scan" if scene else "follow")

    def unfollow(self, openid: str) -> None:
        """Let somebody leave; the right to write to him ends, one-time consents stay."""
        with self.change(openid) as record:
            record |= {"following": False, "grants": [], "tags": []}

    def grant(self, openid: str, reason: Reason) -> None:
        """Give the account the right that a deed grants."""
        now = self.clock.seconds()
        with self.change(openid) as record:
            grants: list[Grant] = record.get("grants", [])
            record["grants"] = grant(grants, reason, now)
            record["seen_at"] = now

    def spend(self, openid: str) -> None:
        """Use one customer-service send. Raises ``OutOfWindow`` or ``UsedUp``."""
        with self.change(openid) as record:
            record["grants"] = spend(record.get("grants", []), self.clock.seconds())
            record["typing_until"] = 0

    def consent(self, openid: str, template: str, accept: bool) -> None:
        """Write down one more consent for a template; a refusal takes nothing away."""
        with self.state.turn():
            held = self.state.get("consent", openid) or {}
            n = held.get(template, 0) + (1 if accept else 0)
            self.state.put("consent", openid, {**held, template: n})

    def refuse(self, openid: str, template: str) -> None:
        """Void every consent for a template: he switched it off in the settings."""
        with self.state.turn():
            held = self.state.get("consent", openid) or {}
            self.state.put("consent", openid, {**held, template: 0})

    def use_consent(self, openid: str, template: str) -> bool:
        """Use one consent; False when there is none."""
        with self.state.turn():
            held = self.state.get("consent", openid) or {}
            if held.get(template, 0) < 1:
                return False
            self.state.put("consent", openid, {**held, template: held[template] - 1})
            return True

    def msg_id(self) -> int:
        """Return the next 64-bit MsgId."""
        return FIRST_MSG_ID + self.state.count("message") * 7

    def settled(self, seconds: float) -> bool:
        """Wait until nothing is in flight, and nothing due of what WeChat does later."""
        until = time.monotonic() + seconds
        self.pusher.drained(seconds)
        self.agenda.idle(max(0.0, until - time.monotonic()))
        return self.pusher.drained(max(0.0, until - time.monotonic())) and self.agenda.idle(0.0)

    def close(self) -> None:
        """Let what is in flight land, and begin nothing more."""
        self.pusher.drained(5.0)
        self.agenda.close()

    def reset(self, keep: frozenset[str]) -> None:
        """Forget everybody and everything but the kinds named."""
        self.faults.clear()
        self.settled(5.0)
        self.state.reset(keep)
        if "clock" not in keep:
            self.clock.reset()
