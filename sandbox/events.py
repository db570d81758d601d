"""What a welder does beside writing: taps on the menu, scans, consents (WeChat: 接收事件推送)."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any

from sandbox.allowance import Reason
from sandbox.deeds import MESSAGES, BadDeed, Deed, Fields, Make, Row, need, number
from sandbox.world import World

MOST_PHOTOS = 9
"""As many as WeChat's own picker gives out at once."""


def event(name: str, **fields: Any) -> Fields:
    """Return the fields of an event."""
    return {"MsgType": "event", "Event": name, **fields}


def make_deed(world: World, openid: str, row: Row) -> Deed:
    """Make a deed of a control request. Raises ``BadDeed``."""
    kind = str(row.get("type"))
    make = MESSAGES.get(kind) or EVENTS.get(kind)
    if make is None:
        known = ", ".join(sorted([*MESSAGES, *EVENTS, "open", "paid"]))
        raise BadDeed(f"type must be one of {known}.")
    return make(world, openid, row)


def stamp(world: World, made: Deed) -> None:
    """Give a deed its CreateTime, and a message its MsgId; what is already there stays."""
    made.fields = {"CreateTime": int(world.clock.seconds()), **made.fields}
    if made.fields.get("MsgType") != "event" and "xml" not in made.fields:
        made.fields.setdefault("MsgId", world.msg_id())


def subscribe(world: World, scene: str = "") -> Deed:
    """Follow, perhaps by a QR code of a scene."""
    fields = event("subscribe", EventKey=f"qrscene_{scene}" if scene else "")
    if scene:
        fields["Ticket"] = ticket_of(world, scene)
    return Deed(fields)


def ticket_of(world: World, scene: str) -> str:
    """Return the ticket of a scene's QR code; a code made elsewhere has one too."""
    for made in world.state.all("qr"):
        if made["scene"] == scene:
            return str(made["ticket"])
    return "g" + hashlib.sha256(scene.encode()).hexdigest()


def _click(world: World, _openid: str, row: Row) -> Deed:
    key = need(row, "key")
    name = str(row.get("name") or _button_name(world, key))
    return Deed(event("CLICK", EventKey=key), _seen(f"[{name}]", "CLICK", key), "menu")


def _button_name(world: World, key: str) -> str:
    menu = world.state.get("menu", "default") or {"button": []}
    for button in menu["button"]:
        for one in (button, *button.get("sub_button", [])):
            if one.get("key") == key:
                return str(one["name"])
    return key


def _seen(text: str, name: str, key: str) -> dict[str, Any]:
    return {"type": "event", "text": text, "event": {"name": name, "key": key}}


def _view(_world: World, _openid: str, row: Row) -> Deed:
    # Opening a link grants nothing (WeChat: 客服消息).
    url = need(row, "url")
    return Deed(event("VIEW", EventKey=url, MenuId=1), _seen(f"[{url}]", "VIEW", url))


def _view_miniprogram(_world: World, _openid: str, row: Row) -> Deed:
    path = need(row, "path")
    return Deed(event("view_miniprogram", EventKey=path, MenuId=1))


def _scan(world: World, openid: str, row: Row) -> Deed:
    """Scan a QR code of the account: a stranger follows by it."""
    scene = need(row, "scene")
    made = [qr for qr in world.state.all("qr") if qr["scene"] == scene]
    if made and all(qr["until"] and qr["until"] <= world.clock.seconds() for qr in made):
        raise BadDeed("this QR code has expired.")
    record = world.follower(openid)
    if record is None or not record["following"]:
        deed = subscribe(world, scene)
        deed.before.append(lambda: world.follow(openid, scene))
        return deed
    fields = event("SCAN", EventKey=scene, Ticket=ticket_of(world, scene))
    return Deed(fields, None, "scan")


def _scancode(_world: World, _openid: str, row: Row) -> Deed:
    name = "scancode_waitmsg" if row.get("wait_message") else "scancode_push"
    info = {"ScanType": need(row, "scan_type", "qrcode"), "ScanResult": need(row, "result")}
    key = need(row, "key", "")
    return Deed(event(name, EventKey=key, ScanCodeInfo=info), _seen("[扫一扫]", name, key), "menu")


def _photos(_world: World, _openid: str, row: Row) -> Deed:
    """Take pictures by the menu; each follows as an image message of its own."""
    name = need(row, "event", "pic_photo_or_album")
    if name not in {"pic_sysphoto", "pic_photo_or_album", "pic_weixin"}:
        raise BadDeed("event must be pic_sysphoto, pic_photo_or_album or pic_weixin.")
    count = int(number(row, "count", 1))
    if not 0 <= count <= MOST_PHOTOS:
        raise BadDeed(f"count must be from 0 to {MOST_PHOTOS}.")
    sums = [{"PicMd5Sum": hashlib.md5(str(n).encode()).hexdigest()} for n in range(count)]  # noqa: S324 the field's own
    info = {"Count": count, "PicList": sums}
    return Deed(event(name, EventKey=need(row, "key", ""), SendPicsInfo=info))


def _place(_world: World, _openid: str, row: Row) -> Deed:
    info = {
        "Location_X": str(number(row, "x", 30.674)),
        "Location_Y": str(number(row, "y", 107.769)),
        "Scale": "16",
        "Label": need(row, "label", ""),
        "Poiname": "",
    }
    return Deed(event("location_select", EventKey=need(row, "key", ""), SendLocationInfo=info))


def _report_location(_world: World, _openid: str, row: Row) -> Deed:
    where = {"Latitude": number(row, "x", 30.674), "Longitude": number(row, "y", 107.769)}
    return Deed(event("LOCATION", **where, Precision=number(row, "precision", 119.0)))


def _consent(world: World, openid: str, row: Row) -> Deed:
    """Answer the consent sheet, or switch a template off in the settings of the chat."""
    accept = row.get("accept") is True
    answers = row.get("templates") or {need(row, "template"): accept}
    if not isinstance(answers, dict):
        raise BadDeed("templates must be an object of template id and true or false.")
    if row.get("in_settings"):
        return _change(world, openid, list(answers))
    listed = [
        {
            "TemplateId": template,
            "SubscribeStatusString": "accept" if yes is True else "reject",
            "PopupScene": "2",
        }
        for template, yes in answers.items()
    ]
    made = Deed(event("subscribe_msg_popup_event", SubscribeMsgPopupEvent={"List": listed}))
    for template, yes in answers.items():
        made.before.append(partial(world.consent, openid, template, yes is True))
    return made


def _change(world: World, openid: str, templates: list[str]) -> Deed:
    listed = [{"TemplateId": one, "SubscribeStatusString": "reject"} for one in templates]
    made = Deed(event("subscribe_msg_change_event", SubscribeMsgChangeEvent={"List": listed}))
    for template in templates:
        made.before.append(partial(world.refuse, openid, template))
    return made


EVENTS: dict[str, Make] = {
    "click": _click,
    "view": _view,
    "view_miniprogram": _view_miniprogram,
    "scan": _scan,
    "scancode": _scancode,
    "photos": _photos,
    "place": _place,
    "report_location": _report_location,
    "consent": _consent,
}

PAID: Reason = "payment"
"""A payment that succeeded: no push of this server, but a right to write for 48 hours."""
