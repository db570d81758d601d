"""Subscription messages: one consent, one message (WeChat: 订阅通知)."""

from __future__ import annotations

from sandbox.api.calls import OK, ApiError, Call, Row, follower
from sandbox.api.fields import card, check_subscription, values
from sandbox.api.template import content, find
from sandbox.events import event
from sandbox.world import World

FIRST_ID = 4_000_000_000_000_000_000


def bizsend(world: World, call: Call) -> Row:
    """Send one; the answer has no msgid, only the report that is pushed later has it."""
    openid, _ = follower(world, call)
    template = find(world, call, "subscription")
    shown = values(template, call)
    check_subscription(template, shown)
    with world.state.turn():
        if not world.use_consent(openid, template["id"]):
            raise ApiError(43101, "user refuse to accept the msg")
        msgid = FIRST_ID + world.state.count("subscription")
        bubble = card(template, shown, call.body.get("page"))
        world.timeline.add(openid, "account", "subscription", bubble)
    one = {
        "TemplateId": template["id"],
        "MsgID": str(msgid),
        "ErrorCode": 0,
        "ErrorStatus": "success",
    }
    report = event("subscribe_msg_sent_event", SubscribeMsgSentEvent={"List": [one]})
    world.pusher.later(openid, {"CreateTime": int(world.clock.seconds()), **report})
    return OK


def listed(world: World, _call: Call) -> Row:
    """List the account's subscription templates; ``type`` 2 is a one-time one."""
    found = [
        {"priTmplId": row["id"], "title": row["title"], "content": content(row), "type": 2}
        for row in world.state.all("template")
        if row["kind"] == "subscription"
    ]
    return {**OK, "data": found}
