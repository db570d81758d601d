"""``/control``: JSON in, JSON out; a mistake is 400 with one sentence."""

from __future__ import annotations

import threading
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.clock import iso
from sandbox.control.jump import Jump
from sandbox.deeds import BadDeed, Deed, deed, event
from sandbox.push import Outcome
from sandbox.world import World


class BadRequest(Exception):
    """The request is wrong; the text says how."""


def control(world: World) -> Blueprint:
    """Make the control interface of one world."""
    pages = Blueprint("control", __name__, url_prefix="/control")
    _followers(pages, world)
    _clock(pages, world)
    _rest(pages, world)

    @pages.errorhandler(BadRequest)
    @pages.errorhandler(BadDeed)
    def wrong(error: Exception) -> tuple[Response, int]:
        return jsonify(error=str(error)), 400

    return pages


def _row() -> dict[str, Any]:
    row = request.get_json(silent=True)
    if row is None and not request.get_data():
        return {}
    if not isinstance(row, dict):
        raise BadRequest("The body must be a JSON object.")
    return row


def _followers(pages: Blueprint, world: World) -> None:
    @pages.get("/followers")
    def listed() -> Response:
        rows = world.state.all("follower")
        shown = [{"openid": r["openid"], "following": r["following"]} for r in rows]
        return jsonify(followers=shown)

    @pages.post("/followers")
    def follow() -> Response:
        row = _row()
        openid = world.follow(row.get("openid"))
        world.grant(openid, "follow")
        scene = row.get("scene")
        fields = event("subscribe", EventKey=f"qrscene_{scene}" if scene else "")
        if scene:
            fields["Ticket"] = f"ticket-{scene}"
        fields["CreateTime"] = int(world.clock.seconds())
        outcome = world.pusher.push(openid, fields)
        return jsonify(openid=openid, **_told(outcome))

    @pages.delete("/followers/<openid>")
    def unfollow(openid: str) -> Response:
        _known(world, openid)
        world.unfollow(openid)
        fields = {"CreateTime": int(world.clock.seconds()), **event("unsubscribe", EventKey="")}
        return jsonify(**_told(world.pusher.push(openid, fields)))

    @pages.post("/followers/<openid>/messages")
    def message(openid: str) -> Response:
        _known(world, openid)
        row = _row()
        if row.get("type") == "open":
            return jsonify(
                url=f"{world.account.base_url}/open?openid={openid}", page=row.get("url")
            )
        made = deed(world, openid, row)
        number = _show(world, openid, made)
        duplicates = row.get("duplicates", 0)
        struck = world.faults.take("push", {"duplicate"})
        for _ in range(int(duplicates) + len(struck)):
            _in_background(world, openid, made)
        if row.get("wait") is False:
            world.pusher.later(openid, made.fields)
            return jsonify(n=number, status="pushed", replies=[], tries=0)
        return jsonify(n=number, **_told(world.pusher.push(openid, made.fields)))

    @pages.get("/followers/<openid>/timeline")
    def timeline(openid: str) -> Response:
        _known(world, openid)
        return jsonify(bubbles=world.timeline.after(openid, _after()))


def _known(world: World, openid: str) -> None:
    if world.follower(openid) is None:
        raise BadRequest("There is no such follower: POST /control/followers makes one.")


def _show(world: World, openid: str, made: Deed) -> int:
    if made.grants:
        world.grant(openid, made.grants)
    if made.bubble is None:
        return 0
    return int(world.timeline.add(openid, "welder", None, made.bubble)["n"])


def _in_background(world: World, openid: str, made: Deed) -> None:
    args, kwargs = (openid, made.fields), {"seen": False}
    threading.Thread(target=world.pusher.push, args=args, kwargs=kwargs, daemon=True).start()


def _told(outcome: Outcome) -> dict[str, Any]:
    return {"replies": outcome.replies, "tries": outcome.tries, "status": outcome.status}


def _after() -> int:
    text = request.args.get("after", "0")
    if not text.isdigit():
        raise BadRequest("after must be a number.")
    return int(text)


def _clock(pages: Blueprint, world: World) -> None:
    jump = Jump(world)

    @pages.get("/clock")
    def read() -> Response:
        return jsonify(now=iso(world.clock.now()), offset=world.clock.offset)

    @pages.post("/clock")
    def turn() -> Response:
        try:
            late = jump.turn(_row())
        except ValueError as error:
            raise BadRequest(f"{error}: write advance, to, or to_next.") from None
        return jsonify(now=iso(world.clock.now()), late=late)


def _rest(pages: Blueprint, world: World) -> None:
    @pages.get("/wire")
    def wire() -> Response:
        return jsonify(entries=world.wire.after(_after()))

    @pages.get("/faults")
    def faults() -> Response:
        return jsonify(faults=world.faults.rules())

    @pages.post("/faults")
    def add_faults() -> Response:
        rows = request.get_json(silent=True)
        try:
            world.faults.add(rows if isinstance(rows, list) else [rows])
        except ValueError as error:
            raise BadRequest(str(error)) from None
        return jsonify(faults=world.faults.rules())

    @pages.delete("/faults")
    def clear_faults() -> Response:
        world.faults.clear()
        return jsonify(faults=[])

    @pages.get("/templates")
    def templates() -> Response:
        return jsonify(templates=world.state.all("template"))

    @pages.post("/templates")
    def add_template() -> Response:
        row = _row()
        good = isinstance(row.get("id"), str) and isinstance(row.get("fields"), dict)
        if not good or row.get("kind") not in {"template", "subscription"}:
            raise BadRequest("A template needs id, kind (template | subscription), title, fields.")
        world.state.put("template", row["id"], {"title": "", **row})
        return jsonify(templates=world.state.all("template"))

    @pages.get("/menu")
    def menu() -> Response:
        return jsonify(world.state.get("menu", "default") or {"button": []})

    @pages.get("/media/<media>")
    def media(media: str) -> Response:
        content = world.media(media, expired=True)
        if content is None:
            raise BadRequest("There is no such medium.")
        return Response(content, content_type="image/jpeg")

    @pages.post("/reset")
    def reset() -> Response:
        world.pusher.drained(5.0)
        world.state.reset(frozenset({"template"}))
        world.clock.reset()
        return jsonify(now=iso(world.clock.now()))
