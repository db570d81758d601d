"""Tags of followers (WeChat: 标签管理)."""

from __future__ import annotations

from typing import Any

from sandbox.api.calls import OK, ApiError, Call, Row, follower, inner
from sandbox.world import World

MOST, LONGEST, PER_PERSON, PER_CALL = 100, 30, 20, 50
_FIRST = 100  # 0, 1 and 2 are WeChat's own


def _name(world: World, call: Call) -> str:
    name = inner(call, "tag").get("name")
    if not isinstance(name, str) or not name:
        raise ApiError(45157, "invalid tag name")
    if len(name) > LONGEST:
        raise ApiError(45158, "tag name too long")
    if any(tag["name"] == name for tag in world.state.all("tag")):
        raise ApiError(45157, "invalid tag name")
    return name


def _tag(world: World, value: Any) -> dict[str, Any]:
    if value in (0, 1, 2):
        raise ApiError(45058, "can't modify sys tag")
    found = world.state.get("tag", str(value)) if isinstance(value, int | str) else None
    if found is None:
        raise ApiError(45159, "invalid tag id")
    return found


def create(world: World, call: Call) -> Row:
    """Make a tag."""
    with world.state.turn():
        name = _name(world, call)
        if len(world.state.all("tag")) >= MOST:
            raise ApiError(45056, "too many tag")
        made = {"id": _FIRST - 1 + world.state.count("tag"), "name": name}
        world.state.put("tag", str(made["id"]), made)
    return {"tag": made}


def listed(world: World, _call: Call) -> Row:
    """List the tags and how many people have each."""
    people = world.state.all("follower")
    return {
        "tags": [
            {**tag, "count": sum(tag["id"] in one.get("tags", []) for one in people)}
            for tag in world.state.all("tag")
        ]
    }


def update(world: World, call: Call) -> Row:
    """Rename a tag."""
    with world.state.turn():
        tag = _tag(world, inner(call, "tag").get("id"))
        world.state.put("tag", str(tag["id"]), {**tag, "name": _name(world, call)})
    return OK


def delete(world: World, call: Call) -> Row:
    """Drop a tag, also from everybody who has it."""
    with world.state.turn():
        tag = _tag(world, inner(call, "tag").get("id"))
        world.state.drop("tag", str(tag["id"]))
        for one in world.state.all("follower"):
            if tag["id"] in one.get("tags", []):
                one["tags"].remove(tag["id"])
                world.state.put("follower", one["openid"], one)
    return OK


def tag_people(world: World, call: Call) -> Row:
    """Give a tag to at most fifty people."""
    return _change(world, call, add=True)


def untag_people(world: World, call: Call) -> Row:
    """Take a tag from at most fifty people."""
    return _change(world, call, add=False)


def _change(world: World, call: Call, *, add: bool) -> Row:
    people = call.body.get("openid_list")
    if not isinstance(people, list) or not 1 <= len(people) <= PER_CALL:
        raise ApiError(40032, "invalid openid list size")
    with world.state.turn():
        tag = _tag(world, call.body.get("tagid"))["id"]
        for openid in people:
            record = world.follower(str(openid))
            if record is None or not record["following"]:
                raise ApiError(40003, "invalid openid")
            tags = {*record.get("tags", []), tag} if add else {*record.get("tags", [])} - {tag}
            if len(tags) > PER_PERSON:
                raise ApiError(45059, "has too many tags")
            world.state.put("follower", str(openid), {**record, "tags": sorted(tags)})
    return OK


def of_person(world: World, call: Call) -> Row:
    """List one person's tags."""
    _, record = follower(world, call, "openid")
    return {"tagid_list": record.get("tags", [])}


def people(world: World, call: Call) -> Row:
    """List the people who have a tag."""
    tag = _tag(world, call.body.get("tagid"))["id"]
    found = [one["openid"] for one in world.state.all("follower") if tag in one.get("tags", [])]
    return {"count": len(found), "data": {"openid": found}, "next_openid": ""}
