"""WeChat Pay's side: payments opened, asked about, closed, given back; and its statements."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.domain.order import Refund
from bot.domain.reminders import SHANGHAI
from bot.domain.statement import Line
from bot.pay import answers
from bot.pay.answers import CURRENCY, Unlike
from bot.pay.keys import Keys
from bot.pay.statement import BadStatement, read, unpack
from bot.pay.wire import INSIDE, SCANNED, Wire
from bot.ports import Clock
from bot.ports.till import Asked, PayFailed, Return, Trade

_NUMBER = re.compile(r"[0-9A-Za-z_-]{6,64}")
"""What may stand in an address as it is; the package does not look."""


class WeChatTill:
    """Implements ``ports.Till`` for one merchant and one account."""

    def __init__(
        self, keys: Keys, account: str, wire: Wire, public_base: str, clock: Clock
    ) -> None:
        self._keys, self._account, self._wire, self._clock = keys, account, wire, clock
        self._public_base = public_base

    def sheet(self, asked: Asked, payer: str) -> Mapping[str, str]:
        """Open a payment inside WeChat; return what the page hands on. Raises ``PayFailed``."""
        answer = self._open(asked, pay_type=INSIDE, payer={"openid": payer})
        stamp = str(int(self._clock.now().timestamp()))
        nonce, package = secrets.token_hex(16), f"prepay_id={_told(answer, 'prepay_id')}"
        return {
            "appId": self._account,
            "timeStamp": stamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": self._wire.sign([self._account, stamp, nonce, package]),
        }

    def code(self, asked: Asked) -> str:
        """Open a payment that is scanned; return its QR code's text. Raises ``PayFailed``."""
        return _told(self._open(asked, pay_type=SCANNED), "code_url")

    def _open(self, asked: Asked, **way: Any) -> dict[str, Any]:
        return self._wire.ask(
            "pay",
            description=asked.title,
            out_trade_no=_number(asked.number),
            amount={"total": asked.fen, "currency": CURRENCY},
            time_expire=asked.until.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            notify_url=f"{self._public_base}/pay/notify",
            **way,
        )

    def trade(self, number: str) -> Trade:
        """Return how a payment stands. Raises ``PayFailed``."""
        try:
            answer = self._wire.ask("query", out_trade_no=_number(number))
        except PayFailed as error:
            if error.code == "ORDER_NOT_EXIST":
                return Trade(number, "closed")
            raise
        try:
            found = answers.trade(answer, self._keys.merchant, self._account)
        except Unlike as error:
            raise _odd(error) from None
        if found.number != number:
            raise PayFailed("alert", "foreign_number")
        return found

    def close(self, number: str) -> None:
        """Close a payment. Raises ``PayFailed``."""
        try:
            self._wire.ask("close", out_trade_no=_number(number))
        except PayFailed as error:
            if error.code not in {"ORDER_NOT_EXIST", "ORDER_CLOSED"}:
                raise

    def give_back(self, refund: Refund, whole: int) -> Return:
        """Ask for a refund. Raises ``PayFailed``."""
        found = self._refund(
            "refund",
            out_refund_no=_number(refund.number),
            out_trade_no=_number(refund.payment),
            amount={"refund": refund.fen, "total": whole, "currency": CURRENCY},
            notify_url=f"{self._public_base}/pay/refund-notify",
        )
        if (found.payment, found.fen) != (refund.payment, refund.fen):
            raise PayFailed("alert", "foreign_number")
        return found

    def given_back(self, number: str) -> Return:
        """Return how a refund stands. Raises ``PayFailed``."""
        return self._refund("query_refund", out_refund_no=_number(number))

    def _refund(self, method: str, **values: Any) -> Return:
        answer = self._wire.ask(method, **values)
        try:
            found = answers.refund(answer)
        except Unlike as error:
            raise _odd(error) from None
        if found.number != values["out_refund_no"]:
            raise PayFailed("alert", "foreign_number")
        return found

    def statement(self, day: date) -> Sequence[Line]:
        """Return the movements of a day in Shanghai. Raises ``PayFailed``."""
        answer = self._wire.ask("trade_bill", bill_date=day.isoformat())
        if answer.get("hash_type") != "SHA1":
            raise PayFailed("alert", "statement_hash")
        content = self._wire.fetch(_told(answer, "download_url"))
        try:
            plain = unpack(content, _told(answer, "hash_value"))
            return read(plain, self._keys.merchant, self._account)
        except BadStatement as error:
            raise PayFailed("alert", f"statement_{error.reason}") from None


def _number(number: str) -> str:
    if not _NUMBER.fullmatch(number):
        raise PayFailed("refused", "number")
    return number


def _told(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise PayFailed("again", "garbled")
    return value


def _odd(error: Unlike) -> PayFailed:
    """What WeChat signed and is none of ours, somebody must look at."""
    if error.reason == "shape":
        return PayFailed("again", "garbled")
    return PayFailed("alert", f"foreign_{error.reason}")
