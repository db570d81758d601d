"""Tags of followers, by which menus and mass messages choose (wechat.md 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.wechat.api import Api, needed

PER_CALL = 50
"""Openids of one call; a longer list is several calls."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag, and how many people have it."""

    id: int
    name: str
    people: int = 0


def create(api: Api, name: str) -> Tag:
    """Make a tag of at most 30 signs; an account has 100. Raises ``SendFailed``."""
    made = api.post("/cgi-bin/tags/create", {"tag": {"name": name}}).get("tag") or {}
    return Tag(int(needed(made, "id")), needed(made, "name"))


def listed(api: Api) -> list[Tag]:
    """Return every tag of the account. Raises ``SendFailed``."""
    rows = api.get("/cgi-bin/tags/get").get("tags") or ()
    return [Tag(row["id"], row["name"], row.get("count", 0)) for row in rows]


def tag(api: Api, tag_id: int, openids: Sequence[str]) -> None:
    """Give a tag to people; who has it keeps it. Raises ``SendFailed``."""
    _change(api, "/cgi-bin/tags/members/batchtagging", tag_id, openids)


def untag(api: Api, tag_id: int, openids: Sequence[str]) -> None:
    """Take a tag from people; who has it not stays without. Raises ``SendFailed``."""
    _change(api, "/cgi-bin/tags/members/batchuntagging", tag_id, openids)


def _change(api: Api, path: str, tag_id: int, openids: Sequence[str]) -> None:
    for first in range(0, len(openids), PER_CALL):
        some = list(openids[first : first + PER_CALL])
        api.post(path, {"tagid": tag_id, "openid_list": some}, repeatable=True)
