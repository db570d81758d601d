"""The page on which a person allows one reminder (subscription message, wechat.md 2.3).

The link in the chat carries a short-lived token and is not believed alone: links get
forwarded. OAuth says who is really looking, and the page works for him only.
"""

from __future__ import annotations

import hashlib
import hmac

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from bot.ports import SendFailed
from bot.wiring import House


def consent_pages(house: House) -> Blueprint:
    """Make the pages of one process."""
    pages = Blueprint("consent", __name__)
    words, settings = house.library.words, house.settings

    def state_of(token: str) -> str:
        key = settings.wechat_app_secret.encode()
        return hmac.new(key, token.encode(), hashlib.sha256).hexdigest()[:32]

    def gone() -> Response:
        page = render_template("gone.html", words=words)
        return make_response(page, 410)

    @pages.get("/consent/<token>")
    def consent(token: str) -> AnyResponse:
        owner = house.links.read("consent", token)
        if owner is None:
            return gone()
        here = f"{settings.public_base_url}/consent/{token}"
        code = request.args.get("code", "")
        if not code:
            return redirect(house.pages.authorize_url(here, state_of(token)))
        if not hmac.compare_digest(request.args.get("state", ""), state_of(token)):
            return gone()
        try:
            viewer = house.pages.openid_of(code)
        except SendFailed:
            return gone()
        if viewer != owner:
            return gone()
        config = house.pages.js_config(f"{here}?{request.query_string.decode()}")
        page = render_template(
            "consent.html",
            words=words,
            config=config,
            js_url=settings.wechat_js_url,
            template=settings.wechat_consent_template,
        )
        answer = make_response(page)
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    return pages
