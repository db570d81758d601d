"""What the account may know of its followers (WeChat: 获取用户基本信息)."""

from __future__ import annotations

from sandbox.api.calls import Call, Row, follower
from sandbox.world import World


def info(world: World, call: Call) -> Row:
    """Return what is left of a profile: names and pictures are empty since 2021-12-27."""
    openid, record = follower(world, call, "openid")
    if not record["following"]:
        return {"subscribe": 0, "openid": openid, "tagid_list": []}
    scene = str(record.get("scene") or "")
    return {
        "subscribe": 1,
        "openid": openid,
        "nickname": "",
        "sex": 0,
        "language": "zh_CN",
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": "",
        "subscribe_time": int(record.get("since", 0)),
        "remark": "",
        "groupid": 0,
        "tagid_list": record.get("tags", []),
        "subscribe_scene": "ADD_SCENE_QR_CODE" if scene else "ADD_SCENE_SEARCH",
        "qr_scene": int(scene) if scene.isdecimal() else 0,
        "qr_scene_str": "" if scene.isdecimal() else scene,
    }


def listed(world: World, _call: Call) -> Row:
    """List everybody who follows."""
    found = [one["openid"] for one in world.state.all("follower") if one["following"]]
    last = found[-1] if found else ""
    data = {"openid": found}
    return {"total": len(found), "count": len(found), "data": data, "next_openid": last}
