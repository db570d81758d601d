"""The rest of the API: tokens, media, menu, QR codes, tags, users, tickets, addresses."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, request

from sandbox.api.calls import ApiError
from sandbox.world import TOKEN_S, World

OK = {"errcode": 0, "errmsg": "ok"}


def _secret(world: World, row: dict[str, Any]) -> None:
    if row.get("appid") != world.account.app_id:
        raise ApiError(40013, "invalid appid")
    if row.get("secret") != world.account.app_secret:
        raise ApiError(40125, "invalid appsecret")


def stable_token(world: World, row: dict[str, Any]) -> dict[str, Any]:
    """Return the stable token; forced at most every 30 seconds."""
    _secret(world, row)
    if row.get("grant_type") != "client_credential":
        raise ApiError(40002, "invalid grant_type")
    value, seconds = world.token(force=row.get("force_refresh") is True)
    return {"access_token": value, "expires_in": seconds}


def token(world: World, row: dict[str, Any]) -> dict[str, Any]:
    """Return a legacy token: each call makes a new one and voids the last."""
    _secret(world, row)
    value, seconds = world.token(force=True)
    return {"access_token": value, "expires_in": seconds}


def ticket(world: World, _row: dict[str, Any]) -> dict[str, Any]:
    """Return the JS-SDK's ticket."""
    with world.state.turn():
        now = world.clock.seconds()
        held = world.state.get("token", "ticket")
        if not held or held["until"] < now:
            held = {"value": secrets.token_urlsafe(40), "until": now + TOKEN_S}
            world.state.put("token", "ticket", held)
    return {**OK, "ticket": held["value"], "expires_in": int(held["until"] - now)}


def media_upload(world: World, _row: dict[str, Any]) -> dict[str, Any]:
    """Keep a temporary medium for three days."""
    file = request.files.get("media")
    if file is None:
        raise ApiError(41005, "media data missing")
    kind = request.args.get("type", "image")
    media = world.keep_media(file.read(), kind)
    return {"type": kind, "media_id": media, "created_at": int(world.clock.seconds())}


def media_get(world: World, row: dict[str, Any]) -> Response:
    """Return a medium's bytes, or 40007 as JSON with status 200, as WeChat does."""
    content = world.media(str(row.get("media_id", "")))
    if content is None:
        raise ApiError(40007, "invalid media_id")
    headers = {"Content-Disposition": 'attachment; filename="media.jpg"'}
    return Response(content, content_type="image/jpeg", headers=headers)


def menu_create(world: World, row: dict[str, Any]) -> dict[str, Any]:
    """Publish a menu: at most three buttons of at most five."""
    buttons = row.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise ApiError(40016, "invalid button size")
    for button in buttons:
        _check_button(button, 16)
        for child in button.get("sub_button", []):
            _check_button(child, 60)
        if len(button.get("sub_button", [])) > 5:
            raise ApiError(40023, "invalid sub button size")
    world.state.put("menu", "default", {"button": buttons})
    return OK


def _check_button(button: Any, longest: int) -> None:
    if not isinstance(button, dict) or not button.get("name"):
        raise ApiError(40018, "invalid button name size")
    if len(str(button["name"]).encode()) > longest:
        raise ApiError(40018, "invalid button name size")
    if not button.get("sub_button") and not button.get("type"):
        raise ApiError(40017, "invalid button type")


def menu_get(world: World, _row: dict[str, Any]) -> dict[str, Any]:
    """Return the menu."""
    menu = world.state.get("menu", "default")
    if menu is None:
        raise ApiError(46003, "menu no exist")
    return {"menu": menu}


def menu_delete(world: World, _row: dict[str, Any]) -> dict[str, Any]:
    """Take the menu away."""
    world.state.drop("menu", "default")
    return OK


def qr_create(world: World, row: dict[str, Any]) -> dict[str, Any]:
    """Make a QR code of a scene."""
    scene = row.get("action_info", {}).get("scene", {})
    name = str(scene.get("scene_str") or scene.get("scene_id") or "")
    if not 1 <= len(name) <= 64:
        raise ApiError(40053, "invalid action info")
    made = secrets.token_urlsafe(30)
    world.state.put("qr", made, {"scene": name})
    return {"ticket": made, "expire_seconds": row.get("expire_seconds", 60), "url": f"qr:{name}"}


def user_info(world: World, row: dict[str, Any]) -> dict[str, Any]:
    """Return what is left of a profile: no name, no picture (empty since 2021-12-27)."""
    openid = str(row.get("openid"))
    record = world.follower(openid)
    if record is None:
        raise ApiError(40003, "invalid openid")
    tags = record.get("tags", [])
    following = int(record["following"])
    since = int(record.get("since", 0))
    return {"subscribe": following, "openid": openid, "subscribe_time": since, "tagid_list": tags}


def tags_create(world: World, row: dict[str, Any]) -> dict[str, Any]:
    """Make a tag."""
    name = row.get("tag", {}).get("name", "")
    if not name or len(name) > 30:
        raise ApiError(45158, "invalid tag name")
    made = {"id": 100 + world.state.count("tag"), "name": name}
    world.state.put("tag", str(made["id"]), made)
    return {"tag": made}


def tags_get(world: World, _row: dict[str, Any]) -> dict[str, Any]:
    """List the tags."""
    return {"tags": world.state.all("tag")}


def tags_members(world: World, row: dict[str, Any]) -> dict[str, Any]:
    """Tag up to 50 people."""
    people = row.get("openid_list", [])
    if len(people) > 50:
        raise ApiError(40032, "invalid openid list size")
    for openid in people:
        record = world.follower(openid)
        if record is None:
            raise ApiError(40003, "invalid openid")
        tags = sorted({*record.get("tags", []), int(row["tagid"])})
        world.state.put("follower", openid, {**record, "tags": tags})
    return OK


def templates(world: World, _row: dict[str, Any]) -> dict[str, Any]:
    """List the account's templates."""
    listed = [
        {"template_id": row["id"], "title": row["title"], "content": "\n".join(row["fields"])}
        for row in world.state.all("template")
        if row["kind"] == "template"
    ]
    return {"template_list": listed}


def addresses(_world: World, _row: dict[str, Any]) -> dict[str, Any]:
    """Return where pushes come from."""
    return {"ip_list": ["127.0.0.1"]}


def clear_quota(world: World, _row: dict[str, Any]) -> dict[str, Any]:
    """End a 45009."""
    world.faults.clear_errcode(45009)
    return OK


def oauth_token(world: World, row: dict[str, Any]) -> dict[str, Any]:
    """Exchange a code: once, and within five minutes."""
    _secret(world, row)
    code = str(row.get("code", ""))
    with world.state.turn():
        held = world.state.get("code", code)
        world.state.drop("code", code)
    if held is None:
        raise ApiError(40163, "code been used")
    if held["until"] < world.clock.seconds():
        raise ApiError(42003, "oauth_code expired")
    return {
        "openid": held["openid"],
        "scope": "snsapi_base",
        "access_token": "oauth",
        "expires_in": TOKEN_S,
    }
