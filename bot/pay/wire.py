"""Requests to WeChat Pay by wechatpayv3, which signs and sends; what comes back, we believe or not.

The package is told what it leaves open: time-outs, no logger (its own prints signatures and
what people are called), the address, and our check of answers in place of its own, which asks
the network for serials it does not know and looks at no clock. ``_core``, ``_gate_way`` and
``_verify_signature`` are its private names: its version is pinned.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from wechatpayv3 import WeChatPay, WeChatPayType

from bot.pay.codes import code_of, failure
from bot.pay.keys import Keys
from bot.pay.seal import BadSeal, check
from bot.ports import Clock
from bot.ports.till import PayFailed

log = logging.getLogger(__name__)

TIMEOUT = (3.05, 10.0)
"""To connect, and between bytes of the answer, in seconds."""

DIRECT = {"http": "", "https": ""}
"""No proxy, whatever the environment says: as for WeChat's other API."""

INSIDE, SCANNED = WeChatPayType.JSAPI, WeChatPayType.NATIVE
"""The ways to pay."""


class Wire:
    """One merchant's line to WeChat Pay, for one account."""

    def __init__(
        self,
        keys: Keys,
        account: str,
        base: str,
        clock: Clock,
        timeout_s: tuple[float, float] = TIMEOUT,
    ) -> None:
        self._keys, self._clock = keys, clock
        pem = keys.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        # without a public key it would ask for certificates at once; answers we check ourselves
        public = next(iter(keys.public.values()))
        public_pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self._pay = WeChatPay(
            wechatpay_type=INSIDE,
            mchid=keys.merchant,
            private_key=pem.decode(),
            cert_serial_no=keys.serial,
            appid=account,
            apiv3_key="",
            timeout=timeout_s,
            proxy=DIRECT,
            public_key=public_pem.decode(),
            public_key_id=keys.public_key_id,
        )
        self._pay._core._gate_way = base
        self._pay._core._verify_signature = self._believe

    def sign(self, values: Sequence[str]) -> str:
        """Sign lines with the merchant's key; return the signature in base64."""
        return str(self._pay.sign(list(values)))

    def ask(self, method: str, **values: Any) -> dict[str, Any]:
        """Do one method of the package; return the object that is answered, or an empty one.

        Raises ``PayFailed``.
        """
        status, content = self._send(method, getattr(self._pay, method), values)
        return {} if status == 204 else _object(content)

    def fetch(self, address: str) -> bytes:
        """Fetch a file, which nobody signs. Raises ``PayFailed``.

        Only the path counts: what we sign goes to nobody but the address of the settings.
        """
        parts = urlsplit(address)
        url = f"{parts.path}?{parts.query}"
        _, content = self._send("download", self._pay.download_bill, {"url": url})
        return content if isinstance(content, bytes) else str(content).encode()

    def _send(
        self, what: str, method: Callable[..., Any], values: Mapping[str, Any]
    ) -> tuple[int, object]:
        began = time.monotonic()
        try:
            status, content = method(**values)
            if status not in {200, 204}:
                raise failure(status, _code(content))
        except requests.RequestException as error:
            reason = "timeout" if isinstance(error, requests.Timeout) else "cut"
            raise _logged(what, began, PayFailed("again", reason)) from None
        except PayFailed as error:
            raise _logged(what, began, error) from None
        log.info("wechat pay: %s: done in %d ms", what, _ms(began))
        return status, content

    def _believe(self, headers: Mapping[str, str], text: str) -> bool:
        """Stand in for the package's check of answers. Raises ``PayFailed``."""
        try:
            check(self._keys, headers, text.encode(), self._clock.now())
        except BadSeal as error:
            log.warning("wechat pay: an answer is not believed: %s", error.reason)
            raise PayFailed("again", "signature") from None
        return True


def _logged(what: str, began: float, error: PayFailed) -> PayFailed:
    log.warning("wechat pay: %s: %s, %s, in %d ms", what, error.code, error.nature, _ms(began))
    return error


def _ms(began: float) -> int:
    return int((time.monotonic() - began) * 1000)


def _code(content: object) -> str:
    """Return the code of a refusal; empty if there is none."""
    try:
        return code_of(_object(content))
    except PayFailed:
        return ""


def _object(content: object) -> dict[str, Any]:
    try:
        found = json.loads(content) if isinstance(content, str | bytes) else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise PayFailed("again", "garbled")
    return found
