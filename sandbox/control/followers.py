"""Followers and what they do."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, jsonify

from sandbox.browser import NoPage, open_page
from sandbox.control.asked import BadRequest, after, body
from sandbox.deeds import Deed
from sandbox.events import PAID, event, make_deed, stamp, subscribe
from sandbox.push import Outcome
from sandbox.world import Follower, World


def followers(world: World) -> Blueprint:
    """Make the paths below ``/control/followers``."""
    paths = Blueprint("followers", __name__, url_prefix="/control/followers")

    @paths.get("")
    def listed() -> Response:
        return jsonify(followers=[_shown(world, one) for one in world.state.all("follower")])

    @paths.post("")
    def follow() -> Response:
        return jsonify(_follow(world, body()))

    @paths.get("/<openid>")
    def one(openid: str) -> Response:
        return jsonify(_shown(world, _known(world, openid)))

    @paths.patch("/<openid>")
    def change(openid: str) -> Response:
        _known(world, openid)
        accepts = body().get("accepts_messages")
        if not isinstance(accepts, bool):
            raise BadRequest("accepts_messages must be true or false.")
        with world.change(openid) as record:
            record["accepts_messages"] = accepts
        return jsonify(_shown(world, record))

    @paths.delete("/<openid>")
    def unfollow(openid: str) -> Response:
        _following(world, openid)
        made = Deed(event("unsubscribe", EventKey=""))
        made.before.append(lambda: world.unfollow(openid))
        return jsonify(_do(world, openid, made, {}))

    @paths.post("/<openid>/messages")
    def message(openid: str) -> Response:
        return jsonify(_message(world, openid, body()))

    @paths.get("/<openid>/timeline")
    def timeline(openid: str) -> Response:
        _known(world, openid)
        return jsonify(bubbles=world.timeline.after(openid, after()))

    return paths


def _follow(world: World, row: dict[str, Any]) -> dict[str, Any]:
    openid = row.get("openid") or world.new_openid()
    if not isinstance(openid, str) or not re.fullmatch(r"[\w-]{1,64}", openid, re.ASCII):
        raise BadRequest("openid must be 1 to 64 letters, digits, _ or -.")
    scene = str(row.get("scene") or "")
    record = world.follower(openid)
    if record and record["following"]:
        if not scene:
            raise BadRequest("This person already follows.")
        made = make_deed(world, openid, {"type": "scan", "scene": scene})
    else:
        made = subscribe(world, scene)
        made.before.append(lambda: world.follow(openid, scene))
    return {"openid": openid, **_do(world, openid, made, row)}


def _message(world: World, openid: str, row: dict[str, Any]) -> dict[str, Any]:
    record = _known(world, openid)
    if row.get("type") == "open":
        return _open(world, openid, row)
    if not record["following"] and row.get("type") not in {"scan", "consent", "raw"}:
        raise BadRequest("This person does not follow: POST /control/followers with his openid.")
    if row.get("type") == "paid":
        world.grant(openid, PAID)
        return {"replies": [], "tries": 0, "status": "success", "n": 0}
    return _do(world, openid, make_deed(world, openid, row), row)


def _do(world: World, openid: str, made: Deed, row: dict[str, Any]) -> dict[str, Any]:
    """Do a deed: WeChat's own books and the welder's screen first, then the push."""
    copies = row.get("duplicates", 0)
    if isinstance(copies, bool) or not isinstance(copies, int) or not 0 <= copies <= 20:
        raise BadRequest("duplicates must be a whole number from 0 to 20.")
    with world.state.turn():
        for note in made.before:
            note()
        if made.grants:
            world.grant(openid, made.grants)
        stamp(world, made)
        n = world.timeline.add(openid, "welder", None, made.bubble)["n"] if made.bubble else 0
    if row.get("wait") is False:
        world.pusher.later(openid, made.fields, copies)
        return {"replies": [], "tries": 0, "status": "pushed", "n": n}
    return {**_told(world.pusher.push(openid, made.fields, copies)), "n": n}


def _told(outcome: Outcome) -> dict[str, Any]:
    told: dict[str, Any] = {
        "replies": outcome.replies,
        "tries": outcome.tries,
        "status": outcome.status,
    }
    if outcome.reason:
        told["reason"] = outcome.reason
    if outcome.duplicates:
        told["duplicates"] = outcome.duplicates
    return told


def _open(world: World, openid: str, row: dict[str, Any]) -> dict[str, Any]:
    url = row.get("url")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise BadRequest("url must be a full address.")
    try:
        page = open_page(world, openid, url)
    except NoPage as error:
        raise BadRequest(f"The page did not open: {error}.") from None
    return {"replies": [], "tries": 0, "status": "ok", "n": 0, "page": page}


def _known(world: World, openid: str) -> Follower:
    record = world.follower(openid)
    if record is None:
        raise BadRequest("There is no such person: POST /control/followers makes one.")
    return record


def _following(world: World, openid: str) -> Follower:
    record = _known(world, openid)
    if not record["following"]:
        raise BadRequest("This person does not follow.")
    return record


def _shown(world: World, record: Follower) -> dict[str, Any]:
    now = world.clock.seconds()
    return {
        "openid": record["openid"],
        "following": record["following"],
        "since": record.get("since"),
        "scene": record.get("scene", ""),
        "tags": record.get("tags", []),
        "accepts_messages": record.get("accepts_messages", True),
        "allowance": [g for g in record.get("grants", []) if g["until"] > now],
        "consents": world.state.get("consent", record["openid"]) or {},
    }
