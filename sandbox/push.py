"""Pushing to the bot: signed, encrypted, five seconds, three tries (WeChat: 接收普通消息)."""

from __future__ import annotations

import secrets
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from sandbox.account import Account
from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.markup import build
from sandbox.post import Answer, NoAnswer, post
from sandbox.replies import BadReply, ReplyReader
from sandbox.timeline import TROUBLE, Bubble, Timeline
from sandbox.wire import Envelope, sign
from sandbox.wirelog import WireLog

LIMIT_S = 5.0
TRIES = 3


@dataclass
class Outcome:
    """What came of one push: the bubbles that came back, how many tries, and how it ended."""

    replies: list[Bubble] = field(default_factory=list)
    tries: int = 0
    status: str = "failed"


class Pusher:
    """Sends messages and events to the bot's callback."""

    def __init__(
        self, account: Account, clock: Clock, faults: Faults, timeline: Timeline, wire: WireLog
    ) -> None:
        self._account, self._clock, self._faults = account, clock, faults
        self._timeline, self._wire = timeline, wire
        self._envelope = Envelope(account.aes_key, account.app_id)
        self._reader = ReplyReader(account)
        self._flying = 0
        self._changed = threading.Condition()
        self._held: dict[str, list[threading.Event]] = defaultdict(list)

    def push(self, openid: str, fields: dict[str, Any], *, seen: bool = True) -> Outcome:
        """Push one thing, try again as WeChat does, and show what came back.

        ``seen=False``: a second delivery of the same message, whose answer WeChat drops.
        """
        with self._changed:
            self._flying += 1
        try:
            return self._push(openid, fields, seen)
        finally:
            with self._changed:
                self._flying -= 1
                self._changed.notify_all()

    def later(self, openid: str, fields: dict[str, Any]) -> None:
        """Push in the background: reports of what became of a message."""
        with self._changed:
            self._flying += 1
        threading.Thread(target=self._later, args=(openid, fields), daemon=True).start()

    def _later(self, openid: str, fields: dict[str, Any]) -> None:
        try:
            self._push(openid, fields, seen=True)
        finally:
            with self._changed:
                self._flying -= 1
                self._changed.notify_all()

    def drained(self, seconds: float) -> bool:
        """Wait until nothing is in flight."""
        with self._changed:
            return self._changed.wait_for(lambda: self._flying == 0, seconds)

    def _push(self, openid: str, fields: dict[str, Any], seen: bool) -> Outcome:
        struck = self._faults.take("push", {"slow", "cut_before", "cut_after", "reorder"})
        self._reorder(openid, any(rule["kind"] == "reorder" for rule in struck))
        xml = build({"ToUserName": self._account.name, "FromUserName": openid, **fields})
        outcome = Outcome()
        rules = {rule["kind"]: rule for rule in struck}
        while outcome.tries < TRIES:
            outcome.tries += 1
            if self._try(openid, xml, outcome, rules, seen):
                return outcome
            rules = {}
        if seen and fields.get("Event") != "unsubscribe":
            outcome.replies.append(self._trouble(openid))
        return outcome

    def _reorder(self, openid: str, hold: bool) -> None:
        """Hold this push until the next one of the same person has gone, at most 2 s."""
        if hold:
            mine = threading.Event()
            self._held[openid].append(mine)
            mine.wait(2.0)
        else:
            for held in self._held.pop(openid, []):
                threading.Timer(0.05, held.set).start()

    def _try(
        self, openid: str, xml: str, outcome: Outcome, rules: dict[str, Any], seen: bool
    ) -> bool:
        url, body = self._sealed(openid, xml)
        began = time.monotonic()
        cut = next((kind for kind in ("cut_before", "cut_after") if kind in rules), None)
        request = {"url": url, "xml": xml, "body": body.decode(), "try": outcome.tries}
        if "slow" in rules:
            time.sleep(min(rules["slow"]["seconds"], LIMIT_S))
        try:
            answer = post(url, body, LIMIT_S, cut)
        except NoAnswer as error:
            self._wire.add("push", request, {"error": str(error)})
            return False
        took = round((time.monotonic() - began) * 1000, 1)
        seen_as = {"status": answer.status, "body": answer.body.decode(errors="replace")}
        good, note = self._read(openid, answer, outcome, seen)
        self._wire.add("push", request, {**seen_as, **note, "ms": took})
        return good

    def _read(
        self, openid: str, answer: Answer, outcome: Outcome, seen: bool
    ) -> tuple[bool, dict[str, Any]]:
        if answer.status != 200:
            return False, {}
        try:
            passive = self._reader.read(answer.body, openid)
        except BadReply as error:
            outcome.status = "bad"
            if seen:
                outcome.replies.append(self._trouble(openid))
            return True, {"refused": str(error)}
        outcome.status = "ok" if passive else "success"
        if passive and passive.bubble and seen:
            bubble = self._timeline.add(openid, "account", "passive", passive.bubble)
            outcome.replies.append(bubble)
        return True, {"xml": passive.xml} if passive else {}

    def _trouble(self, openid: str) -> Bubble:
        return self._timeline.add(openid, "system", None, {"text": TROUBLE})

    def _sealed(self, openid: str, xml: str) -> tuple[str, bytes]:
        stamp, nonce = str(int(self._clock.seconds())), str(secrets.randbelow(10**10))
        query = {
            "signature": sign(self._account.token, stamp, nonce),
            "timestamp": stamp,
            "nonce": nonce,
            "openid": openid,
        }
        if self._account.mode == "plain":
            return f"{self._account.push_url}?{urlencode(query)}", xml.encode()
        sealed = self._envelope.seal(xml)
        query["encrypt_type"] = "aes"
        query["msg_signature"] = sign(self._account.token, stamp, nonce, sealed)
        body = build({"ToUserName": self._account.name, "Encrypt": sealed})
        return f"{self._account.push_url}?{urlencode(query)}", body.encode()
