"""Asking for the bill of a day, and fetching it (WeChat Pay: 申请交易账单, 下载账单)."""

from __future__ import annotations

import gzip
import hashlib
import time
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.pay import bill
from sandbox.pay.call import Call, PayError, Row, Unsigned
from sandbox.pay.orders import SHANGHAI
from sandbox.pay.signature import nonce

if TYPE_CHECKING:
    from sandbox.pay.service import Pay

READY_HOUR = 10
"""Of the next day in Shanghai."""

MONTHS = 3
"""So long a bill may be asked for."""

LINK_S = 300
"""Real seconds for which an address to fetch a bill is good."""

LINKS = 50
"""Addresses that may be good at the same time."""


def ask(pay: Pay, call: Call) -> Row:
    """Say where the bill of a day lies, and its hash before it is packed."""
    day, kind = _day(call.query.get("bill_date", "")), call.query.get("bill_type", "ALL")
    packing = call.query.get("tar_type", "")
    if kind not in bill.COLUMNS:
        raise _wrong("bill_type", kind)
    if packing not in {"", "GZIP"}:
        raise _wrong("tar_type", packing)
    _check_day(pay, day)
    lines = bill.lines_of(pay, day)
    if not any(kind in ("ALL", line["交易状态"]) for line in lines):
        raise PayError("NO_STATEMENT_EXIST", "账单文件不存在")
    text = bill.write(lines, kind)
    return {
        "hash_type": "SHA1",
        "hash_value": hashlib.sha1(text.encode()).hexdigest(),  # noqa: S324 the protocol's
        "download_url": f"{pay.base_url}/v3/billdownload/file?token={_keep(pay, text, packing)}",
    }


def fetch(pay: Pay, call: Call) -> Unsigned:
    """Hand out a file; nothing signs it but its hash."""
    held = pay.state.get("pay_bill", call.query.get("token", ""))
    if held is None or held["until"] < time.time():
        raise PayError("INVALID_REQUEST", "账单地址已失效，请重新申请账单")
    content = held["text"].encode()
    if held["packing"]:
        content = gzip.compress(content)
    kind = "application/x-gzip" if held["packing"] else "text/plain; charset=utf-8"
    return Unsigned(content, content_type=kind)


def _keep(pay: Pay, text: str, packing: str) -> str:
    """Keep a file under a new token; forget those whose time is over."""
    with pay.state.turn():
        kept = sorted(pay.state.all("pay_bill"), key=lambda one: float(one["until"]))
        for old in [one for one in kept if one["until"] < time.time()] + kept[: 1 - LINKS]:
            pay.state.drop("pay_bill", old["token"])
        token = nonce(64)
        row = {"token": token, "text": text, "packing": packing, "until": time.time() + LINK_S}
        pay.state.put("pay_bill", token, row)
    return token


def _wrong(name: str, value: str) -> PayError:
    detail = {"field": name, "value": value, "location": "query"}
    return PayError("PARAM_ERROR", f"{name}参数错误", detail)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _wrong("bill_date", text) from None
    if text != day.isoformat():
        raise _wrong("bill_date", text)
    return day


def _check_day(pay: Pay, day: date) -> None:
    now = datetime.fromtimestamp(pay.clock.seconds(), UTC).astimezone(SHANGHAI)
    today = now.date()
    if day < _months_before(today):
        raise PayError("INVALID_REQUEST", "仅支持三个月内的账单下载申请")
    if day >= today:
        raise PayError("NO_STATEMENT_EXIST", "账单文件不存在")
    if day == today - timedelta(days=1) and now.hour < READY_HOUR:
        raise PayError("STATEMENT_CREATING", "请求的账单正在生成中，请稍后再试")


def _months_before(day: date) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - MONTHS, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
