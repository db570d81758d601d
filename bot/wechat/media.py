"""Temporary media: what people sent, and pictures of ours (wechat.md 4). They live three days."""

from __future__ import annotations

from dataclasses import dataclass

from bot.ports import SendFailed
from bot.wechat.api import Api, needed
from bot.wechat.hosts import Answered

LARGEST = 10 << 20
"""Bytes: the platform's own limit for a picture."""

PICTURES = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}
"""What may be uploaded, with the ending its name must have."""

_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
)


@dataclass(frozen=True, slots=True)
class Medium:
    """A file; ``mime`` is what its first bytes tell, not what it was called."""

    content: bytes
    mime: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A video: the platform only says where it is."""

    url: str


def fetch(api: Api, media_id: str, *, largest: int = LARGEST) -> Medium | Elsewhere:
    """Get what somebody sent, of at most ``largest`` bytes.

    Raises ``SendFailed``: never when it is gone, too large, or no picture and no sound.
    """
    found = api.download("/cgi-bin/media/get", largest, media_id=media_id)
    if not isinstance(found, Answered):
        return Elsewhere(needed(found, "video_url"))
    return Medium(found.content, _mime(found))


def upload_image(api: Api, content: bytes) -> str:
    """Upload a JPEG, PNG or GIF; return its media_id. Raises ``SendFailed``."""
    mime = _sniffed(content)
    if mime not in PICTURES or len(content) > LARGEST:
        raise SendFailed("never", 0, f"no picture of at most {LARGEST} bytes")
    name = f"image.{PICTURES[mime]}"
    return needed(
        api.upload("/cgi-bin/media/upload", name, content, mime, type="image"), "media_id"
    )


def _mime(found: Answered) -> str:
    """Return what the bytes are; the header must not call a picture a sound, or a sound one."""
    mime = _sniffed(found.content)
    declared = found.content_type.partition("/")[0].replace("voice", "audio")
    if mime is None or declared in {"image", "audio"} - {mime.partition("/")[0]}:
        raise SendFailed("never", 0, "neither a picture nor a sound")
    return mime


def _sniffed(content: bytes) -> str | None:
    return next((mime for magic, mime in _MAGIC if content.startswith(magic)), None)
