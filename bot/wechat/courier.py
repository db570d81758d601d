"""Sending: customer service, templates, subscription messages (wechat.md 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.messages import Said
from bot.ports import SendFailed
from bot.wechat.api import Api
from bot.wechat.markup import clean, render

FIELD = 20
"""Signs of one field of a template; what is longer would be cut in silence."""


class WeChatCourier:
    """Implements ``ports.Courier``."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def service(self, openid: str, said: Sequence[Said]) -> None:
        """Send a customer-service text with its choices, or a picture that stands alone."""
        if any(one.image for one in said):
            if len(said) > 1 or said[0].text or said[0].choices:  # one right is spent: one message
                raise SendFailed("never", 0, "a picture goes alone")
            self.image(openid, said[0].image)
            return
        self._send({"touser": openid, "msgtype": "text", "text": {"content": clean(render(said))}})

    def image(self, openid: str, media_id: str) -> None:
        """Send a customer-service image."""
        self._send({"touser": openid, "msgtype": "image", "image": {"media_id": media_id}})

    def choices(self, openid: str, said: Said) -> None:
        """Send a customer-service menu message (not on test accounts: 40200)."""
        listed = [{"id": str(choice.id), "content": choice.text} for choice in said.choices]
        menu = {"head_content": said.text, "list": listed, "tail_content": ""}
        self._send({"touser": openid, "msgtype": "msgmenu", "msgmenu": menu})

    def typing(self, openid: str) -> None:
        """Show that an answer is being made."""
        row = {"touser": openid, "command": "Typing"}
        self._api.post("/cgi-bin/message/custom/typing", row, repeatable=True)

    def _send(self, row: Mapping[str, Any]) -> None:
        self._api.post("/cgi-bin/message/custom/send", row)

    def template(
        self, openid: str, template_id: str, fields: Mapping[str, str], url: str, key: str
    ) -> str:
        """Send a template message; the same key within ten minutes is sent once."""
        row = {
            "touser": openid,
            "template_id": template_id,
            "url": url,
            "client_msg_id": key[:32],
            "data": {name: {"value": short(value)} for name, value in fields.items()},
        }
        answer = self._api.post("/cgi-bin/message/template/send", row, repeatable=True)
        return str(answer.get("msgid", ""))

    def subscription(
        self, openid: str, template_id: str, fields: Mapping[str, str], url: str
    ) -> str:
        """Send a subscription message: one consent, one message."""
        row = {
            "touser": openid,
            "template_id": template_id,
            "page": url,
            "data": {name: {"value": short(value)} for name, value in fields.items()},
        }
        answer = self._api.post("/cgi-bin/message/subscribe/bizsend", row)
        return str(answer.get("msgid", ""))


def short(value: str) -> str:
    """Fit a value into a field, on one line."""
    line = " ".join(clean(value).split())
    return line if len(line) <= FIELD else line[: FIELD - 1] + "…"
