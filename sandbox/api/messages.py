"""Sending: customer service, templates, subscription messages."""

from __future__ import annotations

import re
from typing import Any

from sandbox.allowance import OutOfWindow, UsedUp
from sandbox.api.calls import ApiError
from sandbox.deeds import event
from sandbox.timeline import Bubble, text_bubble
from sandbox.world import World

LONGEST_TEXT = 2048
SAME_KEY_S = 600
TEMPLATE_FIELD = 20


def custom_send(world: World, row: dict[str, Any]) -> dict[str, Any]:
    """Send a customer-service message (WeChat: 客服消息)."""
    openid = _follower(world, row, gone=45015)
    bubble = _service_bubble(row)
    try:
        world.spend(openid)
    except OutOfWindow:
        raise ApiError(45015, "response out of time limit or subscription is canceled") from None
    except UsedUp:
        raise ApiError(45047, "out of response count limit") from None
    world.timeline.add(openid, "account", "service", bubble)
    return {"errcode": 0, "errmsg": "ok"}


def _follower(world: World, row: dict[str, Any], gone: int) -> str:
    openid = row.get("touser")
    record = world.follower(openid) if isinstance(openid, str) else None
    if record is None:
        raise ApiError(40003, "invalid openid")
    if not record["following"]:
        raise ApiError(gone, "require subscribe")
    return str(openid)


def _service_bubble(row: dict[str, Any]) -> Bubble:
    kind = row.get("msgtype")
    inner = row.get(kind) if isinstance(kind, str) else None
    if not isinstance(inner, dict):
        raise ApiError(40008, "invalid message type")
    if kind == "text":
        content = str(inner.get("content", ""))
        if not content:
            raise ApiError(44004, "empty content")
        if len(content.encode()) > LONGEST_TEXT:
            raise ApiError(45002, "content size out of limit")
        return text_bubble(content)
    if kind == "msgmenu":
        listed = enumerate(inner.get("list", []), 1)
        choices = [
            {"n": n, "text": c["content"], "content": c["content"], "id": c["id"]}
            for n, c in listed
        ]
        return {"type": "msgmenu", "text": inner.get("head_content", ""), "choices": choices}
    if kind == "news" and len(inner.get("articles", [])) != 1:
        raise ApiError(45008, "article size out of limit")
    return {"type": str(kind), "media": {"id": inner.get("media_id", "")}}


def typing(world: World, row: dict[str, Any]) -> dict[str, Any]:
    """Show that something is being typed."""
    _follower(world, row, gone=45015)
    if row.get("command") not in {"Typing", "CancelTyping"}:
        raise ApiError(40097, "invalid args")
    return {"errcode": 0, "errmsg": "ok"}


def template_send(world: World, row: dict[str, Any]) -> dict[str, Any]:
    """Send a template message (WeChat: 模板消息); the result is reported later."""
    template = world.state.get("template", str(row.get("template_id")))
    if template is None or template.get("kind") != "template":
        raise ApiError(40037, "invalid template_id")
    openid = _follower(world, row, gone=43004)
    values = _fields(template, row)
    key = row.get("client_msg_id")
    now = world.clock.seconds()
    with world.state.turn():
        sent = world.state.get("client_msg", f"{openid}:{key}") if key else None
        if sent and now - sent["at"] < SAME_KEY_S:
            return {"errcode": 0, "errmsg": "ok", "msgid": sent["msgid"]}
        msgid = 3_000_000_000_000_000_000 + world.state.count("template")
        if key:
            world.state.put("client_msg", f"{openid}:{key}", {"at": now, "msgid": msgid})
    card = _card(template, values, row.get("url"))
    world.timeline.add(openid, "account", "template", card)
    report = event("TEMPLATESENDJOBFINISH", MsgID=msgid, Status="success")
    world.pusher.later(openid, {"CreateTime": int(now), **report})
    return {"errcode": 0, "errmsg": "ok", "msgid": msgid}


def _card(template: dict[str, Any], values: dict[str, str], url: object) -> Bubble:
    rows = [
        {"name": template["fields"][name], "value": value[:TEMPLATE_FIELD]}
        for name, value in values.items()
    ]
    card = {"kind": "notice", "title": template["title"], "rows": rows, "url": url or ""}
    return {"type": "card", "text": template["title"], "card": card}


def _fields(template: dict[str, Any], row: dict[str, Any]) -> dict[str, str]:
    data = row.get("data")
    if not isinstance(data, dict):
        raise ApiError(47001, "data format error")
    values: dict[str, str] = {}
    for name in template["fields"]:
        value = data.get(name)
        if not isinstance(value, dict) or not value.get("value"):
            raise ApiError(47003, f"argument invalid! data.{name}.value is empty")
        values[name] = str(value["value"])
    return values


def bizsend(world: World, row: dict[str, Any]) -> dict[str, Any]:
    """Send a subscription message: one consent, one message (WeChat: 订阅通知)."""
    template = world.state.get("template", str(row.get("template_id")))
    if template is None or template.get("kind") != "subscription":
        raise ApiError(40037, "invalid template_id")
    openid = row.get("touser")
    if not isinstance(openid, str) or world.follower(openid) is None:
        raise ApiError(40003, "invalid openid")
    values = _fields(template, row)
    for name, value in values.items():
        if not _fits(name, value):
            raise ApiError(47003, f"argument invalid! data.{name}.value invalid")
    if not world.consents_take(openid, str(row["template_id"])):
        raise ApiError(43101, "user refuse to accept the msg")
    msgid = 4_000_000_000_000_000_000 + world.state.count("subscription")
    card = _card(template, values, row.get("page"))
    world.timeline.add(openid, "account", "subscription", card)
    listed = {
        "TemplateId": row["template_id"],
        "MsgID": str(msgid),
        "ErrorCode": 0,
        "ErrorStatus": "success",
    }
    report = event("subscribe_msg_sent_event", SubscribeMsgSentEvent={"List": listed})
    world.pusher.later(openid, {"CreateTime": int(world.clock.seconds()), **report})
    return {"errcode": 0, "errmsg": "ok", "msgid": msgid}


_SHAPES = {
    "thing": r".{1,20}",
    "character_string": r"[\x21-\x7e]{1,32}",
    "number": r"[-\d.]{1,32}",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r".{1,5}",
    "phrase": r"[\u4e00-\u9fff]{1,5}",
    "name": r".{1,20}",
    "date": r"\d{4}年\d{1,2}月\d{1,2}日( \d{1,2}:\d{2})?|\d{4}-\d{2}-\d{2}",
    "time": r"(\d{4}年\d{1,2}月\d{1,2}日)?( ?\d{1,2}:\d{2}(:\d{2})?)?",
    "amount": r".?\d{1,10}(\.\d{1,2})?.?",
    "phone_number": r"[-+\d]{1,17}",
    "car_number": r".{1,8}",
}


def _fits(name: str, value: str) -> bool:
    shape = _SHAPES.get(name.rstrip("0123456789"), ".*")
    return bool(value) and re.fullmatch(shape, value) is not None
