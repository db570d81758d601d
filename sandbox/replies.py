"""What the bot answers to a push: nothing, a passive reply, or something WeChat refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.account import Account
from sandbox.markup import BadMarkup, parse
from sandbox.timeline import Bubble, text_bubble
from sandbox.wire import BadEnvelope, Envelope, signed

LONGEST_TEXT = 2048
"""UTF-8 bytes of a text; no page says so, bots report it."""

_KINDS = {"text", "image", "voice", "video", "music", "news", "transfer_customer_service"}


class BadReply(Exception):
    """An answer at which WeChat shows its own sentence of trouble."""


@dataclass(frozen=True, slots=True)
class Passive:
    """An accepted reply: in clear, and as the welder sees it (None: nothing to see)."""

    xml: str
    fields: dict[str, Any]
    bubble: Bubble | None


class ReplyReader:
    """Opens and checks replies as WeChat does (WeChat: 被动回复用户消息)."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._envelope = Envelope(account.aes_key, account.app_id)

    def read(self, body: bytes, openid: str) -> Passive | None:
        """Return None for ``success`` or an empty body. Raises ``BadReply``."""
        if body.strip() in {b"", b"success"}:
            return None
        try:
            text = body.decode()
            xml = text if self._account.mode == "plain" else self._open(parse(text))
            fields = parse(xml)
        except UnicodeDecodeError as error:
            raise BadReply("the body is not UTF-8") from error
        except (BadMarkup, BadEnvelope) as error:
            raise BadReply(str(error)) from error
        self._check_address(fields, openid)
        return Passive(xml, fields, _bubble(fields))

    def _open(self, sealed: dict[str, Any]) -> str:
        names = ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")
        parts = [sealed.get(name) for name in names]
        if not all(isinstance(part, str) and part for part in parts):
            raise BadReply("a reply in safe mode needs Encrypt, MsgSignature, TimeStamp and Nonce")
        encrypt, signature, timestamp, nonce = (str(part) for part in parts)
        if not signed(signature, self._account.token, timestamp, nonce, encrypt):
            raise BadReply("MsgSignature is wrong")
        return self._envelope.open(encrypt)

    def _check_address(self, fields: dict[str, Any], openid: str) -> None:
        if fields.get("ToUserName") != openid:
            raise BadReply("ToUserName is not the welder who wrote")
        if fields.get("FromUserName") != self._account.name:
            raise BadReply("FromUserName is not this account")
        if not str(fields.get("CreateTime", "")).strip().isdigit():
            raise BadReply("CreateTime is not a number")


def _bubble(fields: dict[str, Any]) -> Bubble | None:
    kind = fields.get("MsgType")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise BadReply("MsgType is none that a reply may have")
    if kind == "transfer_customer_service":
        return None
    if kind == "text":
        return _text(fields.get("Content"))
    if kind == "news":
        return _news(fields.get("Articles"))
    inner = fields.get("Music" if kind == "music" else kind.capitalize())
    if not isinstance(inner, dict):
        raise BadReply(f"a reply of type {kind} needs its element")
    return {"type": kind, "media": {"id": inner.get("MediaId", "")}}


def _text(content: object) -> Bubble:
    if not isinstance(content, str) or not content:
        raise BadReply("Content is empty")
    if len(content.encode()) > LONGEST_TEXT:
        raise BadReply(f"Content is longer than {LONGEST_TEXT} bytes")
    return text_bubble(content)


def _news(articles: object) -> Bubble:
    item = articles.get("item") if isinstance(articles, dict) else None
    if not isinstance(item, dict):
        raise BadReply("a reply of type news needs exactly one item")
    card = {
        "kind": "news",
        "title": item.get("Title", ""),
        "description": item.get("Description", ""),
        "url": item.get("Url", ""),
        "picture": item.get("PicUrl", ""),
        "rows": [],
    }
    return {"type": "card", "text": str(card["title"]), "card": card}
