"""QR codes with a scene: who follows or scans by one brings its name along (wechat.md 5)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from bot.wechat.api import Answer, Api, needed

PICTURES_BASE = "https://mp.weixin.qq.com"
"""The pictures are not on the API's hosts."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """``address`` is what the code says; ``seconds`` is None for one without an end."""

    ticket: str
    address: str
    seconds: int | None


def temporary(api: Api, scene: str, *, seconds: int) -> QrCode:
    """Make a code for at most 30 days; ``scene``: 1 to 64 signs. Raises ``SendFailed``."""
    row = {"action_name": "QR_STR_SCENE", "expire_seconds": seconds, "action_info": _named(scene)}
    return _read(api.post("/cgi-bin/qrcode/create", row, repeatable=True))


def permanent(api: Api, scene: str) -> QrCode:
    """Make a code without an end, of 100,000 an account may have. Raises ``SendFailed``."""
    row = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": _named(scene)}
    return _read(api.post("/cgi-bin/qrcode/create", row))


def picture_url(ticket: str, base: str = PICTURES_BASE) -> str:
    """Return where the picture of a code is, for anybody to see."""
    return f"{base}/cgi-bin/showqrcode?{urlencode({'ticket': ticket})}"


def _named(scene: str) -> dict[str, dict[str, str]]:
    return {"scene": {"scene_str": scene}}


def _read(answer: Answer) -> QrCode:
    seconds = answer.get("expire_seconds")
    return QrCode(
        needed(answer, "ticket"), needed(answer, "url"), int(seconds) if seconds else None
    )
