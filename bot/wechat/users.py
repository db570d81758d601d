"""What the platform still tells of a follower: no name and no picture since 2021 (wechat.md 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.wechat.api import Api, needed


@dataclass(frozen=True, slots=True)
class Follower:
    """One person; of somebody who has left only ``openid`` is known."""

    openid: str
    follows: bool
    since: datetime | None = None
    came_by: str = ""
    """The platform's word for the way, such as ``ADD_SCENE_QR_CODE``."""
    scene: str = ""
    """The scene of the QR code by which he came."""
    union_id: str = ""
    """Only for an account that is bound to an open platform."""
    tags: frozenset[int] = frozenset()


def look_up(api: Api, openid: str) -> Follower:
    """Ask for one person. Raises ``SendFailed``: never for an openid of another account."""
    row = api.get("/cgi-bin/user/info", openid=openid, lang="zh_CN")
    if not row.get("subscribe"):
        return Follower(needed(row, "openid"), follows=False)
    return Follower(
        openid=needed(row, "openid"),
        follows=True,
        since=datetime.fromtimestamp(int(needed(row, "subscribe_time")), UTC),
        came_by=str(row.get("subscribe_scene") or ""),
        scene=str(row.get("qr_scene_str") or row.get("qr_scene") or ""),
        union_id=str(row.get("unionid") or ""),
        tags=frozenset(row.get("tagid_list") or ()),
    )
