"""QR codes with a scene (WeChat: 生成带参数的二维码)."""

from __future__ import annotations

import secrets
import struct
import zlib
from typing import Any

from flask import Response

from sandbox.api.calls import ApiError, Call, Row, inner
from sandbox.world import World

LONGEST_S = 2_592_000
_TEMPORARY = {"QR_SCENE": "scene_id", "QR_STR_SCENE": "scene_str"}
_PERMANENT = {"QR_LIMIT_SCENE": "scene_id", "QR_LIMIT_STR_SCENE": "scene_str"}


def create(world: World, call: Call) -> Row:
    """Make a code; a temporary one ends after at most 30 days."""
    action = str(call.body.get("action_name"))
    name = {**_TEMPORARY, **_PERMANENT}.get(action)
    if name is None:
        raise ApiError(40041, "invalid action name")
    scene = _scene(inner(call, "action_info").get("scene"), name, action)
    seconds = call.body.get("expire_seconds", 60)
    if not isinstance(seconds, int) or not 1 <= seconds <= LONGEST_S:
        raise ApiError(40052, "invalid expire_seconds")
    ticket = "gQ" + secrets.token_urlsafe(70)
    until = world.clock.seconds() + seconds if action in _TEMPORARY else 0
    world.state.put("qr", ticket, {"ticket": ticket, "scene": scene, "until": until})
    answer: Row = {"ticket": ticket, "url": f"http://weixin.qq.com/q/{ticket[2:22]}"}
    return {**answer, "expire_seconds": seconds} if until else answer


def _scene(row: Any, name: str, action: str) -> str:
    value = row.get(name) if isinstance(row, dict) else None
    if name == "scene_str":
        if isinstance(value, str) and 1 <= len(value) <= 64:
            return value
        raise ApiError(40053, "invalid scene_str")
    most = 100_000 if action in _PERMANENT else 2**32 - 1
    if isinstance(value, int) and 1 <= value <= most:
        return str(value)
    raise ApiError(40053, "invalid scene_id")


def show(world: World, call: Call) -> Response:
    """Return a picture that stands for the code: scan it with the control message ``scan``."""
    made = world.state.get("qr", call.query.get("ticket", ""))
    if made is None or (made["until"] and made["until"] <= world.clock.seconds()):
        return Response("not found", 404)
    return Response(_picture(made["ticket"].encode()), content_type="image/png")


def _picture(seed: bytes, side: int = 21, scale: int = 8) -> bytes:
    """Draw a grey PNG of squares which is different for every ticket."""
    bits = "".join(f"{byte:08b}" for byte in seed * 8)[: side * side]
    rows = [bits[n * side : (n + 1) * side] for n in range(side)]
    lines = [b"\0" + bytes(255 * (b == "0") for b in row for _ in range(scale)) for row in rows]
    pixels = b"".join(line for line in lines for _ in range(scale))
    header = struct.pack(">IIBBBBB", side * scale, side * scale, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
