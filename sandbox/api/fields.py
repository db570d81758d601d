"""Fields of templates: what each kind of value may look like (WeChat: 订阅通知, 参数值限制)."""

from __future__ import annotations

import re
from typing import Any

from sandbox.api.calls import ApiError, Call, inner

LONGEST_SHOWN = 20
"""Characters of a template's value; what is longer is cut in silence."""

_DAY = r"\d{4}(年\d{1,2}月\d{1,2}日|-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2})"
_HOUR = r"\d{1,2}:\d{2}(:\d{2})?"
_ONE = f"({_DAY}( ?{_HOUR})?|{_HOUR})"

SHAPES = {
    "thing": r"[^\n]{1,20}",
    "character_string": r"[\x21-\x7e]{1,32}",
    "number": r"-?\d{1,32}(\.\d{1,31})?",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"[^\w\s]{1,5}",
    "phrase": r"[\u4e00-\u9fff]{1,5}",
    "name": r"[\u4e00-\u9fff·]{1,10}|[A-Za-z .·]{1,20}",
    "date": rf"{_DAY}( ?{_HOUR})?(~{_DAY}( ?{_HOUR})?)?",
    "time": rf"{_ONE}(~{_ONE})?",
    "amount": r"[¥￥$€£]?\d{1,10}(\.\d{1,2})?元?",
    "phone_number": r"[-+*()\d ]{1,17}",
    "car_number": r"[\u4e00-\u9fff]?[A-Z0-9\u4e00-\u9fff]{1,7}",
}


def kind_of(template: dict[str, Any], name: str) -> str:
    """Return a keyword's type: as registered, else as its name says (``thing1``)."""
    return str(template.get("types", {}).get(name) or name.rstrip("0123456789"))


def values(template: dict[str, Any], call: Call) -> dict[str, str]:
    """Return the value of every keyword. Raises 47003, which names the field."""
    data = inner(call, "data")
    found: dict[str, str] = {}
    for name in template["fields"]:
        field = data.get(name)
        value = field.get("value") if isinstance(field, dict) else None
        if value is None or not str(value).strip():
            raise ApiError(47003, f"argument invalid! data.{name}.value is empty")
        found[name] = str(value)
    return found


def check_subscription(template: dict[str, Any], found: dict[str, str]) -> None:
    """Refuse what does not fit its type: here nothing is cut. Raises 47003."""
    for name, value in found.items():
        shape = SHAPES.get(kind_of(template, name))
        if shape and not re.fullmatch(shape, value):
            raise ApiError(47003, f"argument invalid! data.{name}.value invalid")


def cut_for_template(template: dict[str, Any], found: dict[str, str]) -> dict[str, str]:
    """Cut words to what is shown; a number or date that is none is refused. Raises 47003."""
    shown = {}
    for name, value in found.items():
        kind = kind_of(template, name)
        if "\n" in value:
            raise ApiError(47003, f"argument invalid! data.{name}.value invalid")
        if kind in {"thing", "name", "phrase"} or kind not in SHAPES:
            shown[name] = value[:LONGEST_SHOWN]
        elif re.fullmatch(SHAPES[kind], value):
            shown[name] = value
        else:
            raise ApiError(47003, f"argument invalid! data.{name}.value invalid")
    return shown


def card(template: dict[str, Any], shown: dict[str, str], url: object) -> dict[str, Any]:
    """Make the bubble of a notice."""
    rows = [
        {"key": key, "name": template["fields"][key], "value": value}
        for key, value in shown.items()
    ]
    notice = {"kind": "notice", "title": template["title"], "rows": rows, "url": str(url or "")}
    return {"type": "card", "text": template["title"], "card": notice}
