"""The JS-SDK's stand-in: checks a page's signature, asks for consent (WeChat: JS-SDK 说明文档)."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request

from sandbox.control.asked import BadRequest, body
from sandbox.events import make_deed, stamp
from sandbox.oauth import COOKIE
from sandbox.world import World

HERE = Path(__file__).parent
SCRIPTS = (HERE / "jweixin.js", HERE / "pay" / "sheet.js")


def signature(ticket: str, nonce: str, timestamp: str, url: str) -> str:
    """Sign a page: SHA-1 over the four parts in this order, the address without its #."""
    page = url.partition("#")[0]
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={page}"
    return hashlib.sha1(text.encode()).hexdigest()  # noqa: S324 the protocol's


def jssdk(world: World) -> Blueprint:
    """Make the JS-SDK of one world."""
    blueprint = Blueprint("jssdk", __name__, url_prefix="/jssdk")

    @blueprint.get("/jweixin-1.6.0.js")
    def script() -> Response:
        # In WeChat the bridge to pay by is the browser's; here the one script brings both.
        parts = [file.read_text(encoding="utf-8") for file in SCRIPTS]
        answer = Response("\n".join(parts), content_type="text/javascript; charset=utf-8")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @blueprint.get("/verify")
    def verify() -> Response:
        """Say whether a page may use the JS-SDK."""
        return to_page(world, jsonify(_verdict(world)))

    @blueprint.get("/templates")
    def templates() -> Response:
        """Name what the welder is asked to allow."""
        wanted = request.args.get("ids", "").split(",")
        rows = [world.state.get("template", one) for one in wanted]
        found = {row["id"]: row["title"] for row in rows if row and row["kind"] == "subscription"}
        return to_page(world, jsonify(found))

    @blueprint.post("/consent")
    def consent() -> Response:
        """Somebody answered the sheet: write it down and tell the bot."""
        openid = request.cookies.get(COOKIE, "")
        answers = _answers()
        if world.follower(openid) is None or not isinstance(answers, dict) or not answers:
            return to_page(world, jsonify(ok=False))
        made = make_deed(world, openid, {"type": "consent", "templates": answers})
        for note in made.before:
            note()
        stamp(world, made)
        world.pusher.later(openid, made.fields)
        return to_page(world, jsonify(ok=True))

    return blueprint


def _answers() -> object:
    """Return what the sheet was answered; None for what is no answer."""
    try:
        return body().get("templates")
    except BadRequest:
        return None


def _verdict(world: World) -> dict[str, object]:
    asked = request.args
    if asked.get("appId") != world.account.app_id:
        return {"ok": False, "errMsg": "config:invalid appid"}
    parts = (asked.get("nonceStr", ""), asked.get("timestamp", ""), asked.get("url", ""))
    right = signature(world.tokens.ticket()[0], *parts)
    if not hmac.compare_digest(right.encode(), asked.get("signature", "").encode()):
        return {"ok": False, "errMsg": "config:invalid signature"}
    return {"ok": True, "errMsg": "config:ok"}


def to_page(world: World, answer: Response) -> Response:
    """Let pages on other ports of this machine ask, with the welder's cookie."""
    origin = request.headers.get("Origin", "")
    here = {urlsplit(world.account.base_url).hostname, "127.0.0.1", "localhost"}
    if urlsplit(origin).hostname in here:
        answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers["Access-Control-Allow-Credentials"] = "true"
        answer.headers["Vary"] = "Origin"
    return answer
