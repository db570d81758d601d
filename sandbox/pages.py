"""What a welder's WeChat opens: the phone itself, OAuth, the JS-SDK's stand-in."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import (
    Blueprint,
    Response,
    jsonify,
    make_response,
    redirect,
    request,
    send_from_directory,
)
from werkzeug.wrappers import Response as AnyResponse

from sandbox.deeds import deed
from sandbox.world import World

HERE = Path(__file__).parent
CODE_S = 300


def pages(world: World) -> Blueprint:
    """Make the pages of one world."""
    blueprint = Blueprint("pages", __name__)

    @blueprint.get("/")
    def phone() -> Response:
        return send_from_directory(HERE / "phone", "index.html")

    @blueprint.get("/phone/<path:name>")
    def static(name: str) -> Response:
        return send_from_directory(HERE / "phone", name)

    @blueprint.get("/health")
    def health() -> Response:
        return jsonify(status="ok")

    @blueprint.get("/open")
    def open_link() -> AnyResponse:
        """Open a link as a welder: his WeChat knows who he is."""
        answer = redirect(request.args.get("url", "/"))
        answer.set_cookie("sandbox_openid", request.args.get("openid", ""), samesite="Lax")
        return answer

    @blueprint.get("/connect/oauth2/authorize")
    def authorize() -> AnyResponse:
        openid = request.cookies.get("sandbox_openid", "")
        if world.follower(openid) is None:
            return make_response("open this link from the phone", 403)
        code = secrets.token_urlsafe(24)
        until = world.clock.seconds() + CODE_S
        world.state.put("code", code, {"openid": openid, "until": until})
        back = urlsplit(request.args.get("redirect_uri", ""))
        query = [*parse_qsl(back.query), ("code", code), ("state", request.args.get("state", ""))]
        return redirect(urlunsplit(back._replace(query=urlencode(query), fragment="")))

    @blueprint.get("/jssdk/jweixin-1.6.0.js")
    def jssdk() -> Response:
        answer = send_from_directory(HERE / "phone", "jweixin.js")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @blueprint.get("/jssdk/verify")
    def verify() -> Response:
        """Check a page's signature, as WeChat's client does."""
        held = world.state.get("token", "ticket") or {"value": ""}
        asked = request.args
        text = (
            f"jsapi_ticket={held['value']}&noncestr={asked.get('nonceStr', '')}"
            f"&timestamp={asked.get('timestamp', '')}&url={asked.get('url', '').partition('#')[0]}"
        )
        good = hashlib.sha1(text.encode()).hexdigest()  # noqa: S324 theirs
        ok = hmac.compare_digest(good.encode(), asked.get("signature", "").encode())
        return _open_to_pages(jsonify(ok=ok))

    @blueprint.post("/jssdk/consent")
    def consent() -> Response:
        """Somebody answered the pop-up of a page of the account."""
        row = request.get_json(force=True)
        openid = request.cookies.get("sandbox_openid") or str(row.get("openid", ""))
        if world.follower(openid) is not None:
            for template in row["templates"]:
                wish = {"type": "consent", "template": template, "accept": row["accept"]}
                world.pusher.push(openid, deed(world, openid, wish).fields)
        return _open_to_pages(jsonify(ok=True))

    return blueprint


def _open_to_pages(answer: Response) -> Response:
    """Let a page of another port ask: it is the same phone."""
    answer.headers["Access-Control-Allow-Origin"] = request.headers.get("Origin", "*")
    answer.headers["Access-Control-Allow-Credentials"] = "true"
    return answer
