"""Temporary media (WeChat: 新增临时素材, 获取临时素材)."""

from __future__ import annotations

from flask import Response

from sandbox.api.calls import ApiError, Call, Row
from sandbox.media import sniff
from sandbox.world import World

_MB = 1 << 20
_LARGEST = {"image": 10 * _MB, "voice": 2 * _MB, "video": 10 * _MB, "thumb": 64 << 10}
_MIMES = {
    "image": {"image/jpeg", "image/png", "image/gif"},
    "voice": {"audio/amr", "audio/mpeg"},
    "video": {"video/mp4"},
    "thumb": {"image/jpeg"},
}


def upload(world: World, call: Call) -> Row:
    """Keep a file for three days."""
    kind = call.query.get("type", "")
    if kind not in _LARGEST:
        raise ApiError(40004, "invalid media type")
    if call.upload is None or call.body.get("field") != "media" or not call.upload.content:
        raise ApiError(41005, "media data missing")
    if len(call.upload.content) > _LARGEST[kind]:
        raise ApiError(40006 if kind != "image" else 40009, f"invalid {kind} size")
    if sniff(call.upload.content)[0] not in _MIMES[kind]:
        raise ApiError(40005, "invalid file type")
    name = world.media.keep(call.upload.content, kind)
    field = "thumb_media_id" if kind == "thumb" else "media_id"
    return {"type": kind, field: name, "created_at": int(world.clock.seconds())}


def get(world: World, call: Call) -> Row | Response:
    """Return a file, or for a video where it is; what is gone is an error with status 200."""
    name = call.query.get("media_id", "")
    record, found = world.media.record(name), world.media.content(name)
    if record is None or found is None:
        raise ApiError(40007, "invalid media_id")
    if record["kind"] == "video":
        return {"video_url": f"{world.account.base_url}/control/media/{name}"}
    content, mime = found
    file = f'attachment; filename="{name}.{record["ending"]}"'
    return Response(content, content_type=mime, headers={"Content-disposition": file})
