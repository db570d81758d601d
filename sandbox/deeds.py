"""What a welder can do in the chat, as the fields of the push it causes."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from sandbox.allowance import Reason
from sandbox.world import World

Fields = dict[str, Any]
Bubble = dict[str, Any]


class BadDeed(Exception):
    """The control request cannot be done; the text says why."""


class Deed:
    """One deed: what is pushed, what the welder sees, and the right it gives the account."""

    def __init__(
        self, fields: Fields, bubble: Bubble | None = None, grants: Reason | None = None
    ) -> None:
        self.fields, self.bubble, self.grants = fields, bubble, grants


def deed(world: World, openid: str, row: dict[str, Any]) -> Deed:
    """Make a deed of a control request. Raises ``BadDeed``."""
    kind = row.get("type")
    make = _DEEDS.get(str(kind))
    if make is None:
        raise BadDeed(f"type must be one of {', '.join(sorted(_DEEDS))}, open.")
    made = make(world, openid, row)
    made.fields = {"CreateTime": int(world.clock.seconds()), **made.fields}
    if made.fields.get("MsgType") != "event":
        made.fields["MsgId"] = 24_000_000_000_000_000 + world.state.count("message")
    return made


def event(name: str, **fields: Any) -> Fields:
    """Return the fields of an event."""
    return {"MsgType": "event", "Event": name, **fields}


def _need(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str):
        raise BadDeed(f"{name} must be a text.")
    return value


def _text(_world: World, _openid: str, row: dict[str, Any]) -> Deed:
    text = _need(row, "text")
    return Deed({"MsgType": "text", "Content": text}, {"text": text}, "message")


def _image(world: World, _openid: str, row: dict[str, Any]) -> Deed:
    media = _upload(world, row, "image")
    fields = {
        "MsgType": "image",
        "PicUrl": f"{world.account.base_url}/control/media/{media}",
        "MediaId": media,
    }
    return Deed(fields, {"type": "image", "media": {"id": media}}, "message")


def _upload(world: World, row: dict[str, Any], kind: str) -> str:
    try:
        content = base64.b64decode(_need(row, "data"), validate=True)
    except (binascii.Error, ValueError):
        raise BadDeed("data must be Base64.") from None
    return world.keep_media(content, kind)


def _voice(_world: World, _openid: str, _row: dict[str, Any]) -> Deed:
    fields = {"MsgType": "voice", "MediaId": "voice-1", "Format": "amr", "Recognition": ""}
    return Deed(fields, {"type": "voice"}, "message")


def _video(_world: World, _openid: str, _row: dict[str, Any]) -> Deed:
    fields = {"MsgType": "video", "MediaId": "video-1", "ThumbMediaId": "thumb-1"}
    return Deed(fields, {"type": "video"}, "message")


def _file(_world: World, _openid: str, row: dict[str, Any]) -> Deed:
    title = str(row.get("title", "a.pdf"))
    return Deed({"MsgType": "file", "Title": title}, {"type": "file", "text": title}, "message")


def _location(_world: World, _openid: str, row: dict[str, Any]) -> Deed:
    fields = {
        "MsgType": "location",
        "Location_X": row.get("x", 30.674),
        "Location_Y": row.get("y", 107.769),
        "Scale": 16,
        "Label": str(row.get("label", "")),
    }
    return Deed(fields, {"type": "location", "text": str(row.get("label", ""))}, "message")


def _link(_world: World, _openid: str, row: dict[str, Any]) -> Deed:
    url = _need(row, "url")
    fields = {"MsgType": "link", "Title": str(row.get("title", "")), "Description": "", "Url": url}
    return Deed(fields, {"type": "link", "text": url}, "message")


def _click(_world: World, _openid: str, row: dict[str, Any]) -> Deed:
    key = _need(row, "key")
    bubble = {"type": "event", "text": f"[{row.get('name', key)}]"}
    return Deed(event("CLICK", EventKey=key), bubble, "menu")


def _view(_world: World, _openid: str, row: dict[str, Any]) -> Deed:
    return Deed(event("VIEW", EventKey=_need(row, "url")))


def _scan(_world: World, _openid: str, row: dict[str, Any]) -> Deed:
    scene = _need(row, "scene")
    return Deed(event("SCAN", EventKey=scene, Ticket=f"ticket-{scene}"), None, "scan")


def _choose(world: World, openid: str, row: dict[str, Any]) -> Deed:
    """Tap a choice of the last bubble that has some (or of bubble ``of``)."""
    choices = world.timeline.last_choices(openid)
    if isinstance(row.get("of"), int):
        bubbles = [b for b in world.timeline.after(openid) if b["n"] == row["of"]]
        choices = bubbles[0]["choices"] if bubbles else []
    found = [choice for choice in choices if choice["n"] == row.get("n")]
    if not found:
        raise BadDeed(f"there is no choice {row.get('n')} to tap.")
    choice = found[0]
    fields = {"MsgType": "text", "Content": choice["content"], "bizmsgmenuid": choice["id"]}
    return Deed(fields, {"text": choice["content"]}, "menu")


def _consent(world: World, openid: str, row: dict[str, Any]) -> Deed:
    template, accept = _need(row, "template"), row.get("accept") is True
    if accept:
        world.consents_add(openid, template)
    listed = {
        "TemplateId": template,
        "SubscribeStatusString": "accept" if accept else "reject",
        "PopupScene": "2",
    }
    fields = event("subscribe_msg_popup_event", SubscribeMsgPopupEvent={"List": [listed]})
    return Deed(fields)


def _raw(_world: World, _openid: str, row: dict[str, Any]) -> Deed:
    """Push any fields at all: a type that nobody has seen yet."""
    fields = row.get("fields")
    if not isinstance(fields, dict):
        raise BadDeed("fields must be an object.")
    return Deed(dict(fields))


_DEEDS = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "file": _file,
    "location": _location,
    "link": _link,
    "click": _click,
    "view": _view,
    "scan": _scan,
    "choose": _choose,
    "consent": _consent,
    "raw": _raw,
}
