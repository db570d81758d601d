"""What a control request may hold; a mistake is one sentence."""

from __future__ import annotations

from typing import Any

from flask import request


class BadRequest(Exception):
    """The request is wrong; the text says how."""


def body() -> dict[str, Any]:
    """Return the JSON object that was sent; nothing is an empty one."""
    if not request.get_data():
        return {}
    row = request.get_json(force=True, silent=True)
    if not isinstance(row, dict):
        raise BadRequest("The body must be a JSON object.")
    return row


def after() -> int:
    """Return the number above which entries are wanted."""
    text = request.args.get("after", "0")
    if not (text.isascii() and text.isdigit()):
        raise BadRequest("after must be a whole number.")
    return int(text)
