"""Opening an order: JSAPI inside WeChat, Native by a code (WeChat Pay: JSAPI下单, Native下单)."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from sandbox.pay import fields
from sandbox.pay.call import Call, PayError, Row
from sandbox.pay.orders import Order, refuse_done
from sandbox.pay.signature import nonce

if TYPE_CHECKING:
    from sandbox.pay.service import Pay

PREPAY_S = 7200
"""How long a prepay id or a code address is good."""
EXPIRES_S = 7 * 86400
"""When an order closes by itself if ``time_expire`` does not say."""
SOONEST_S, LATEST_S = 60, 90 * 86400


def jsapi(pay: Pay, call: Call) -> Row:
    """Open an order of one payer; return its prepay id."""
    payer = call.body.get("payer")
    if not isinstance(payer, dict):
        raise fields.wrong("payer", "缺少必填参数")
    openid = fields.text(payer, "openid", 128)
    if pay.state.get("follower", openid) is None:
        raise PayError("PARAM_ERROR", "无效的openid", {"field": "/payer/openid"})
    ticket = f"wx{nonce(34)}"
    _open(pay, call.body, "JSAPI", openid, ticket)
    return {"prepay_id": ticket}


def native(pay: Pay, call: Call) -> Row:
    """Open an order that whoever scans its code may pay; return what the code holds."""
    ticket = f"weixin://wxpay/bizpayurl?pr={nonce(9)}zz"
    _open(pay, call.body, "NATIVE", "", ticket)
    return {"code_url": ticket}


def _open(pay: Pay, row: Row, way: str, openid: str, ticket: str) -> None:
    """Open an order, or give a new ticket to the same one. Raises ``PayError``."""
    made = _order(pay, row, way, openid)
    now = pay.clock.seconds()
    with pay.state.turn():
        held = pay.orders.find(made["number"])
        if held is None:
            _check_expiry(row, made["expires"] - now)
            pay.orders.open(made)
        elif held["asked"] != made["asked"]:
            raise PayError("OUT_TRADE_NO_USED", "商户订单号重复")
        else:
            refuse_done(held)
        pay.orders.ticket(held or made, ticket, now + PREPAY_S)


def _order(pay: Pay, row: Row, way: str, openid: str) -> Order:
    """Check the request and return the order it asks for."""
    mine = pay.merchant.mch_id
    if fields.text(row, "mchid", 32) != mine:
        raise fields.wrong("mchid", "商户号与签名的商户号不一致", row["mchid"])
    if fields.text(row, "appid", 32) != pay.app_id:
        raise PayError("APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配，请检查后再试")
    number = fields.number(row, "out_trade_no", 32, least=6)
    expires = fields.instant(row, "time_expire")
    now = pay.clock.seconds()
    (fen,) = fields.amount(row, "total")
    return {
        "number": number,
        "type": way,
        "appid": pay.app_id,
        "mchid": mine,
        "fen": fen,
        "description": fields.text(row, "description", 127),
        "attach": fields.text(row, "attach", 128, needed=False),
        "notify_url": fields.notify_url(row),
        "openid": openid,
        "created": now,
        "expires": now + EXPIRES_S if expires is None else expires,
        "state": "NOTPAY",
        "tickets": [],
        "refunds": [],
        "asked": _asked(row, way),
    }


def _check_expiry(row: Row, ahead: float) -> None:
    """Only the first request of a number sets when it ends."""
    if not SOONEST_S - 1 <= ahead <= LATEST_S + 1:
        raise fields.wrong("time_expire", "须在1分钟之后、90天之内", row.get("time_expire"))


def _asked(row: Row, way: str) -> str:
    whole = json.dumps([way, row], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()
