"""What our own pages need of WeChat: who is it (OAuth), and the JS-SDK's signature."""

from __future__ import annotations

import hashlib
import secrets
from urllib.parse import urlencode

from bot.config import Settings
from bot.ports import Clock
from bot.wechat.api import Api


class Pages:
    """OAuth and JS-SDK for one account (wechat.md 5)."""

    def __init__(self, settings: Settings, api: Api, clock: Clock) -> None:
        self._settings, self._api, self._clock = settings, api, clock

    def authorize_url(self, back: str, state: str) -> str:
        """Return where to send a browser so that it comes back with a code (snsapi_base)."""
        query = urlencode(
            {
                "appid": self._settings.wechat_app_id,
                "redirect_uri": back,
                "response_type": "code",
                "scope": "snsapi_base",
                "state": state,
            }
        )
        return (
            f"{self._settings.wechat_oauth_base}/connect/oauth2/authorize?{query}#wechat_redirect"
        )

    def openid_of(self, code: str) -> str | None:
        """Exchange a code for an openid; None for a snapshot page."""
        return self._api.openid_of(code)

    def js_config(self, url: str) -> dict[str, str | int]:
        """Sign an address of ours for ``wx.config``."""
        stamp = int(self._clock.now().timestamp())
        nonce = secrets.token_hex(8)
        return {
            "appId": self._settings.wechat_app_id,
            "timestamp": stamp,
            "nonceStr": nonce,
            "signature": js_signature(self._api.ticket(), nonce, stamp, url),
        }


def js_signature(ticket: str, nonce: str, stamp: int, url: str) -> str:
    """Return the JS-SDK's signature; the address counts without its fragment."""
    page = url.partition("#")[0]
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={stamp}&url={page}"
    return hashlib.sha1(text.encode()).hexdigest()  # noqa: S324 theirs
