"""Every call: faults first, then the token, then the work; all of it in the wire log."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from sandbox.serving import Rules, serve_faulty
from sandbox.world import World

Row = dict[str, Any]


class ApiError(Exception):
    """An error of the API by its number."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(errmsg)
        self.errcode, self.errmsg = errcode, errmsg


@dataclass(frozen=True)
class Upload:
    """A file of a multipart call."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Call:
    """What the bot sent: query, JSON body, perhaps a file."""

    query: Mapping[str, str]
    body: Row
    upload: Upload | None = None


Work = Callable[[World, Call], Row | Response]

KINDS = {"slow", "http_500", "errcode", "cut_before", "cut_after", "expire_token"}
OK: Row = {"errcode": 0, "errmsg": "ok"}

_WORDS = {
    40001: "invalid credential, access_token is invalid or not latest",
    40014: "invalid access_token",
    41001: "access_token missing",
    42001: "access_token expired",
    45009: "reach max api daily quota limit",
    45015: "response out of time limit or subscription is canceled",
    -1: "system error",
}


def register(blueprint: Blueprint, world: World, rule: str, work: Work, *, token: bool) -> None:
    """Put a call under ``METHOD /path``; ``token``: it needs a good access token."""
    method, _, path = rule.partition(" ")

    def view() -> Response:
        checked = work if not token else _with_token(work)
        return serve_faulty(
            world, "api", path, KINDS, lambda rules: _answer(world, method, checked, rules)
        )

    name = path.replace("/", "_").replace(".", "_")
    blueprint.add_url_rule(path, endpoint=name, view_func=view, methods=["GET", "POST"])


def _with_token(work: Work) -> Work:
    def checked(world: World, call: Call) -> Row | Response:
        code = world.tokens.error(call.query.get("access_token", ""))
        if code:
            raise ApiError(code, _WORDS[code])
        return work(world, call)

    return checked


def _answer(world: World, method: str, work: Work, rules: Rules) -> Response:
    if "expire_token" in rules:
        world.tokens.expire()
    try:
        if fault := rules.get("errcode"):
            code = fault["errcode"]
            raise ApiError(code, str(fault.get("errmsg") or _WORDS.get(code, "sandbox fault")))
        if method == "POST" and request.method != "POST":
            raise ApiError(43002, "require POST method")
        answer = work(world, _call())
    except ApiError as error:
        rid = "-".join(secrets.token_hex(4) for _ in range(3))
        answer = {"errcode": error.errcode, "errmsg": f"{error.errmsg} rid: {rid}"}
    if isinstance(answer, Response):
        return answer
    text = json.dumps(answer, ensure_ascii=False)
    return Response(text, content_type="application/json; encoding=utf-8")


def _call() -> Call:
    query = dict(request.args)
    if request.files:
        name, file = next(iter(request.files.items()))
        upload = Upload(file.filename or "", file.read())
        file.close()
        return Call(query, {"field": name}, upload)
    raw = request.get_data()
    return Call(query, read_json(raw) if raw else {})


def read_json(raw: bytes) -> Row:
    r"""Read a JSON body as WeChat does: ``\u4e2d`` is not decoded, people see it as it stands."""
    try:
        row = json.loads(_ESCAPED.sub(_literally, raw.decode()))
    except (ValueError, RecursionError):
        raise ApiError(47001, "data format error") from None
    if not isinstance(row, dict):
        raise ApiError(47001, "data format error")
    return row


_ESCAPED = re.compile(r"(?<!\\)((?:\\\\)*)\\u([0-9a-fA-F]{4})")


def _literally(found: re.Match[str]) -> str:
    if int(found[2], 16) < 0x80:  # control characters have no other way to be written
        return found[0]
    return f"{found[1]}\\\\u{found[2]}"


def follower(world: World, call: Call, name: str = "touser") -> tuple[str, Row]:
    """Return the person a call names. Raises 40003."""
    openid = call.body.get(name) or call.query.get(name)
    record = world.follower(openid) if isinstance(openid, str) else None
    if record is None:
        raise ApiError(40003, "invalid openid")
    return str(openid), record


def inner(call: Call, name: str) -> Row:
    """Return an object of the body. Raises 47001."""
    row = call.body.get(name)
    if not isinstance(row, dict):
        raise ApiError(47001, f"data format error: {name}")
    return row
