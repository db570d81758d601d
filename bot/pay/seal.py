"""Whether something comes from WeChat Pay, and what is in it: its signature, and its seal.

The signature is SHA-256 with RSA over stamp, nonce and body as they came
(https://wechatpay-api.gitbook.io/wechatpay-api-v3/qian-ming-zhi-nan-1/qian-ming-yan-zheng),
the seal AES-256-GCM with the APIv3 key
(https://pay.weixin.qq.com/wiki/doc/apiv3/apis/chapter3_1_11.shtml).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from bot.pay.keys import Keys

SCHEME = "WECHATPAY2-SHA256-RSA2048"

FRESH_S = 300
"""How far its clock may be from ours, to either side."""

PROBE = "WECHATPAY/SIGNTEST/"
"""How signatures begin by which WeChat finds out who does not look: never to be believed."""

_HEADERS = (
    "wechatpay-signature-type",
    "wechatpay-serial",
    "wechatpay-timestamp",
    "wechatpay-nonce",
    "wechatpay-signature",
)

_PLAIN = re.compile(r"[!-~]{1,1024}")
"""What a header may hold. No line break: it would let the nonce begin the body."""


class BadSeal(Exception):
    """It does not come from WeChat, or was changed; ``reason`` is a code for logs."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check(keys: Keys, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Check who signed a body, and when. Raises ``BadSeal``."""
    scheme, serial, stamp, nonce, signature = _values(headers)
    if signature.startswith(PROBE):
        raise BadSeal("probe")
    if scheme != SCHEME or not re.fullmatch(r"[0-9]{1,12}", stamp):
        raise BadSeal("header")
    if abs(now.timestamp() - int(stamp)) >= FRESH_S:
        raise BadSeal("stale")
    signer = keys.signer(serial)
    if signer is None:
        raise BadSeal("serial")
    message = b"%s\n%s\n%s\n" % (stamp.encode(), nonce.encode(), body)
    if not _signed(signer, _bytes(signature), message):
        raise BadSeal("signature")


def opened(keys: Keys, resource: object) -> dict[str, Any]:
    """Open what is sealed in a notice. Raises ``BadSeal``."""
    return mapping(unsealed(keys, resource))


def unsealed(keys: Keys, resource: object) -> bytes:
    """Open what is sealed for the merchant. Raises ``BadSeal``."""
    if not isinstance(resource, dict) or resource.get("algorithm") != "AEAD_AES_256_GCM":
        raise BadSeal("shape")
    nonce, sealed, beside = (
        resource.get(name) for name in ("nonce", "ciphertext", "associated_data")
    )
    if not isinstance(nonce, str) or not isinstance(sealed, str):
        raise BadSeal("shape")
    try:
        opener = AESGCM(keys.sealing)
        return opener.decrypt(nonce.encode(), base64.b64decode(sealed), str(beside or "").encode())
    except (InvalidTag, ValueError):  # also a nonce of another length, and what is no base64
        raise BadSeal("seal") from None


def mapping(text: bytes) -> dict[str, Any]:
    """Read an object in JSON. Raises ``BadSeal``."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise BadSeal("shape") from None
    if not isinstance(found, dict):
        raise BadSeal("shape")
    return found


def _values(headers: Mapping[str, str]) -> list[str]:
    there = {name.lower(): value for name, value in headers.items()}
    values = [there.get(name, "") for name in _HEADERS]
    if not all(_PLAIN.fullmatch(value) for value in values):
        raise BadSeal("header")
    return values


def _bytes(signature: str) -> bytes:
    """Return a signature's bytes; base64 has room for bits that nobody reads, here is none."""
    try:
        raw = base64.b64decode(signature, validate=True)
    except binascii.Error:
        raise BadSeal("signature") from None
    if base64.b64encode(raw).decode() != signature:
        raise BadSeal("signature")
    return raw


def _signed(signer: RSAPublicKey, signature: bytes, message: bytes) -> bool:
    try:
        signer.verify(signature, message, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True
