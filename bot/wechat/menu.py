"""The account's menu, pushed from content/menu.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.ports import SendFailed
from bot.wechat.api import Api

NO_MENU = 46003


def buttons(menu: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the editors' menu into the platform's (at most 3 x 5, wechat.md 5)."""
    return {"button": [_button(row) for row in menu["buttons"]]}


def _button(row: Mapping[str, Any]) -> dict[str, Any]:
    if row.get("children"):
        return {"name": row["name"], "sub_button": [_button(child) for child in row["children"]]}
    if row.get("url"):
        return {"type": "view", "name": row["name"], "url": row["url"]}
    return {"type": "click", "name": row["name"], "key": row["key"]}


def push(api: Api, menu: Mapping[str, Any]) -> None:
    """Publish the menu; people see it within five minutes or when they enter again."""
    api.post("/cgi-bin/menu/create", buttons(menu), repeatable=True)


def published(api: Api) -> dict[str, Any]:
    """Return the menu people see now, in the shape it is pushed. Raises ``SendFailed``."""
    try:
        menu = api.get("/cgi-bin/menu/get")["menu"]
    except SendFailed as error:
        if error.code == NO_MENU:
            return {"button": []}
        raise
    return {"button": [_plain(button) for button in menu["button"]]}


def _plain(button: Mapping[str, Any]) -> dict[str, Any]:
    """Drop what the platform adds: empty lists of children."""
    children = [_plain(child) for child in button.get("sub_button") or ()]
    plain = {name: value for name, value in button.items() if name != "sub_button"}
    return {**plain, "sub_button": children} if children else plain
