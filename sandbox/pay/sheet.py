"""The payment sheet of the phone (WeChat Pay: JSAPI调起支付)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, render_template_string, request

from sandbox.control.asked import BadRequest, body
from sandbox.jssdk import to_page
from sandbox.oauth import COOKIE
from sandbox.pay.call import PayError
from sandbox.pay.orders import Order, refuse_done
from sandbox.pay.service import Pay
from sandbox.pay.signature import signed
from sandbox.world import World

PAGE = Path(__file__).parent / "scan.html"
NAMES = ("appId", "timeStamp", "nonceStr", "package", "signType", "paySign")

WRONG_PASSWORD = "000000"  # noqa: S105 the one that a test may rely upon
"""Any other six digits pay."""


class NoSheet(Exception):
    """The sheet does not open, or the money does not go; the text is what the payer reads."""


def pay_sheet(world: World, pay: Pay) -> Blueprint:
    """Make what the script of a page asks, and the page of a scanned code."""
    blueprint = Blueprint("pay_sheet", __name__)

    @blueprint.get("/pay-sheet")
    def scanned() -> Response:
        page = render_template_string(
            PAGE.read_text(encoding="utf-8"), code_url=request.args.get("code_url", "")
        )
        return make_response(page)

    @blueprint.post("/pay-sheet/open")
    def opened() -> Response:
        try:
            row = _asked()
            ticket = row.get("code_url") or _ticket(world, pay, row)
            order = _payable(pay, ticket)
        except NoSheet as error:
            return to_page(world, jsonify(ok=False, err_desc=str(error)))
        return to_page(world, jsonify(ok=True, ticket=ticket, **_shown(pay, order)))

    @blueprint.post("/pay-sheet/pay")
    def paid() -> Response:
        try:
            row = _asked()
            order = _payable(pay, row.get("ticket"))
            password = row.get("password")
            if not isinstance(password, str) or not re.fullmatch(r"\d{6}", password, re.ASCII):
                raise NoSheet("支付密码是六位数字")
            if password == WRONG_PASSWORD:
                again = jsonify(ok=False, again=True, err_desc="支付密码错误，请重试")
                return to_page(world, again)
            pay.pay(order["number"], request.cookies[COOKIE])
        except (NoSheet, PayError) as error:
            return to_page(world, jsonify(ok=False, err_desc=str(error)))
        return to_page(world, jsonify(ok=True))

    return blueprint


def _asked() -> dict[str, Any]:
    try:
        return body()
    except BadRequest as error:
        raise NoSheet("支付参数错误") from error


def _shown(pay: Pay, order: Order) -> dict[str, str]:
    yuan = f"{order['fen'] // 100}.{order['fen'] % 100:02d}"
    return {"yuan": yuan, "merchant": pay.merchant.name, "description": order["description"]}


def _ticket(world: World, pay: Pay, row: dict[str, Any]) -> str:
    """Return the prepay id of a request that the merchant has signed."""
    for name in NAMES:
        if not isinstance(row.get(name), str) or not row[name]:
            raise NoSheet(f"调用支付JSAPI缺少参数：{name}")
    lines = (row["appId"], row["timeStamp"], row["nonceStr"], row["package"])
    good = row["signType"] == "RSA" and row["appId"] == world.account.app_id
    if not good or not signed(pay.keys.merchant, row["paySign"], *lines):
        raise NoSheet("支付验证签名失败")
    name, _, ticket = row["package"].partition("=")
    if name != "prepay_id":
        raise NoSheet("支付验证签名失败")
    return str(ticket)


def _payable(pay: Pay, ticket: object) -> Order:
    """Return the order that this ticket and whoever holds this phone may pay."""
    found = pay.orders.by_ticket(ticket) if isinstance(ticket, str) else None
    if found is None:
        raise NoSheet("商家订单信息有误，请重新下单")
    order, until = found
    openid = request.cookies.get(COOKIE, "")
    if pay.state.get("follower", openid) is None:
        raise NoSheet("请在微信里打开")
    if order["openid"] not in {"", openid}:
        raise NoSheet("下单账号与支付账号不一致，请核实后再支付")
    try:
        refuse_done(order)
    except PayError as error:
        raise NoSheet(error.message) from None
    if until <= pay.clock.seconds():
        raise NoSheet("支付会话已过期，请重新下单")
    return order
