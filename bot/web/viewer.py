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

VIEWER, NONCE, GUEST = "viewer", "viewer_nonce", "guest"

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
        return owner if owner is not None and owner == self.openid() else None

    def openid(self) -> str | None:
        """Return who is looking, if WeChat has told, whoever the link was made for."""
        return self._house.links.read("viewer", request.cookies.get(VIEWER, ""))

    def is_link(self, token: str) -> bool:
        """Tell whether this is a link of ours, and not too old."""
        return self._house.links.read(self._purpose, token) is not None

    def owner_back(self, token: str) -> str | None:
        """Return the owner of a link, if WeChat has just sent him back to it."""
        owner = self._house.links.read(self._purpose, token)
        return owner if owner is not None and self.sent_back(token) == owner else None

    def sent_back(self, token: str) -> str | None:
        """Return whom WeChat has just sent back to a link; None if it did not, or not tell."""
        nonce, state = request.cookies.get(NONCE, ""), request.args.get("state", "")
        if not nonce or not self._same(state, token, nonce):
            return None
        try:
            return self._house.pages.openid_of(request.args["code"])
        except SendFailed:
            return None

    def ask(self, token: str) -> Response:
        """Send the browser to WeChat, which sends it back with a code."""
        nonce = secrets.token_urlsafe(16)
        here = f"{self._house.settings.public_base_url}/{self._purpose}/{token}"
        answer = redirect(self._house.pages.authorize_url(here, self._state(token, nonce)))
        self._put(answer, NONCE, nonce, NONCE_S)
        return answer

    def remember(self, answer: Response, openid: str) -> None:
        """Let this browser be a person's until it is closed, or the cookie is too old."""
        self._put(answer, VIEWER, self._house.links.token("viewer", openid), None)

    def greet(self, answer: Response, token: str) -> None:
        """Let this browser have shown a link's page, whoever looks."""
        if not self.greeted(token):
            subject = self._house.links.read(self._purpose, token) or ""
            guest = self._house.links.token("guest", f"{self._purpose}:{subject}")
            self._put(answer, GUEST, guest, None)

    def greeted(self, token: str) -> bool:
        """Tell whether this browser has shown the page: other pages cannot act in its name."""
        subject = self._house.links.read(self._purpose, token)
        guest = self._house.links.read("guest", request.cookies.get(GUEST, ""))
        return subject is not None and guest == f"{self._purpose}:{subject}"

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
