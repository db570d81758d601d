"""What WeChat Pay tells us unasked, believed only after every check.

https://pay.weixin.qq.com/docs/merchant/apis/h5-payment/notification-considerations.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.pay.answers import Unlike, told_refund, trade
from bot.pay.keys import Keys
from bot.pay.seal import BadSeal, check, mapping, opened
from bot.ports import Clock
from bot.ports.till import BadNotice, Return, Trade

LARGEST = 64 * 1024

REFUNDS = ("REFUND.SUCCESS", "REFUND.ABNORMAL", "REFUND.CLOSED")


@dataclass(frozen=True, slots=True)
class WeChatNotices:
    """Implements ``ports.Notices``; asks nobody, whatever comes."""

    keys: Keys
    account: str
    """The app id that payments must be of."""
    clock: Clock

    def open(self, headers: Mapping[str, str], body: bytes) -> Trade | Return | None:
        """Check a notice and open it. Raises ``BadNotice``."""
        if len(body) > LARGEST:
            raise BadNotice("size")
        try:
            check(self.keys, headers, body, self.clock.now())
            notice = mapping(body)
            values = opened(self.keys, notice.get("resource"))
            event = notice.get("event_type")
            if event == "TRANSACTION.SUCCESS":
                return _paid(trade(values, self.keys.merchant, self.account))
            if event in REFUNDS:
                return told_refund(values, self.keys.merchant)
        except (BadSeal, Unlike) as error:
            raise BadNotice(error.reason) from None
        return None


def _paid(told: Trade) -> Trade:
    if told.state != "paid":
        raise Unlike("state")
    return told
