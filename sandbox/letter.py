"""One push in its envelope, ready to go out."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sandbox.account import Account
from sandbox.clock import Clock
from sandbox.markup import build
from sandbox.wire import Envelope, sign


@dataclass(frozen=True)
class Letter:
    """One push as it goes out; a duplicate repeats it byte for byte."""

    openid: str
    xml: str
    url: str
    body: bytes


class Sealer:
    """Signs and seals for one account."""

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account, self._clock = account, clock
        self._envelope = Envelope(account.aes_key, account.app_id)

    def seal(self, openid: str, fields: dict[str, Any]) -> Letter:
        """Make the URL and body of one delivery: every one has its own nonce and time stamp."""
        raw = fields.get("xml")  # a stranger's own document, sent as it is
        whole = {"ToUserName": self._account.name, "FromUserName": openid, **fields}
        xml = raw if isinstance(raw, str) else build(whole)
        stamp, nonce = str(int(self._clock.seconds())), str(secrets.randbelow(10**10))
        query = {
            "signature": sign(self._account.token, stamp, nonce),
            "timestamp": stamp,
            "nonce": nonce,
            "openid": openid,
        }
        body = xml
        if self._account.mode == "safe":
            sealed = self._envelope.seal(xml)
            query["encrypt_type"] = "aes"
            query["msg_signature"] = sign(self._account.token, stamp, nonce, sealed)
            body = build({"ToUserName": self._account.name, "Encrypt": sealed})
        glue = "&" if "?" in self._account.push_url else "?"
        return Letter(
            openid, xml, f"{self._account.push_url}{glue}{urlencode(query)}", body.encode()
        )
