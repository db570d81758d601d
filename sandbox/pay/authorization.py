"""Who asks: the ``Authorization`` of every request (WeChat Pay: 签名认证)."""

from __future__ import annotations

import re
import time

from flask import Request

from sandbox.pay.call import PayError
from sandbox.pay.keys import Keys
from sandbox.pay.merchant import Merchant
from sandbox.pay.signature import signed

SCHEME = "WECHATPAY2-SHA256-RSA2048"
AWAY_S = 300
"""So far the timestamp of a request may be from real time."""

NAMES = {"mchid", "nonce_str", "signature", "timestamp", "serial_no"}
_PAIR = re.compile(r'([a-z_]+)="([^"]*)"')
_LIST = re.compile(r'[a-z_]+="[^"]*"(?:,[a-z_]+="[^"]*"){4}')


def check_request(asked: Request, merchant: Merchant, keys: Keys) -> None:
    """Check headers and signature. Raises ``PayError``."""
    trade = asked.path.startswith("/v3/pay/transactions/")
    bare = not asked.headers.get("Accept") or not asked.headers.get("User-Agent")
    if bare and not trade:
        raise PayError("INVALID_REQUEST", "Http头缺少Accept或User-Agent")
    given = _read(asked.headers.get("Authorization", ""), trade)
    if not re.fullmatch(r"\d{1,12}", given["timestamp"], re.ASCII):
        raise PayError("SIGN_ERROR", "Http头Authorization值格式错误")
    if abs(time.time() - int(given["timestamp"])) > AWAY_S:
        words = "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟"
        raise PayError("SIGN_ERROR", words)
    if given["mchid"] != merchant.mch_id:
        raise PayError("SIGN_ERROR", "签名错误", {"field": "mchid", "location": "authorization"})
    if given["serial_no"].upper() != merchant.serial:
        words = "商户证书序列号有误。请使用签名私钥匹配的证书序列号"
        raise PayError("SIGN_ERROR", words, {"field": "serial_no", "location": "authorization"})
    lines = _lines(asked, given)
    if not signed(keys.merchant, given["signature"], *lines):
        raise PayError("SIGN_ERROR", "错误的签名，验签失败", _detail(lines))


def _read(header: str, trade: bool) -> dict[str, str]:
    scheme, _, rest = header.partition(" ")
    pairs = dict(_PAIR.findall(rest))
    if scheme == SCHEME and _LIST.fullmatch(rest.strip()) and set(pairs) == NAMES:
        return pairs
    if trade:
        raise PayError("SIGN_ERROR", "签名信息错误，验签失败")
    if header and scheme != SCHEME:
        raise PayError("SIGN_ERROR", "HTTP头Authorization认证类型不正确")
    words = "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》"
    raise PayError("SIGN_ERROR", words)


def _lines(asked: Request, given: dict[str, str]) -> tuple[bytes | str, ...]:
    """Return what must have been signed; the address as it came over the wire."""
    address = str(asked.environ.get("RAW_URI") or asked.full_path.rstrip("?"))
    return asked.method, address, given["timestamp"], given["nonce_str"], asked.get_data()


def _detail(lines: tuple[bytes | str, ...]) -> dict[str, object]:
    whole = "".join(
        (line.decode(errors="replace") if isinstance(line, bytes) else line) + "\n"
        for line in lines
    )
    told = {
        "method": lines[0],
        "url": lines[1],
        "truncated_sign_message": whole[:200].replace("\n", "\\n"),
        "sign_message_length": len(whole.encode()),
    }
    return {
        "field": "signature",
        "issue": "sign not match",
        "location": "authorization",
        "sign_information": told,
    }
