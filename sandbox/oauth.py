"""Who is looking at a page (WeChat: 网页授权)."""

from __future__ import annotations

import secrets
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Blueprint, Response, make_response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.api.calls import ApiError, Call, Row
from sandbox.api.token import check_secret
from sandbox.world import World

CODE_S = 300
COOKIE = "sandbox_openid"
SCOPES = {"snsapi_base", "snsapi_userinfo"}


def oauth(world: World) -> Blueprint:
    """Make the pages of one world."""
    blueprint = Blueprint("oauth", __name__)

    @blueprint.get("/open")
    def open_link() -> AnyResponse:
        """Open a link as a welder: his WeChat knows who he is."""
        if request.host_url.rstrip("/") != world.account.base_url:
            # The cookie must belong to the host to which bots send their pages.
            return redirect(f"{world.account.base_url}{request.full_path}")
        url = request.args.get("url", "/")
        if not url.startswith("/") and not _is_address(url):
            return make_response("url is no address", 400)
        answer = redirect(url)
        answer.set_cookie(COOKIE, request.args.get("openid", ""), samesite="Lax", httponly=True)
        return answer

    @blueprint.get("/connect/oauth2/authorize")
    def authorize() -> AnyResponse:
        """Send the welder back with a code."""
        asked = request.args
        openid = request.cookies.get(COOKIE, "")
        wrong = _wrong(world, openid)
        if wrong:
            return make_response(wrong, 400)
        code = "0" + secrets.token_urlsafe(24)
        until = world.clock.seconds() + CODE_S
        record = {"openid": openid, "until": until, "scope": asked["scope"], "used": False}
        world.state.put("code", code, record)
        back = urlsplit(asked["redirect_uri"])
        query = [*parse_qsl(back.query, keep_blank_values=True), ("code", code)]
        query.append(("state", asked.get("state", "")))
        return redirect(urlunsplit(back._replace(query=urlencode(query), fragment="")))

    return blueprint


def _wrong(world: World, openid: str) -> str:
    asked = request.args
    if asked.get("appid") != world.account.app_id:
        return "appid is not this account's"
    if asked.get("response_type") != "code" or asked.get("scope") not in SCOPES:
        return "response_type must be code, scope snsapi_base or snsapi_userinfo"
    if not _is_address(asked.get("redirect_uri", "")):
        return "redirect_uri is no address"
    if world.follower(openid) is None:
        return "请在手机页面里打开这个链接 (open this link from the phone page)"
    return ""


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def access_token(world: World, call: Call) -> Row | Response:
    """Exchange a code: once, and within five minutes."""
    check_secret(world, call.query)
    if call.query.get("grant_type") != "authorization_code":
        raise ApiError(40002, "invalid grant_type")
    code = call.query.get("code", "")
    with world.state.turn():
        held = world.state.get("code", code)
        if held is None:
            raise ApiError(40029, "invalid code")
        world.state.put("code", code, {**held, "used": True})
    if held["used"]:
        raise ApiError(40163, "code been used")
    if held["until"] <= world.clock.seconds():
        raise ApiError(42003, "oauth_code expired")
    return {
        "access_token": secrets.token_urlsafe(60),
        "expires_in": 7200,
        "refresh_token": secrets.token_urlsafe(60),
        "openid": held["openid"],
        "scope": held["scope"],
    }
