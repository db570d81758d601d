"""What a welder can do in the chat, as the fields of the push it causes."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.allowance import Reason
from sandbox.cloud.sms import note_numbers
from sandbox.cloud.speech import spoken
from sandbox.timeline import Bubble
from sandbox.world import World

Fields = dict[str, Any]
Row = dict[str, Any]


class BadDeed(Exception):
    """The control request cannot be done; the text says why."""


@dataclass
class Deed:
    """One deed: what is pushed, what the welder sees, and the right it gives the account."""

    fields: Fields
    bubble: Bubble | None = None
    grants: Reason | None = None
    before: list[Callable[[], object]] = field(default_factory=list)
    """What WeChat writes down before it tells the bot."""


Make = Callable[[World, str, Row], Deed]


def need(row: Row, name: str, default: str | None = None) -> str:
    """Return a text of the request. Raises ``BadDeed``."""
    value = row.get(name, default)
    if not isinstance(value, str):
        raise BadDeed(f"{name} must be a text.")
    return value


def number(row: Row, name: str, default: float) -> float:
    """Return a number of the request. Raises ``BadDeed``."""
    value = row.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadDeed(f"{name} must be a number.")
    return value


def _text(world: World, openid: str, row: Row) -> Deed:
    text = need(row, "text")
    made = Deed({"MsgType": "text", "Content": text}, {"text": text}, "message")
    made.before.append(lambda: note_numbers(world, openid, text))
    return made


def _medium(world: World, row: Row, kind: str, sample: bytes) -> tuple[str, Bubble]:
    """Keep the welder's file; without ``data`` a small sample stands for it."""
    content = sample
    if row.get("data") is not None:
        try:
            content = base64.b64decode(need(row, "data"), validate=True)
        except (binascii.Error, ValueError):
            raise BadDeed("data must be Base64.") from None
    if len(content) > 10 << 20:
        raise BadDeed("data is larger than 10 MB.")
    name = world.media.keep(content, kind)
    media = {"id": name, "url": f"/control/media/{name}", "name": str(row.get("name", ""))}
    return name, {"type": kind, "media": media}


def _image(world: World, _openid: str, row: Row) -> Deed:
    if row.get("data") is None:
        raise BadDeed("data must be the picture as Base64.")
    name, bubble = _medium(world, row, "image", b"")
    address = f"{world.account.base_url}/control/media/{name}"
    return Deed({"MsgType": "image", "PicUrl": address, "MediaId": name}, bubble, "message")


def _voice(world: World, _openid: str, row: Row) -> Deed:
    # Recognition has been empty since about 2023, whatever the page says (WeChat: 接收普通消息).
    words = need(row, "words", "")
    name, bubble = _medium(world, row, "voice", spoken(words))
    bubble["text"] = words
    fields = {"MsgType": "voice", "MediaId": name, "Format": "amr", "Recognition": ""}
    return Deed(fields, bubble, "message")


def _video(kind: str) -> Make:
    def make(world: World, _openid: str, row: Row) -> Deed:
        name, bubble = _medium(world, row, "video", b"\0\0\0\x18ftypmp42")
        thumb = world.media.keep(b"\xff\xd8\xff\xd9", "thumb")
        fields = {"MsgType": kind, "MediaId": name, "ThumbMediaId": thumb}
        return Deed(fields, bubble, "message")

    return make


def _location(_world: World, _openid: str, row: Row) -> Deed:
    label = need(row, "label", "")
    fields = {
        "MsgType": "location",
        "Location_X": number(row, "x", 30.674),
        "Location_Y": number(row, "y", 107.769),
        "Scale": int(number(row, "scale", 16)),
        "Label": label,
    }
    return Deed(fields, {"type": "location", "text": label}, "message")


def _link(_world: World, _openid: str, row: Row) -> Deed:
    url, title = need(row, "url"), need(row, "title", "")
    fields = {
        "MsgType": "link",
        "Title": title,
        "Description": need(row, "description", ""),
        "Url": url,
    }
    links = [{"text": title or url, "href": url}]
    return Deed(fields, {"type": "link", "text": title or url, "links": links}, "message")


def _file(_world: World, _openid: str, row: Row) -> Deed:
    # No page describes it and no call downloads it; this is what bots report to receive.
    title = need(row, "title", "a.pdf")
    fields = {
        "MsgType": "file",
        "Title": title,
        "Description": "",
        "FileKey": "sandbox",
        "FileMd5": "0" * 32,
        "FileTotalLen": int(number(row, "size", 1024)),
    }
    return Deed(fields, {"type": "file", "text": title}, "message")


def _choose(world: World, openid: str, row: Row) -> Deed:
    """Tap a choice of the last bubble that has some (or of bubble ``of``)."""
    found = [c for c in _choices(world, openid, row.get("of")) if c["n"] == row.get("n")]
    if not found:
        raise BadDeed(f"there is no choice {row.get('n')} to tap.")
    # A tap on a menu message counts as a menu tap, not as a message (WeChat: 客服消息).
    fields: Fields = {"MsgType": "text", "Content": found[0]["content"]}
    fields["bizmsgmenuid"] = str(found[0]["id"])
    return Deed(fields, {"text": found[0]["content"]}, "menu")


def _choices(world: World, openid: str, of: object) -> list[Bubble]:
    if not isinstance(of, int) or isinstance(of, bool):
        return world.timeline.last_choices(openid)
    found = (bubble["choices"] for bubble in world.timeline.after(openid) if bubble["n"] == of)
    choices: list[Bubble] = next(found, [])
    return choices


def _raw(_world: World, _openid: str, row: Row) -> Deed:
    """Push any fields, or any document: a type that nobody has seen yet, or garbage."""
    if isinstance(row.get("xml"), str):
        return Deed({"xml": row["xml"]})
    fields = row.get("fields")
    if not isinstance(fields, dict):
        raise BadDeed("fields must be an object, or xml a text.")
    return Deed(dict(fields))


MESSAGES: dict[str, Make] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video("video"),
    "shortvideo": _video("shortvideo"),
    "location": _location,
    "link": _link,
    "file": _file,
    "choose": _choose,
    "raw": _raw,
}
