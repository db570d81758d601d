"""Who is looking at a page of ours.

A link gets forwarded, so it is not believed alone: WeChat says who is there (OAuth, without
asking him anything), and a cookie remembers it for this browser. The state that goes to
WeChat and comes back belongs to the browser too: nobody is led into another's page.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from flask import redirect, request
from werkzeug.wrappers import Response

from bot.ports import SendFailed
from bot.wiring import House

VIEWER, NONCE = "viewer", "viewer_nonce"

NONCE_S = 600
"""Seconds WeChat has to send him back."""


class Viewer:
    """Tells whether the person for whom a link was made is the one who opened it."""

    def __init__(self, house: House, purpose: str) -> None:
        self._house, self._purpose = house, purpose
        self._secure = house.settings.public_base_url.startswith("https://")

    def owner(self, token: str) -> str | None:
        """Return whose link this is, if he is known to be looking."""
        owner = self._house.links.read(self._purpose, token)
        viewer = self._house.links.read("viewer", request.cookies.get(VIEWER, ""))
        return owner if owner is not None and owner == viewer else None

    def is_link(self, token: str) -> bool:
        """Tell whether this is a link of ours, and not too old."""
        return self._house.links.read(self._purpose, token) is not None

    def comes_back(self, token: str) -> bool:
        """Tell whether WeChat has just sent the owner of a link back to it."""
        owner = self._house.links.read(self._purpose, token)
        nonce, state = request.cookies.get(NONCE, ""), request.args.get("state", "")
        if owner is None or not nonce or not self._same(state, token, nonce):
            return False
        try:
            return self._house.pages.openid_of(request.args["code"]) == owner
        except SendFailed:
            return False

    def ask(self, token: str) -> Response:
        """Send the browser to WeChat, which sends it back with a code."""
        nonce = secrets.token_urlsafe(16)
        here = f"{self._house.settings.public_base_url}/{self._purpose}/{token}"
        answer = redirect(self._house.pages.authorize_url(here, self._state(token, nonce)))
        self._put(answer, NONCE, nonce, NONCE_S)
        return answer

    def remember(self, answer: Response, token: str) -> None:
        """Let this browser be the owner's until it is closed, or the cookie is too old."""
        owner = self._house.links.read(self._purpose, token)
        if owner is not None:
            self._put(answer, VIEWER, self._house.links.token("viewer", owner), None)

    def _put(self, answer: Response, name: str, value: str, seconds: int | None) -> None:
        path = f"/{self._purpose}"
        answer.set_cookie(
            name,
            value,
            max_age=seconds,
            path=path,
            secure=self._secure,
            httponly=True,
            samesite="Lax",
        )

    def _state(self, token: str, nonce: str) -> str:
        key = self._house.settings.wechat_app_secret.encode()
        return hmac.new(key, f"{token}:{nonce}".encode(), hashlib.sha256).hexdigest()[:32]

    def _same(self, state: str, token: str, nonce: str) -> bool:
        return hmac.compare_digest(state.encode(), self._state(token, nonce).encode())
