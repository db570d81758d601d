"""Template messages (WeChat: 发送模板消息); what became of one is reported by a push."""

from __future__ import annotations

from typing import Any

from sandbox.api.calls import OK, ApiError, Call, Row, follower
from sandbox.api.fields import card, cut_for_template, kind_of, values
from sandbox.events import event
from sandbox.world import World

SAME_KEY_S = 600
"""The same client_msg_id for the same person is sent once within ten minutes."""

FIRST_ID = 3_000_000_000_000_000_000


def find(world: World, call: Call, kind: str) -> dict[str, Any]:
    """Return the template that a call names. Raises 40037."""
    template = world.state.get("template", str(call.body.get("template_id")))
    if template is None or template.get("kind") != kind:
        raise ApiError(40037, "invalid template_id")
    return template


def send(world: World, call: Call) -> Row:
    """Queue a template message and return its msgid."""
    openid, record = follower(world, call)
    template = find(world, call, "template")
    if not record["following"]:
        raise ApiError(43004, "require subscribe")
    shown = cut_for_template(template, values(template, call))
    key = str(call.body.get("client_msg_id") or "")
    with world.state.turn():
        now = world.clock.seconds()
        sent = world.state.get("client_msg", f"{openid}:{key}") if key else None
        if sent and now - sent["at"] < SAME_KEY_S:
            return {**OK, "msgid": sent["msgid"]}
        msgid = FIRST_ID + world.state.count("template")
        if key:
            world.state.put("client_msg", f"{openid}:{key}", {"at": now, "msgid": msgid})
        blocked = record.get("accepts_messages") is False
        if not blocked:
            bubble = card(template, shown, call.body.get("url"))
            world.timeline.add(openid, "account", "template", bubble)
    status = "failed:user block" if blocked else "success"
    report = event("TEMPLATESENDJOBFINISH", MsgID=msgid, Status=status)
    world.pusher.later(openid, {"CreateTime": int(now), **report})
    return {**OK, "msgid": msgid}


def content(row: dict[str, Any]) -> str:
    """Write a template's lines as the platform does: ``label:{{field.DATA}}``."""
    return "\n".join(f"{label}:{{{{{name}.DATA}}}}" for name, label in row["fields"].items())


def listed(world: World, _call: Call) -> Row:
    """List the account's templates."""
    found = [
        {
            "template_id": row["id"],
            "title": row["title"],
            "primary_industry": "",
            "deputy_industry": "",
            "content": content(row),
            "example": "",
            "keyword_types": {name: kind_of(row, name) for name in row["fields"]},
        }
        for row in world.state.all("template")
        if row["kind"] == "template"
    ]
    return {"template_list": found}
