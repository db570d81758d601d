"""The platform reports what became of a template or subscription message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.messages import Incoming, Said
from bot.ports import Conversation, Services

_VIA: Mapping[str, str] = {"template_result": "template", "subscription_result": "subscription"}


def wants(incoming: Incoming) -> bool:
    """Take delivery reports."""
    return incoming.kind in _VIA


def handle(
    incoming: Incoming, conversation: Conversation, _services: Services, now: datetime
) -> list[Said]:
    """Write the report down in the row that was sent."""
    for report in incoming.fields.get("results", ()):
        via = _VIA[incoming.kind]
        conversation.mailbox.report(via, report["id"], report["ok"], report["reason"])
    return []
