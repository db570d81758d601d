"""Customer-service messages (WeChat: 客服消息)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.allowance import OutOfWindow, UsedUp
from sandbox.api.calls import OK, ApiError, Call, Row, follower
from sandbox.timeline import Bubble, text_bubble
from sandbox.world import World

LONGEST_TEXT = 2048
"""UTF-8 bytes."""

TYPING_S, SPOKE_S = 15, 30


def send(world: World, call: Call) -> Row:
    """Send a message, if the follower's deeds allow one."""
    openid, record = follower(world, call)
    bubble = _bubble(world, call.body)
    if not record["following"]:
        raise ApiError(45015, "response out of time limit or subscription is canceled")
    if record.get("accepts_messages") is False:
        raise ApiError(48002, "user blocks the messages of this account")
    try:
        with world.state.turn():
            world.spend(openid)
            world.timeline.add(openid, "account", "service", bubble)
    except OutOfWindow:
        raise ApiError(45015, "response out of time limit or subscription is canceled") from None
    except UsedUp:
        raise ApiError(45047, "out of response count limit") from None
    return OK


def typing(world: World, call: Call) -> Row:
    """Show that something is being typed: 15 s long, within 30 s of the last deed."""
    openid, _ = follower(world, call)
    command = call.body.get("command")
    if command not in {"Typing", "CancelTyping"}:
        raise ApiError(45072, "command must be Typing or CancelTyping")
    now = world.clock.seconds()
    with world.change(openid) as record:
        if not record["following"] or now - record.get("seen_at", 0) > SPOKE_S:
            raise ApiError(45080, "no message from the user in the last 30 seconds")
        if command == "Typing" and record.get("typing_until", 0) > now:
            raise ApiError(45081, "already typing")
        record["typing_until"] = now + TYPING_S if command == "Typing" else 0
        if command == "Typing":
            world.timeline.add(openid, "account", "service", {"type": "typing"})
    return OK


def _bubble(world: World, row: Row) -> Bubble:
    kind = row.get("msgtype")
    make = _KINDS.get(kind) if isinstance(kind, str) else None
    content = row.get(str(kind))
    if make is None:
        raise ApiError(40008, "invalid message type")
    if not isinstance(content, dict):
        raise ApiError(47001, "data format error")
    return make(world, content)


def _text(_world: World, row: Row) -> Bubble:
    content = row.get("content")
    if not isinstance(content, str) or not content:
        raise ApiError(44004, "empty content")
    if len(content.encode()) > LONGEST_TEXT:
        raise ApiError(45002, "content size out of limit")
    return text_bubble(content)


def _medium(kind: str) -> Callable[[World, Row], Bubble]:
    def make(world: World, row: Row) -> Bubble:
        name = str(row.get("media_id", ""))
        if world.media.record(name) is None:
            raise ApiError(40007, "invalid media_id")
        media = {"id": name, "url": f"/control/media/{name}"}
        return {"type": kind, "text": str(row.get("title", "")), "media": media}

    return make


def _music(_world: World, row: Row) -> Bubble:
    if not row.get("musicurl"):
        raise ApiError(40097, "invalid args")
    return {"type": "music", "text": str(row.get("title", ""))}


def _news(_world: World, row: Row) -> Bubble:
    articles = row.get("articles")
    if not isinstance(articles, list) or not articles:
        raise ApiError(44003, "empty news data")
    if len(articles) > 1:
        raise ApiError(45008, "article size out of limit")
    one = articles[0] if isinstance(articles[0], dict) else {}
    card = {
        "kind": "news",
        "title": str(one.get("title", "")),
        "description": str(one.get("description", "")),
        "url": str(one.get("url", "")),
        "picture": str(one.get("picurl", "")),
        "rows": [],
    }
    return {"type": "card", "text": card["title"], "card": card}


def _msgmenu(_world: World, row: Row) -> Bubble:
    listed = row.get("list")
    if not isinstance(listed, list) or not listed or not all(map(_is_choice, listed)):
        raise ApiError(47001, "data format error: msgmenu.list")
    choices = [
        {"n": n, "text": one["content"], "content": one["content"], "id": str(one["id"])}
        for n, one in enumerate(listed, 1)
    ]
    words = [row.get("head_content"), *(one["text"] for one in choices), row.get("tail_content")]
    text = "\n".join(str(word) for word in words if word)
    head = text_bubble(str(row.get("head_content") or ""))
    return {"type": "msgmenu", "text": text, "choices": choices, "markup": head["markup"]}


def _is_choice(one: Any) -> bool:
    return isinstance(one, dict) and "id" in one and isinstance(one.get("content"), str)


def _card(kind: str) -> Callable[[World, Row], Bubble]:
    def make(_world: World, row: Row) -> Bubble:
        title = str(row.get("title", ""))
        card = {"kind": kind, "title": title, "url": str(row.get("pagepath", "")), "rows": []}
        return {"type": "card", "text": title, "card": card}

    return make


_KINDS: dict[str, Callable[[World, Row], Bubble]] = {
    "text": _text,
    "image": _medium("image"),
    "voice": _medium("voice"),
    "video": _medium("video"),
    "music": _music,
    "news": _news,
    "msgmenu": _msgmenu,
    "mpnews": _card("mpnews"),
    "mpnewsarticle": _card("mpnewsarticle"),
    "wxcard": _card("wxcard"),
    "miniprogrampage": _card("miniprogrampage"),
}
