"""Asking for an order, closing it, and the platform certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding

from sandbox.pay import fields
from sandbox.pay.call import Call, PayError, Row
from sandbox.pay.orders import rfc3339, told
from sandbox.pay.signature import seal

if TYPE_CHECKING:
    from sandbox.pay.service import Pay


def by_number(pay: Pay, call: Call) -> Row:
    """Tell an order by the merchant's number."""
    _check_mchid(pay, call.query.get("mchid"), "query")
    return told(pay.orders.need(call.path["out_trade_no"]))


def by_transaction(pay: Pay, call: Call) -> Row:
    """Tell an order by WeChat's number."""
    _check_mchid(pay, call.query.get("mchid"), "query")
    return told(pay.orders.by_transaction(call.path["transaction_id"]))


def close(pay: Pay, call: Call) -> None:
    """Close an order that is not paid."""
    _check_mchid(pay, fields.text(call.body, "mchid", 32), "body")
    pay.orders.close(call.path["out_trade_no"])


def certificates(pay: Pay, call: Call) -> Row:
    """Hand out the platform certificate; in public-key mode there is none."""
    del call
    if pay.settings["mode"] == "public_key":
        words = "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。"
        raise PayError("RESOURCE_NOT_EXISTS", words)
    found = pay.keys.certificate
    pem = found.public_bytes(Encoding.PEM).decode()
    row = {
        "serial_no": pay.keys.by_certificate.serial,
        "effective_time": rfc3339(found.not_valid_before_utc.timestamp()),
        "expire_time": rfc3339(found.not_valid_after_utc.timestamp()),
        "encrypt_certificate": seal(pay.merchant.api_v3_key, pem, "certificate"),
    }
    return {"data": [row]}


def _check_mchid(pay: Pay, mchid: str | None, location: str) -> None:
    if mchid != pay.merchant.mch_id:
        detail = {"field": "mchid", "value": mchid, "location": location}
        raise PayError("PARAM_ERROR", "商户号与签名的商户号不一致", detail)
