"""Every message and event of the platform, read by name (wechat.md 1.5, 1.6).

wechatpy's parser says which type it is; its own leaks (KeyError, AttributeError …) become
a refusal. Unknown types and fields are still an ``Incoming``: the platform invents new
ones at any time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.messages import Incoming, Kind
from bot.wechat.envelope import Refused
from bot.wechat.markup import clean

_MESSAGES: Mapping[str, Kind] = {
    "text": "text",
    "image": "image",
    "voice": "voice",
    "video": "video",
    "shortvideo": "video",
    "location": "location",
    "link": "link",
    "file": "file",
}

_EVENTS: Mapping[str, Kind] = {
    "subscribe": "follow",
    "unsubscribe": "unfollow",
    "scan": "scan",
    "click": "click",
    "view": "view",
    "view_miniprogram": "view",
    "scancode_push": "scancode",
    "scancode_waitmsg": "scancode",
    "pic_sysphoto": "photos",
    "pic_photo_or_album": "photos",
    "pic_weixin": "photos",
    "location": "place",
    "location_select": "place",
    "subscribe_msg_popup_event": "consent",
    "subscribe_msg_change_event": "consent",
    "subscribe_msg_sent_event": "subscription_result",
    "templatesendjobfinish": "template_result",
}

_ACCOUNT = ("qualification_verify", "naming_verify", "annual_renew", "verify_expired")

_COMMON = frozenset({"ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId", "Event"})

_UNIQUE = ("Ticket", "MsgID", "MsgId", "TemplateId")
"""What tells two events of one person, kind and second apart."""


def parse(row: Mapping[str, Any]) -> Incoming:
    """Read the decrypted elements. Raises ``Refused(400)`` when sender or time is missing."""
    openid, created = _text(row, "FromUserName"), _text(row, "CreateTime")
    if not openid or not created.isascii() or not created.isdigit() or len(created) > 11:
        raise Refused(400, "sender_or_time")
    sent_at = datetime.fromtimestamp(int(created), UTC)
    if _text(row, "MsgType").lower() == "event":
        return _event(row, openid, created, sent_at)
    kind = _MESSAGES.get(_text(row, "MsgType").lower(), "unknown")
    return Incoming(
        key=f"{openid}:{_text(row, 'MsgId')}:{created}",
        openid=openid,
        kind=kind,
        sent_at=sent_at,
        text=_text(row, "Content").strip(),
        choice=_number(_text(row, "bizmsgmenuid")),
        media_id=_text(row, "MediaId"),
        account=_text(row, "ToUserName"),
        fields=_rest(row, "Content", "MediaId", "bizmsgmenuid"),
    )


def _event(row: Mapping[str, Any], openid: str, created: str, sent_at: datetime) -> Incoming:
    name = _text(row, "Event").lower()
    event_key = _text(row, "EventKey")
    unique = ":".join(_text(row, field) for field in _UNIQUE)
    kind = _EVENTS.get(name, "unknown")
    if name.startswith(_ACCOUNT):
        kind = "account"
    fields = _rest(row, "EventKey")
    if kind == "consent":
        fields = {"templates": [list(pair) for pair in _consents(row)]}
    elif kind in {"template_result", "subscription_result"}:
        fields = {"results": list(_results(row))}
    return Incoming(
        key=f"{openid}:{created}:{name}:{event_key}:{unique}",
        openid=openid,
        kind=kind,
        sent_at=sent_at,
        event_key=event_key.removeprefix("qrscene_") if kind == "follow" else event_key,
        account=_text(row, "ToUserName"),
        fields=fields,
    )


def _consents(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for item in _listed(row, "SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent"):
        yield _text(item, "TemplateId"), _text(item, "SubscribeStatusString")


def _results(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if status := _text(row, "Status"):
        id_ = _text(row, "MsgID") or _text(row, "MsgId")
        yield {"id": id_, "ok": status == "success", "reason": status[:80]}
    for item in _listed(row, "SubscribeMsgSentEvent"):
        code = _text(item, "ErrorCode")
        yield {
            "id": _text(item, "MsgID"),
            "ok": code in {"0", ""},
            "reason": _text(item, "ErrorStatus")[:80],
        }


def _listed(row: Mapping[str, Any], *containers: str) -> Iterator[Mapping[str, Any]]:
    """Yield the items of a list that may be one object or several, by either of its names."""
    for name in containers:
        inside = row.get(name)
        items = inside.get("List") if isinstance(inside, dict) else None
        for item in items if isinstance(items, list) else [items]:
            if isinstance(item, dict):
                yield item


def _text(row: Mapping[str, Any], name: str) -> str:
    """Return an element's text; of a repeated element the first, of a nested one nothing."""
    value = row.get(name)
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("#text", "")
    return clean(value) if isinstance(value, str) else ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _rest(row: Mapping[str, Any], *taken: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in _COMMON.union(taken)}
