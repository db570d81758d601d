"""Pushing to the bot: signed, encrypted, five seconds, three tries (WeChat: 接收普通消息)."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from sandbox.account import Account
from sandbox.clock import Clock
from sandbox.faults import Faults, Rule
from sandbox.letter import Letter, Sealer
from sandbox.post import Cut, NoAnswer, post
from sandbox.replies import BadReply, Passive, ReplyReader
from sandbox.timeline import TROUBLE, Bubble, Timeline
from sandbox.wirelog import WireLog

TRIES = 3


@dataclass(frozen=True)
class Patience:
    """How long the sandbox waits, in real seconds."""

    limit_s: float = 5.0
    """For the answer to a push (WeChat: 接收普通消息)."""
    gap_s: float = 1.5
    """Between the starts of two tries that failed at once; WeChat does not say."""
    step_s: float = 15.0
    """For the bot to finish what is due, at each step of a turn of the clock."""


BACKGROUND = 64
"""Pushes that may run in the background at the same time."""

KINDS = {"slow", "cut_before", "cut_after", "reorder", "duplicate"}


@dataclass
class Outcome:
    """What came of one push: the bubbles that came back, how many tries, and how it ended."""

    replies: list[Bubble] = field(default_factory=list)
    tries: int = 0
    status: str = "failed"
    reason: str = ""
    duplicates: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Try:
    """How one delivery ended: ``ok``, ``success``, ``bad`` (no retry) or ``failed`` (retry)."""

    status: str
    passive: Passive | None = None
    reason: str = ""


class Pusher:
    """Sends messages and events to the bot's callback."""

    def __init__(
        self,
        account: Account,
        clock: Clock,
        faults: Faults,
        timeline: Timeline,
        wire: WireLog,
        patience: Patience,
    ) -> None:
        self._account, self._clock, self._faults = account, clock, faults
        self._timeline, self._wire, self._patience = timeline, wire, patience
        self._sealer = Sealer(account, clock)
        self._reader = ReplyReader(account)
        self._flying = 0
        self._changed = threading.Condition()
        self._room = threading.Semaphore(BACKGROUND)
        self._held: dict[str, list[threading.Event]] = defaultdict(list)

    def push(
        self,
        openid: str,
        fields: dict[str, Any],
        copies: int = 0,
        then: Callable[[], object] | None = None,
    ) -> Outcome:
        """Push one thing, try again as WeChat does, and show what came back.

        ``copies``: so many duplicates go out beside it. ``then`` is done before it counts as
        landed.
        """
        with self._flight():
            outcome = self._deliver(openid, fields, copies)
            if then:
                then()
            return outcome

    def later(self, openid: str, fields: dict[str, Any], copies: int = 0) -> None:
        """Push in the background: bursts, and reports of what became of a message."""
        flight = self._flight()
        flight.__enter__()

        def fly() -> None:
            try:
                with self._room:
                    self._deliver(openid, fields, copies)
            finally:
                flight.__exit__(None, None, None)

        threading.Thread(target=fly, daemon=True).start()

    def drained(self, seconds: float) -> bool:
        """Wait until nothing is in flight."""
        with self._changed:
            return self._changed.wait_for(lambda: self._flying == 0, seconds)

    def _flight(self) -> AbstractContextManager[None]:
        @contextmanager
        def counted() -> Any:
            with self._changed:
                self._flying += 1
            try:
                yield
            finally:
                with self._changed:
                    self._flying -= 1
                    self._changed.notify_all()

        return counted()

    def _deliver(self, openid: str, fields: dict[str, Any], copies: int) -> Outcome:
        rules = {rule["kind"]: rule for rule in self._faults.take("push", KINDS)}
        waiting = self._queue(openid, rules.get("reorder"))
        letter = self._sealer.seal(openid, fields)
        landed: list[Try] = []
        echoes = [
            threading.Thread(target=lambda: landed.append(self._try(letter, 0, {})), daemon=True)
            for _ in range(copies + ("duplicate" in rules))
        ]
        for echo in echoes:
            echo.start()
        outcome, last = self._tries(letter, fields, rules)
        for other in waiting:
            other.set()
        for echo in echoes:
            echo.join()
        self._show(openid, fields, outcome, [last, *landed])
        return outcome

    def _queue(self, openid: str, hold: Rule | None) -> list[threading.Event]:
        """Wait until the next push of the same person is through; or return who waits for this."""
        if hold is None:
            with self._changed:
                return self._held.pop(openid, [])
        mine = threading.Event()
        with self._changed:
            self._held[openid].append(mine)
        mine.wait(hold["seconds"])
        return []

    def _tries(
        self, letter: Letter, fields: dict[str, Any], rules: dict[str, Rule]
    ) -> tuple[Outcome, Try]:
        outcome = Outcome()
        while True:
            outcome.tries += 1
            began = time.monotonic()
            last = self._try(letter, outcome.tries, rules)
            if last.status != "failed" or outcome.tries == TRIES:
                return outcome, last
            time.sleep(max(0.0, self._patience.gap_s - (time.monotonic() - began)))
            # The same MsgId and CreateTime in a new envelope: time stamp and nonce are new.
            letter, rules = self._sealer.seal(letter.openid, fields), {}

    def _show(
        self, openid: str, fields: dict[str, Any], outcome: Outcome, landed: list[Try]
    ) -> None:
        """Put on the welder's screen what the first good delivery brought, once."""
        first = landed[0]
        good = next((one for one in landed if one.status in {"ok", "success"}), first)
        outcome.status = "failed" if good.status == "bad" else good.status
        outcome.reason = good.reason
        outcome.duplicates = [
            {"status": one.status, "same": _words(one) == _words(good)} for one in landed[1:]
        ]
        bubble = good.passive.bubble if good.passive else None
        if bubble:
            outcome.replies = [self._timeline.add(openid, "account", "passive", bubble)]
        elif outcome.status == "failed" and _expects_answer(fields):
            outcome.replies = [self._timeline.add(openid, "system", "system", {"text": TROUBLE})]

    def _try(self, letter: Letter, number: int, rules: dict[str, Rule]) -> Try:
        """Deliver once; ``number`` 0 is a duplicate."""
        began = time.monotonic()
        if "slow" in rules:
            time.sleep(rules["slow"]["seconds"])
        ended, answer = self._exchange(letter, rules)
        answer["ms"] = round((time.monotonic() - began) * 1000, 1)
        body = letter.body.decode()
        request = {"url": letter.url, "xml": letter.xml, "body": body, "try": number}
        self._wire.add("push", request, answer)
        return ended

    def _exchange(self, letter: Letter, rules: dict[str, Rule]) -> tuple[Try, dict[str, Any]]:
        cuts: tuple[Cut, Cut] = ("cut_before", "cut_after")
        cut = next((kind for kind in cuts if kind in rules), None)
        try:
            answer = post(letter.url, letter.body, self._patience.limit_s, cut)
        except NoAnswer as error:
            return Try("failed", reason=str(error)), {"error": str(error)}
        shown = {"status": answer.status, "body": answer.body.decode(errors="replace")}
        if answer.status != 200:
            return Try("failed", reason=f"HTTP {answer.status}"), shown
        try:
            passive = self._reader.read(answer.body, letter.openid)
        except BadReply as error:
            return Try("bad", reason=str(error)), {**shown, "refused": str(error)}
        if passive is None:
            return Try("success"), shown
        return Try("ok", passive), {**shown, "xml": passive.xml}


SILENT = {
    "unsubscribe",
    "VIEW",
    "LOCATION",
    "TEMPLATESENDJOBFINISH",
    "subscribe_msg_sent_event",
    "subscribe_msg_popup_event",
    "subscribe_msg_change_event",
}
"""Events at whose failure the welder sees nothing: he is gone, or did not ask anything."""


def _expects_answer(fields: dict[str, Any]) -> bool:
    return fields.get("Event") not in SILENT


def _words(one: Try) -> object:
    """Return what a reply says; its CreateTime may differ between two equal replies."""
    if one.passive is None:
        return None
    return {name: value for name, value in one.passive.fields.items() if name != "CreateTime"}
