"""What a control request may hold; a mistake is one sentence."""

from __future__ import annotations

import json
from typing import Any

from flask import request

LONGEST_NUMBER = 18
"""Digits; what is longer fits no row's number."""


class BadRequest(Exception):
    """The request is wrong; the text says how."""


def sent() -> Any:
    """Return the JSON that was sent, or None. Raises ``BadRequest``.

    JSON lets through what no push can carry: half a character, a number without an end.
    """
    try:
        found = request.get_json(force=True, silent=True)
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise BadRequest("The body must be JSON of whole characters and finite numbers.") from None
    return found


def body() -> dict[str, Any]:
    """Return the JSON object that was sent; nothing is an empty one. Raises ``BadRequest``."""
    if not request.get_data():
        return {}
    row = sent()
    if not isinstance(row, dict):
        raise BadRequest("The body must be a JSON object.")
    return row


def after() -> int:
    """Return the number above which entries are wanted."""
    text = request.args.get("after", "0")
    if not (text.isascii() and text.isdigit()) or len(text) > LONGEST_NUMBER:
        raise BadRequest("after must be a whole number.")
    return int(text)
