"""WeChat Pay v3, by the package wechatpayv3, which is imported in this room alone."""

from __future__ import annotations

from bot.config import Settings
from bot.pay.client import WeChatTill
from bot.pay.keys import read_keys
from bot.pay.notices import WeChatNotices
from bot.pay.wire import Wire
from bot.ports import Clock


def open_pay(settings: Settings, clock: Clock) -> tuple[WeChatTill, WeChatNotices]:
    """Return what asks WeChat Pay, and what opens its notices. Raises ``BadSetting``."""
    keys, account = read_keys(settings), settings.wechat_app_id
    wire = Wire(keys, account, settings.wechatpay_api_base, clock)
    till = WeChatTill(keys, account, wire, settings.public_base_url, clock)
    return till, WeChatNotices(keys, account, clock)
