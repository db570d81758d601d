"""The templates the account has, and the names of their fields (wechat.md 2.2, 2.3)."""

from __future__ import annotations

import re

from bot.wechat.api import Answer, Api

_FIELD = re.compile(r"\{\{\s*(\w+)\.DATA\s*\}\}")


def subscription_fields(api: Api, template_id: str) -> frozenset[str] | None:
    """Return the fields of a subscription template; None if the account has no such one."""
    return _fields(api.get("/wxaapi/newtmpl/gettemplate"), "data", "priTmplId", template_id)


def template_fields(api: Api, template_id: str) -> frozenset[str] | None:
    """Return the fields of a category template; None if the account has no such one."""
    path = "/cgi-bin/template/get_all_private_template"
    return _fields(api.get(path), "template_list", "template_id", template_id)


def _fields(answer: Answer, rows: str, name: str, wanted: str) -> frozenset[str] | None:
    for row in answer.get(rows) or ():
        if row.get(name) == wanted:
            return frozenset(_FIELD.findall(str(row.get("content", ""))))
    return None
