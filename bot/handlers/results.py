"""The platform reports what became of a template or subscription message."""

from __future__ import annotations

from datetime import datetime

from bot.messages import Incoming, Said
from bot.ports import Conversation, Services


def wants(incoming: Incoming) -> bool:
    """Take delivery reports."""
    return incoming.kind in {"template_result", "subscription_result"}


def handle(
    incoming: Incoming, conversation: Conversation, _services: Services, now: datetime
) -> list[Said]:
    """Write the report down in the row that was sent."""
    for report in incoming.fields.get("results", ()):
        conversation.mailbox.report(report["id"], report["ok"], report["reason"])
    return []
