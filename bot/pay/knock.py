"""Whether WeChat Pay would serve this merchant: asked for a payment that was never there.

Its answer is signed if it accepts our signature
(https://pay.weixin.qq.com/wiki/doc/apiv3_partner/wechatpay/wechatpay3_3.shtml), and so proves
its own key. Where certificates are in use they are asked for, too: what comes is sealed.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
from wechatpayv3.utils import build_authorization

from bot.config import Settings
from bot.pay.codes import code_of
from bot.pay.keys import Keys
from bot.pay.seal import BadSeal, check, mapping, unsealed

TIMEOUT_S = 5

_FIELDS = {
    "mchid": "WECHATPAY_MCH_ID: WeChat Pay knows no such merchant",
    "serial_no": "WECHATPAY_CERT_SERIAL: the merchant has no such certificate",
    "timestamp": "The clock of this machine is wrong: WeChat Pay takes requests of five minutes",
    "signature": "WECHATPAY_PRIVATE_KEY_FILE: it is not the key of WECHATPAY_CERT_SERIAL",
}
"""What it says is wrong with our signature."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``told`` is empty when it was no object in JSON."""

    status: int
    headers: dict[str, str]
    body: bytes
    told: dict[str, Any]

    @property
    def code(self) -> str:
        """Return the code of a refusal, or what stands for it."""
        return code_of(self.told) or f"http_{self.status}"


def refusals(settings: Settings, keys: Keys, now: datetime) -> Iterator[str]:
    """Yield a sentence for each thing that WeChat Pay does not take, or that is not proved."""
    number = f"DOCTOR{secrets.token_hex(8).upper()}"
    path = f"/v3/pay/transactions/out-trade-no/{number}?mchid={keys.merchant}"
    try:
        answer = _get(settings, keys, path)
        if problem := _refused(keys, answer) or _unproved(settings, keys, answer, now):
            yield problem
        elif settings.wechatpay_platform_certs:
            yield from _certificates(settings, keys, now)
    except requests.RequestException as error:
        yield f"WECHATPAY_API_BASE: nobody answers there ({type(error).__name__})."


def _get(settings: Settings, keys: Keys, path: str) -> Answer:
    signed = build_authorization(path, "GET", keys.merchant, keys.serial, keys.private)
    headers = {"Accept": "application/json", "Authorization": signed, "User-Agent": "weldmate"}
    if keys.public_key_id:
        headers["Wechatpay-Serial"] = keys.public_key_id
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(
            f"{settings.wechatpay_api_base}{path}",
            headers=headers,
            timeout=TIMEOUT_S,
            allow_redirects=False,
        )
    try:
        told = mapping(answer.content)
    except BadSeal:
        told = {}
    return Answer(answer.status_code, dict(answer.headers), answer.content, told)


def _refused(keys: Keys, answer: Answer) -> str:
    if answer.code == "ORDER_NOT_EXIST":
        return ""
    if answer.code == "SIGN_ERROR":
        detail = answer.told.get("detail")
        field = str(detail.get("field")) if isinstance(detail, dict) else ""
        said = _FIELDS.get(field, "WeChat Pay does not accept our signature, or our clock")
        return f"{said} (SIGN_ERROR)."
    if answer.code == "PARAM_ERROR" and keys.public_key_id:  # nothing else of it can be wrong
        return "WECHATPAY_PUBLIC_KEY_ID: WeChat Pay does not sign by it (PARAM_ERROR)."
    return f"WECHATPAY_API_BASE: WeChat Pay does not serve us ({answer.code})."


def _unproved(settings: Settings, keys: Keys, answer: Answer, now: datetime) -> str:
    try:
        check(keys, answer.headers, answer.body, now)
    except BadSeal as error:
        serial = answer.headers.get("Wechatpay-Serial", "")
        by_key = serial == settings.wechatpay_public_key_id
        return {
            "header": "WECHATPAY_API_BASE: what answers there signs nothing.",
            "stale": "The clock of this machine is not WeChat Pay's: every notice will be refused.",
            "serial": f"WeChat Pay signs by {serial}, which no setting holds.",
            "signature": (
                "WECHATPAY_PUBLIC_KEY_FILE: it is not the key of WECHATPAY_PUBLIC_KEY_ID."
                if by_key
                else f"WECHATPAY_PLATFORM_CERTS: {serial}.pem is not what WeChat Pay signs by."
            ),
        }.get(error.reason, "")
    return ""


def _certificates(settings: Settings, keys: Keys, now: datetime) -> Iterator[str]:
    """Hold the certificates WeChat Pay has against those that are here."""
    answer = _get(settings, keys, "/v3/certificates")
    if answer.code == "RESOURCE_NOT_EXISTS":  # it signs by its public key alone
        return
    if answer.status != 200:
        yield f"WECHATPAY_API_BASE: WeChat Pay does not tell its certificates ({answer.code})."
        return
    if problem := _unproved(settings, keys, answer, now):
        yield problem
        return
    try:
        sealed = [
            (str(row["serial_no"]), row["encrypt_certificate"]) for row in answer.told["data"]
        ]
    except (KeyError, TypeError):
        yield "WECHATPAY_API_BASE: what answers there tells no certificates."
        return
    yield from _held(keys, sealed)


def _held(keys: Keys, sealed: list[tuple[str, object]]) -> Iterator[str]:
    for serial, resource in sealed:
        try:
            unsealed(keys, resource)
        except BadSeal:
            yield "WECHATPAY_API_V3_KEY: it does not open what WeChat Pay seals for the merchant."
            return
        if keys.signer(serial) is None:
            yield f"WECHATPAY_PLATFORM_CERTS: {serial}.pem is missing."
