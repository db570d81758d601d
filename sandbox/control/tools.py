"""The clock, faults, the wire, templates, media: what WeChat itself has no button for."""

from __future__ import annotations

import secrets
import time
from typing import Any
from urllib.parse import urlencode

import requests
from flask import Blueprint, Response, jsonify

from sandbox.clock import iso
from sandbox.control.asked import BadRequest, after, body, sent
from sandbox.control.jump import Jump
from sandbox.wire import sign
from sandbox.world import World

KEEPABLE = ("clock", "menu", "tag", "template")
TEMPLATES = ("template", "subscription", "sms")


def tools(world: World) -> Blueprint:
    """Make the other paths below ``/control``."""
    paths = Blueprint("tools", __name__, url_prefix="/control")
    _clock(paths, world)
    _faults(paths, world)
    _content(paths, world)

    @paths.get("/wire")
    def wire() -> Response:
        return jsonify(entries=world.wire.after(after()))

    @paths.post("/verify")
    def verify() -> Response:
        """Ask the bot's callback as the console does when its address is saved."""
        return jsonify(_verify(world))

    @paths.post("/reset")
    def reset() -> Response:
        keep = body().get("keep", ["template"])
        if not isinstance(keep, list) or not all(kind in KEEPABLE for kind in keep):
            raise BadRequest(f"keep must be a list of: {', '.join(KEEPABLE)}.")
        world.reset(frozenset(keep))
        return jsonify(now=iso(world.clock.now()))

    return paths


def _clock(paths: Blueprint, world: World) -> None:
    jump = Jump(world)

    @paths.get("/clock")
    def read() -> Response:
        return jsonify(now=iso(world.clock.now()), offset=world.clock.offset)

    @paths.post("/clock")
    def turn() -> Response:
        began = time.monotonic()
        try:
            late = jump.turn(body())
        except (ValueError, OverflowError) as error:
            raise BadRequest(f"{error}: write advance, to or to_next.") from None
        took = round(time.monotonic() - began, 3)
        return jsonify(now=iso(world.clock.now()), late=late, seconds=took)


def _faults(paths: Blueprint, world: World) -> None:
    @paths.get("/faults")
    def faults() -> Response:
        return jsonify(faults=world.faults.rules())

    @paths.post("/faults")
    def add_faults() -> Response:
        rows = sent()
        try:
            world.faults.add(rows if isinstance(rows, list) else [rows])
        except ValueError as error:
            raise BadRequest(str(error).capitalize()) from None
        return jsonify(faults=world.faults.rules())

    @paths.delete("/faults")
    def clear_faults() -> Response:
        world.faults.clear()
        return jsonify(faults=[])


def _content(paths: Blueprint, world: World) -> None:
    @paths.get("/templates")
    def templates() -> Response:
        return jsonify(templates=world.state.all("template"))

    @paths.post("/templates")
    def add_templates() -> Response:
        for row in _templates():
            world.state.put("template", row["id"], row)
        return jsonify(templates=world.state.all("template"))

    @paths.get("/menu")
    def menu() -> Response:
        return jsonify(world.state.get("menu", "default") or {"button": []})

    @paths.get("/media/<name>")
    def media(name: str) -> Response:
        found = world.media.content(name)
        if found is None:
            raise BadRequest("There is no such medium.")
        return Response(found[0], content_type=found[1])


def _templates() -> list[dict[str, Any]]:
    rows = sent()
    found: list[Any] = rows if isinstance(rows, list) else [rows]
    return [_template(row) for row in found]


def _template(row: Any) -> dict[str, Any]:
    good = isinstance(row, dict) and isinstance(row.get("id"), str)
    if not good or row.get("kind") not in TEMPLATES:
        raise BadRequest("A template needs id, kind (template, subscription or sms) and fields.")
    if row["kind"] == "sms" and not isinstance(row.get("text"), str):
        raise BadRequest("An sms template needs its text, with {1}, {2} for the values.")
    fields = row.get("fields", {} if row["kind"] == "sms" else None)
    if not isinstance(fields, dict) or not all(isinstance(v, str) for v in fields.values()):
        raise BadRequest("fields must be an object of keyword name and label.")
    if not isinstance(row.get("types", {}), dict):
        raise BadRequest("types must be an object of keyword name and type.")
    return {"title": "", "fields": {}, "types": {}, **row}


def _verify(world: World) -> dict[str, Any]:
    stamp, nonce = str(int(world.clock.seconds())), str(secrets.randbelow(10**10))
    echo = str(secrets.randbelow(10**19))
    query = {
        "signature": sign(world.account.token, stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
        "echostr": echo,
    }
    url = f"{world.account.push_url}?{urlencode(query)}"
    try:
        answer = requests.get(url, timeout=5, proxies={"http": "", "https": ""})
    except requests.RequestException as error:
        return {"ok": False, "reason": type(error).__name__}
    if answer.status_code != 200 or answer.content != echo.encode():
        return {"ok": False, "reason": f"HTTP {answer.status_code}, and not the echostr alone"}
    return {"ok": True}
