"""Pictures, sounds and videos: those that welders send and those that the account uploads."""

from __future__ import annotations

import secrets

from sandbox.clock import Clock
from sandbox.state import State, Thing

LIVES_S = 3 * 86400
"""Temporary media live three days (WeChat: 新增临时素材)."""

_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"GIF8", "image/gif", "gif"),
    (b"#!AMR", "audio/amr", "amr"),
    (b"ID3", "audio/mpeg", "mp3"),
    (b"\xff\xfb", "audio/mpeg", "mp3"),
)


def sniff(content: bytes) -> tuple[str, str]:
    """Return the media type and the ending that the first bytes tell."""
    for magic, mime, ending in _MAGIC:
        if content.startswith(magic):
            return mime, ending
    if content[4:8] == b"ftyp":
        return "video/mp4", "mp4"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp", "webp"
    return "application/octet-stream", "bin"


class Media:
    """All media by their media_id."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state, self._clock = state, clock

    def keep(self, content: bytes, kind: str) -> str:
        """Keep a temporary medium; return its id."""
        name = secrets.token_urlsafe(48)
        mime, ending = sniff(content)
        now = self._clock.seconds()
        record: Thing = {"id": name, "kind": kind, "mime": mime, "ending": ending}
        with self._state.turn():
            self._state.put("media", name, {**record, "at": now, "until": now + LIVES_S})
            self._state.put_content(name, content)
        return name

    def record(self, name: str) -> Thing | None:
        """Return what is known of a medium that the API still gives out."""
        found = self._state.get("media", name)
        return found if found and found["until"] > self._clock.seconds() else None

    def content(self, name: str) -> tuple[bytes, str] | None:
        """Return bytes and media type, also of an expired one: the phone shows old pictures."""
        found, content = self._state.get("media", name), self._state.content(name)
        if found is None or content is None:
            return None
        return content, found.get("mime") or sniff(content)[0]
