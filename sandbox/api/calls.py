"""Every call: faults first, then the token, then the work; all of it in the wire log."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from sandbox.world import World


class ApiError(Exception):
    """An error of the API by its number."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(errmsg)
        self.errcode, self.errmsg = errcode, errmsg


Call = Callable[[World, dict[str, Any]], dict[str, Any] | Response]

KINDS = {"slow", "http_500", "errcode", "cut_before", "cut_after", "expire_token"}


def register(blueprint: Blueprint, world: World, path: str, call: Call, *, token: bool) -> None:
    """Put a call under its path; ``token``: it needs a good access token."""

    def view() -> Response:
        return _serve(world, path, call, token)

    methods = ["GET", "POST"]
    blueprint.add_url_rule(path, endpoint=path.replace("/", "_"), view_func=view, methods=methods)


def _serve(world: World, path: str, call: Call, token: bool) -> Response:
    rules = {rule["kind"]: rule for rule in world.faults.take(path, KINDS)}
    if "slow" in rules:
        time.sleep(rules["slow"]["seconds"])
    if "cut_before" in rules:
        return _logged(world, path, _cut())
    if "http_500" in rules:
        return _logged(world, path, Response("bad gateway", 502))
    if "expire_token" in rules:
        world.expire_token()
    answer = _answer(world, call, token, rules.get("errcode"))
    return _logged(world, path, _cut() if "cut_after" in rules else answer)


def _answer(world: World, call: Call, token: bool, rule: dict[str, Any] | None) -> Response:
    try:
        if rule:
            raise ApiError(rule["errcode"], str(rule.get("errmsg", "sandbox fault")))
        if token and (code := world.token_error(request.args.get("access_token", ""))):
            word = "access_token expired" if code == 42001 else "invalid credential"
            raise ApiError(code, word)
        answer = call(world, _row())
    except ApiError as error:
        rid = f"rid: {secrets.token_hex(4)}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
        answer = {"errcode": error.errcode, "errmsg": f"{error.errmsg} {rid}"}
    if isinstance(answer, Response):
        return answer
    # WeChat says text/plain more often than application/json
    return Response(json.dumps(answer, ensure_ascii=False), content_type="text/plain")


def _row() -> dict[str, Any]:
    if request.method == "GET" or (not request.is_json and not request.data):
        return dict(request.args)
    try:
        row = json.loads(request.get_data())
    except ValueError:
        raise ApiError(47001, "data format error") from None
    if not isinstance(row, dict):
        raise ApiError(47001, "data format error")
    return row


def _cut() -> Response:
    """Mark the connection to be cut: the server closes it without an answer."""
    response = Response(status=599)
    response.headers["X-Cut"] = "1"
    return response


def _logged(world: World, path: str, response: Response) -> Response:
    body = request.get_data()
    asked = {"url": request.full_path, "method": request.method, "body": _shown(body)}
    told = {"status": response.status_code, "body": _shown(response.get_data())}
    if path not in {"/cgi-bin/media/get"}:
        world.wire.add("api", asked, told)
    return response


def _shown(body: bytes) -> str:
    try:
        return body[:20000].decode()
    except UnicodeDecodeError:
        return f"({len(body)} bytes)"
