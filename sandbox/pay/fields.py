"""What a request may hold; the words of a refusal are WeChat's."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sandbox.pay.call import PayError, Row

LARGEST_FEN = 10**10
_HERE = {"127.0.0.1", "localhost"}
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def wrong(name: str, issue: str, value: Any = None) -> PayError:
    """Make the refusal of one field of the body."""
    where = "/" + name.replace(".", "/")
    detail = {"field": where, "value": value, "issue": issue, "location": "body"}
    return PayError("PARAM_ERROR", f"输入源“/body{where}”：{issue}", detail)


def text(row: Row, name: str, longest: int, needed: bool = True) -> str:
    """Return a text; its length is counted in bytes. Raises ``PayError``."""
    value = row.get(name)
    if value is None and not needed:
        return ""
    if value is None or value == "":
        raise wrong(name, "缺少必填参数")
    if not isinstance(value, str):
        raise wrong(name, "类型须为字符串", value)
    if len(value.encode()) > longest:
        size = len(value.encode())
        raise wrong(name, f"字符串规则校验失败，字节数 {size}，大于最大值 {longest}", size)
    return value


def number(row: Row, name: str, longest: int, least: int = 1, more: str = "") -> str:
    """Return a number of ours: letters, digits and ``_-|*``. Raises ``PayError``."""
    value = text(row, name, longest)
    if len(value) < least:
        raise wrong(name, f"字符串规则校验失败，字节数 {len(value)}，小于最小值 {least}", value)
    if not re.fullmatch(rf"[0-9A-Za-z_\-|*{more}]+", value, re.ASCII):
        raise wrong(name, "字符串规则校验失败，含有不允许的字符", value)
    return value


def amount(row: Row, *names: str) -> tuple[int, ...]:
    """Return fen of the ``amount``; its currency must be CNY. Raises ``PayError``."""
    inner = row.get("amount")
    if not isinstance(inner, dict):
        raise wrong("amount", "缺少必填参数")
    for name in names:
        value = inner.get(name)
        if type(value) is not int or not 1 <= value <= LARGEST_FEN:
            raise wrong(f"amount.{name}", "须为大于0的整数，单位为分", value)
    if inner.get("currency", "CNY") != "CNY":
        raise wrong("amount.currency", "Currency code is invalid", inner["currency"])
    return tuple(inner[name] for name in names)


def notify_url(row: Row, needed: bool = True) -> str:
    """Return where notices go: https, or http on this machine, without a query."""
    value = text(row, "notify_url", 256, needed)
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        good = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
        good = good and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or "?" in value or "#" in value or not value.isascii():
        raise wrong("notify_url", "须为https地址，不能携带参数", value)
    return value


def instant(row: Row, name: str) -> float | None:
    """Return a Unix time written as RFC 3339, or None. Raises ``PayError``."""
    value = row.get(name)
    if value is None:
        return None
    try:
        if isinstance(value, str) and _RFC3339.fullmatch(value):
            return datetime.fromisoformat(value).timestamp()
    except ValueError:
        pass
    raise wrong(name, "须为rfc3339格式，如2018-06-08T10:34:56+08:00", value)
