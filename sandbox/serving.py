"""Serving a request as a server that may misbehave: faults round it, the wire log behind it."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from typing import Any

from flask import Response, request

from sandbox.faults import Rule
from sandbox.world import World

Rules = dict[str, Rule]
"""The faults that strike this request, by kind."""

_PICTURE = re.compile(rb"[A-Za-z0-9+/=]{1000,}")


def serve_faulty(
    world: World, wire: str, path: str, kinds: set[str], answer: Callable[[Rules], Response]
) -> Response:
    """Answer under the faults that strike; ``wire`` is the entry's kind in the wire log."""
    began = time.monotonic()
    body = request.get_data() if not request.files else b""
    rules = {rule["kind"]: rule for rule in world.faults.take(path, kinds)}
    if "slow" in rules:
        time.sleep(rules["slow"]["seconds"])
    if "cut_before" in rules:
        given, cut = Response(), "before"
    elif "http_500" in rules:
        given, cut = Response("Internal Server Error", 500), ""
    else:
        given, cut = answer(rules), "after" if "cut_after" in rules else ""
    _log(world, wire, path, body, given, cut, began)
    return given if not cut else _cut(given)


def _cut(answer: Response) -> Response:
    """Break the connection under the answer: the bot sees it closed, and no byte of it."""
    sock = request.environ.get("werkzeug.socket")
    if isinstance(sock, socket.socket):
        sock.shutdown(socket.SHUT_RDWR)
    return answer


def _log(
    world: World, wire: str, path: str, body: bytes, answer: Response, cut: str, began: float
) -> None:
    told: dict[str, Any] = {"status": answer.status_code, "body": _shown(answer.get_data())}
    if cut:
        told = {"cut": cut}
    told["ms"] = round((time.monotonic() - began) * 1000, 1)
    url = path if wire == "cloud" else request.full_path.rstrip("?")
    asked = {"url": url, "method": request.method, "body": _shown(body)}
    world.wire.add(wire, asked, told)


def _shown(body: bytes) -> str:
    try:
        return _PICTURE.sub(lambda found: b"(%d signs)" % len(found[0]), body)[:20000].decode()
    except UnicodeDecodeError:
        return f"({len(body)} bytes)"
