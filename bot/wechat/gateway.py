"""The door of the callback: verify, open, parse; and seal the reply."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict
from wechatpy.replies import TextReply

from bot.config import Settings
from bot.messages import Incoming, Reply, Said
from bot.ports import Clock
from bot.wechat.envelope import Envelope, Refused, check, sign
from bot.wechat.incoming import parse
from bot.wechat.markup import cdata, render

FRESH = timedelta(minutes=10)
"""How far a callback's timestamp may be off, both ways: retries may carry the old one."""

LARGEST = 64 * 1024
"""Bytes of a callback; the platform's messages are far smaller."""

DEEPEST = 32
"""Levels of elements; the platform's lists have four. JSON could not keep a thousand."""


class Gateway:
    """Opens what WeChat sends and seals what goes back."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._token, self._clock = settings.wechat_token, clock
        self._plain_allowed = settings.wechat_plain_allowed
        keys = filter(None, (settings.wechat_aes_key, settings.wechat_aes_key_previous))
        self._envelopes: Sequence[Envelope] = tuple(
            Envelope(key, settings.wechat_app_id) for key in keys
        )

    def verify(self, query: Mapping[str, str]) -> str:
        """Answer the check of the console: the echo, if the signature is right."""
        check(
            query.get("signature", ""),
            self._token,
            query.get("timestamp", ""),
            query.get("nonce", ""),
        )
        return query.get("echostr", "")

    def open(self, query: Mapping[str, str], body: bytes) -> Incoming:
        """Verify and read a callback. Raises ``Refused``, and nothing else, for any input."""
        if len(body) > LARGEST:
            raise Refused(400, "too_large")
        stamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        outer = _xml(body)
        sealed = outer.get("Encrypt")
        if isinstance(sealed, str):
            check(query.get("msg_signature", ""), self._token, stamp, nonce, sealed)
            self._fresh(stamp)
            return parse(_xml(self._decrypt(sealed)))
        if not self._plain_allowed:
            raise Refused(403, "plain")
        check(query.get("signature", ""), self._token, stamp, nonce)
        self._fresh(stamp)
        return parse(outer)

    def _fresh(self, stamp: str) -> None:
        if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
            raise Refused(400, "timestamp")
        if abs(self._clock.now().timestamp() - int(stamp)) > FRESH.total_seconds():
            raise Refused(403, "stale")

    def _decrypt(self, sealed: str) -> bytes:
        """Open with the present key, or during a rotation with the one before."""
        refused: Refused | None = None
        for envelope in self._envelopes:
            try:
                return envelope.open(sealed)
            except Refused as error:
                refused = refused or error
        raise refused or Refused(403, "no_key")

    def seal(self, incoming: Incoming, reply: Reply, *, encrypted: bool = True) -> bytes:
        """Make the passive reply; nothing to say is the word ``success``, never encrypted."""
        if not reply:
            return b"success"
        plain = passive_text(incoming, reply.said, int(self._clock.now().timestamp()))
        if not encrypted:
            return plain
        return self._enclose(self._envelopes[0].seal(plain))

    def _enclose(self, sealed: str) -> bytes:
        stamp = str(int(self._clock.now().timestamp()))
        nonce = secrets.token_hex(8)
        signature = sign(self._token, stamp, nonce, sealed)
        return (
            f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt>"
            f"<MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{stamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        ).encode()


def passive_text(incoming: Incoming, said: Sequence[Said], at: int) -> bytes:
    """Render a text reply by wechatpy, its CDATA made safe first."""
    reply = TextReply(
        source=cdata(incoming.account),
        target=cdata(incoming.openid),
        content=cdata(render(said)),
        time=at,
    )
    return str(reply.render()).encode()


def _xml(body: bytes) -> Mapping[str, Any]:
    """Parse a small, flat XML mapping; entities are refused (no bombs, no outside files).

    The platform writes UTF-8: another encoding that a body names is not tried.
    """
    try:
        root = xmltodict.parse(body, encoding="utf-8", disable_entities=True)
    except (ExpatError, ValueError, AttributeError, RecursionError, LookupError):
        raise Refused(400, "xml") from None
    inner = root.get("xml") if isinstance(root, dict) else None
    if not isinstance(inner, dict):
        raise Refused(400, "shape")
    if _deep(inner):
        raise Refused(400, "deep")
    return inner


def _deep(row: Mapping[str, Any]) -> bool:
    level: list[Any] = [row]
    for _ in range(DEEPEST):
        inside = (node.values() if isinstance(node, dict) else node for node in level)
        level = [value for values in inside for value in values if isinstance(value, dict | list)]
        if not level:
            return False
    return True
