"""Notices: signed, sealed, five seconds, fifteen more tries (WeChat Pay: 支付成功回调通知)."""

from __future__ import annotations

import json
import random
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from sandbox.clock import iso
from sandbox.pay.orders import rfc3339
from sandbox.pay.refunds import ENDS
from sandbox.pay.signature import seal
from sandbox.post import Cut, NoAnswer, post

if TYPE_CHECKING:
    from sandbox.faults import Rule
    from sandbox.pay.service import Pay

Notice = dict[str, Any]

RETRIES_S = (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600)
"""From one failed try to the next, in virtual time: 24 hours and 4 minutes in all."""

PROBE = "WECHATPAY/SIGNTEST/"
"""How the signature of a probe begins; a bot that answers it with 2xx checks nothing."""

PROBES_KEPT = 1000

KINDS = {"slow", "cut_before", "cut_after", "bad_signature", "unsigned", "duplicate"}


class Notices:
    """Tells the bot what came of its orders and refunds."""

    def __init__(self, pay: Pay, limit_s: float, seed: int | None) -> None:
        self._pay, self._limit_s = pay, limit_s
        self._random = random.Random(seed)  # noqa: S311 a die for chances, no secret
        pay.agenda.on("notice", self._deliver)

    def send(self, event: str, about: str, url: str, resource: dict[str, Any]) -> None:
        """Begin to tell something of an order (``about``), unless notices are switched off."""
        pay, now = self._pay, self._pay.clock.seconds()
        number = str(uuid.uuid4())
        wanted = bool(pay.settings["notify"])
        notice: Notice = {
            "id": number,
            "event": event,
            "about": about,
            "url": url,
            "resource": resource,
            "created": now,
            "tries": [],
            "state": "waits" if wanted else "withheld",
        }
        with pay.state.turn():
            pay.state.put("pay_notice", number, notice)
            ids = (pay.state.get("pay_notices_of", about) or {"ids": []})["ids"]
            pay.state.put("pay_notices_of", about, {"ids": [*ids, number]})
            if wanted:
                pay.agenda.add("notice", number, now)

    def of(self, about: str) -> list[Notice]:
        """Return the notices of an order, the oldest first."""
        held = self._pay.state.get("pay_notices_of", about) or {"ids": []}
        found = (self._pay.state.get("pay_notice", number) for number in held["ids"])
        return [notice for notice in found if notice]

    def again(self, number: str, copies: int) -> list[dict[str, Any]] | None:
        """Send a notice once more, so often at the same time; None: there is no such notice."""
        notice = self._pay.state.get("pay_notice", number)
        if notice is None:
            return None
        with ThreadPoolExecutor(copies) as pool:
            return list(pool.map(lambda _: self._try(notice, {}, 0), range(copies)))

    def probe(self, url: str) -> dict[str, Any]:
        """Send what only looks like a notice; write down what came and whether that is right."""
        resource = {"mchid": self._pay.merchant.mch_id, "trade_state": "SUCCESS"}
        notice = {"id": str(uuid.uuid4()), "event": "TRANSACTION.SUCCESS", "resource": resource}
        body = self._body({**notice, "created": self._pay.clock.seconds()})
        headers = self._headers(body)
        headers["Wechatpay-Signature"] = PROBE + headers["Wechatpay-Signature"]
        came = self._post(url, body, headers, None)
        row = {"at": iso(self._pay.clock.now()), "url": url, **came}
        row["ok"] = 400 <= came.get("status", 0) < 600
        n = self._pay.state.append("pay_probes", "", row)
        self._pay.state.trim("pay_probes", "", n - PROBES_KEPT)
        self._pay.wire.add("notice", {"url": url, "event": "SIGNTEST", "try": 0}, came)
        return row

    def _deliver(self, number: str) -> None:
        """Try once; if it fails, try again when the table says."""
        pay = self._pay
        notice = pay.state.get("pay_notice", number)
        if notice is None or notice["state"] != "waits":
            return
        if self._random.random() < pay.settings["signtest_chance"]:
            self.probe(notice["url"])
        began = pay.clock.seconds()
        rules = {rule["kind"]: rule for rule in pay.faults.take("notice", KINDS)}
        if "duplicate" in rules:
            self._try(notice, {}, 0)
        came = self._try(notice, rules, len(notice["tries"]) + 1)
        with pay.state.turn():
            if pay.state.get("pay_notice", number) is None:
                return  # forgotten meanwhile
            notice["tries"].append({"at": rfc3339(began), **came})
            done = came.get("status") in (200, 204)
            left = RETRIES_S[len(notice["tries"]) - 1 :]
            notice["state"] = "told" if done else "waits" if left else "given_up"
            notice["next"] = None if done or not left else began + left[0]
            pay.state.put("pay_notice", number, notice)
            if notice["next"]:
                pay.agenda.add("notice", number, notice["next"])

    def _try(self, notice: Notice, rules: dict[str, Rule], number: int) -> dict[str, Any]:
        """Deliver once; ``number`` 0 is a duplicate."""
        if "slow" in rules:
            time.sleep(rules["slow"]["seconds"])
        body = self._body(notice)
        headers = {} if "unsigned" in rules else self._headers(body)
        if "bad_signature" in rules:
            headers = self._headers(b"another text")
        cuts: tuple[Cut, Cut] = ("cut_before", "cut_after")
        cut = next((kind for kind in cuts if kind in rules), None)
        came = self._post(notice["url"], body, headers, cut)
        shown = json.dumps(notice["resource"], ensure_ascii=False)
        asked = {"url": notice["url"], "event": notice["event"], "try": number}
        asked |= {"resource": shown, "body": body.decode()}
        self._pay.wire.add("notice", asked, came)
        return came

    def _post(
        self, url: str, body: bytes, headers: dict[str, str], cut: Cut | None
    ) -> dict[str, Any]:
        began = time.monotonic()
        typed = {"Content-Type": "application/json", **headers}
        try:
            answer = post(url, body, self._limit_s, cut, typed)
        except NoAnswer as error:
            came: dict[str, Any] = {"error": str(error)}
        else:
            came = {"status": answer.status, "body": answer.body[:2000].decode(errors="replace")}
        came["ms"] = round((time.monotonic() - began) * 1000, 1)
        return came

    def _body(self, notice: Notice) -> bytes:
        kind = "refund" if notice["event"].startswith("REFUND.") else "transaction"
        text = json.dumps(notice["resource"], ensure_ascii=False, separators=(",", ":"))
        row = {
            "id": notice["id"],
            "create_time": rfc3339(notice["created"]),
            "resource_type": "encrypt-resource",
            "event_type": notice["event"],
            "summary": ENDS.get(notice["event"].removeprefix("REFUND."), "支付成功"),
            "resource": {"original_type": kind, **seal(self._pay.merchant.api_v3_key, text, kind)},
        }
        return json.dumps(row, ensure_ascii=False).encode()

    def _headers(self, body: bytes) -> dict[str, str]:
        by_key = self._random.random() < self._pay.settings["migrating_share"]
        return self._pay.headers(self._pay.signer(by_key), body)
