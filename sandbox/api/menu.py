"""The menu below the chat (WeChat: 自定义菜单)."""

from __future__ import annotations

from typing import Any

from sandbox.api.calls import OK, ApiError, Call, Row
from sandbox.world import World

_KEYED = {
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
}
_NEEDS = {
    "view": "url",
    "media_id": "media_id",
    "article_id": "article_id",
    "article_view_limited": "article_id",
    "miniprogram": "pagepath",
    **dict.fromkeys(_KEYED, "key"),
}


def create(world: World, call: Call) -> Row:
    """Publish a menu: three buttons of five at most."""
    buttons = call.body.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise ApiError(40016, "invalid button size")
    for button in buttons:
        _check_top(button)
    world.state.put("menu", "default", {"button": buttons})
    return OK


def _check_top(button: Any) -> None:
    _check_name(button, 16, 40018)
    children = button.get("sub_button") or []
    if not isinstance(children, list) or len(children) > 5:
        raise ApiError(40023, "invalid sub button size")
    for child in children:
        _check_name(child, 60, 40025)
        _check_action(child, (40024, 40026, 40027))
    if not children:
        _check_action(button, (40017, 40019, 40020))


def _check_name(button: Any, longest: int, code: int) -> None:
    name = button.get("name") if isinstance(button, dict) else None
    if not isinstance(name, str) or not 1 <= len(name.encode()) <= longest:
        raise ApiError(code, "invalid button name size")


def _check_action(button: dict[str, Any], codes: tuple[int, int, int]) -> None:
    need = _NEEDS.get(str(button.get("type")))
    if need is None:
        raise ApiError(codes[0], "invalid button type")
    value = button.get(need)
    longest = 1024 if need == "url" else 128
    if not isinstance(value, str) or not 1 <= len(value.encode()) <= longest:
        code = codes[2] if need == "url" else codes[1]
        raise ApiError(code, f"invalid button {need} size")


def get(world: World, _call: Call) -> Row:
    """Return the menu. Raises 46003 when there is none."""
    menu = world.state.get("menu", "default")
    if menu is None:
        raise ApiError(46003, "menu no exist")
    return {"menu": menu}


def delete(world: World, _call: Call) -> Row:
    """Take the menu away."""
    world.state.drop("menu", "default")
    return OK
