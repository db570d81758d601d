"""The page on which an order is paid, by whoever opens its link, and what became of it.

Everybody may pay: the token says for which order, WeChat says who pays. A page that is only
looked at changes nothing (links are opened by scanners, too): a payment is made by a button,
and what the payer's side says of it is never believed; WeChat is asked.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from urllib.parse import urlsplit

import segno
from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.order import NotNow, Way
from bot.handlers.paying import Opened, Paying, TooMany
from bot.ports import Busy, Order, PayFailed
from bot.web.bill import Looker, bill, holder, state_of, title_of
from bot.web.desk import POLICY, guarded
from bot.web.viewer import Viewer
from bot.wiring import House

AFTER = ("ok", "late", "cancel", "fail", "scan", "moved", "unknown")
"""What the page says after WeChat's window was closed, below ``pay_page.after``."""

STATUS = {"busy": 503, "person": 502, "often": 429, "who": 403}
"""How HTTP calls each reason for which no payment was opened; below ``pay_page.why``."""

SECOND = 1.0
"""WeChat is asked about a payment once in so many seconds, however often the page asks."""

INSIDE = "MicroMessenger"
"""What the browser inside WeChat calls itself."""

log = logging.getLogger(__name__)


def pay_pages(house: House) -> Blueprint:
    """Make the pages of one process."""
    pages = Blueprint("pay", __name__)
    views = Views(house, Viewer(house, "pay"))
    pages.add_url_rule("/pay/<token>", "page", views.show)
    pages.add_url_rule("/pay/<token>", "sheet", views.sheet, methods=["POST"])
    pages.add_url_rule("/pay/<token>/code", "back", views.back)
    pages.add_url_rule("/pay/<token>/code", "code", views.code, methods=["POST"])
    pages.add_url_rule("/pay/<token>/state", "state", views.state)
    return pages


@dataclass(frozen=True)
class Views:
    """The views."""

    house: House
    viewer: Viewer

    def show(self, token: str) -> AnyResponse:
        """Show how an order stands; inside WeChat, to somebody who is known."""
        order = self._order(token)
        if order is None:
            return self._gone()
        if "code" in request.args:
            return self._sent_back(token)
        if self.viewer.openid() is None and (_inside() or "wechat" in request.args):
            return self.viewer.ask(token)
        order, sure = self._seen(order)
        return self._page(token, order, sure=sure)

    def back(self, token: str) -> AnyResponse:
        """Go from a code, which is made by a button, to the page it stands on."""
        return redirect(f"/pay/{token}", 303)

    def sheet(self, token: str) -> AnyResponse:
        """Open a payment for whoever looks, and the page that shows WeChat's sheet."""
        openid = self.viewer.openid()
        if openid is None:
            order = self._order(token)
            return self._gone() if order is None else self._page(token, order, why="who")
        return self._open(token, "jsapi", openid)

    def code(self, token: str) -> AnyResponse:
        """Open a payment for whoever scans it, and the page with its code."""
        if self.viewer.openid() is None and not self.viewer.greeted(token):
            return redirect(f"/pay/{token}", 303)
        return self._open(token, "native", "")

    def state(self, token: str) -> AnyResponse:
        """Tell the page's script what WeChat says of its payment."""
        order = self._order(token)
        if order is None or (self.viewer.openid() is None and not self.viewer.greeted(token)):
            return guarded(make_response(jsonify(state="gone"), 403))
        order, sure = self._seen(order)
        words = self.house.library.words
        state = state_of(order, self.house.clock.now())
        after = request.args.get("after", "")
        there, number = order.open_payment(), request.args.get("number", "")
        if not sure:
            after = "unknown"
        elif after == "scan" and (there is None or there.number != number):
            after = "moved"
        after = after if state == "pay" and after in AFTER else ""
        says = words.say(f"pay_page.after.{after}") if after else ""
        return guarded(jsonify(state=state, after=after, says=says))

    def _order(self, token: str) -> Order | None:
        """Return the order a link is for, if it is a link of ours and something is sold."""
        found = self.house.links.read("pay", token)
        if found is None or not found.isdecimal() or self.house.till is None:
            return None
        return self.house.orders.find(int(found))

    def _sent_back(self, token: str) -> AnyResponse:
        openid = self.viewer.sent_back(token) or self.viewer.openid()  # by the back button
        if openid is None:
            return self._closed("why.nobody", 410)
        answer = redirect(f"/pay/{token}")
        self.viewer.remember(answer, openid)
        return answer

    def _paying(self) -> Paying:
        assert self.house.till is not None
        return Paying(self.house.orders, self.house.till, self.house.clock)

    def _seen(self, order: Order) -> tuple[Order, bool]:
        """Return an order as WeChat has it, and whether WeChat could be asked."""
        there = order.open_payment()
        if there is None:
            return order, True
        cache, name = self.house.cache, f"pay:{there.number}"
        if (held := cache.get(name)) is not None:
            return order, held == "sure"
        sure = self._look(order, there.number)
        cache.put(name, "sure" if sure else "unsure", SECOND)
        return self.house.orders.find(order.id) or order, sure

    def _look(self, order: Order, number: str) -> bool:
        try:
            self._paying().look(number)
        except PayFailed as error:
            self._failed(order.id, error)
            return False
        except NotNow:
            log.error("order %d: WeChat Pay has another amount of %s", order.id, number)
            return False
        except Busy:
            return False
        return True

    def _open(self, token: str, way: Way, payer: str) -> AnyResponse:
        order = self._order(token)
        if order is None:
            return self._gone()
        opened, why = None, ""
        try:
            title = title_of(order, self.house.library.words)
            opened = self._paying().open(order.id, way, payer, title)
        except NotNow:
            pass  # the page says how it stands
        except TooMany:
            why = "often"
        except Busy:
            why = "busy"
        except PayFailed as error:
            self._failed(order.id, error)
            why = "busy" if error.nature == "again" else "person"
        return self._page(token, self.house.orders.find(order.id) or order, opened, why)

    def _failed(self, order_id: int, error: PayFailed) -> None:
        level = logging.WARNING if error.nature == "again" else logging.ERROR
        log.log(level, "order %d: WeChat Pay said %s", order_id, error.code)

    def _looker(self, order: Order) -> Looker:
        openid = self.viewer.openid()
        contact = None if openid is None else self.house.conversations.find(openid)
        owns = contact is not None and contact == order.contact_id
        name = ""
        if order.application_id is not None:
            name = self.house.applications.show(order.application_id).form.name
        return holder(name, known=openid is not None, owns=owns)

    def _page(
        self,
        token: str,
        order: Order,
        opened: Opened | None = None,
        why: str = "",
        *,
        sure: bool = True,
    ) -> Response:
        """Return the page.

        ``why``: the reason for which no payment was opened. ``sure``: whether WeChat could
        be asked how the last one stands.
        """
        words, looker = self.house.library.words, self._looker(order)
        page = render_template(
            "pay.html",
            words=words,
            token=token,
            bill=bill(order, looker, words, self.house.clock.now(), sure=sure),
            sure=sure,
            known=looker.known,
            opened=opened,
            sheet=dict(opened.sheet) if opened and opened.sheet else None,
            code=_svg(opened.code) if opened and opened.code else "",
            why=why,
            js_url=self.house.settings.wechat_js_url,
        )
        answer = guarded(make_response(page, STATUS.get(why, 200)))
        answer.headers["Content-Security-Policy"] = self._policy()
        self.viewer.greet(answer, token)
        return answer

    def _policy(self) -> str:
        """Return what a page may load: ours, and WeChat's script with what that asks."""
        parts = urlsplit(self.house.settings.wechat_js_url)
        theirs = f"'self' {parts.scheme}://{parts.netloc};"
        return POLICY.replace("script-src 'self';", f"script-src {theirs}").replace(
            "connect-src 'self';", f"connect-src {theirs}"
        )

    def _gone(self) -> Response:
        return self._closed("gone", 410)

    def _closed(self, says: str, status: int) -> Response:
        words = self.house.library.words
        page = render_template("pay_closed.html", words=words, says=f"pay_page.{says}")
        return guarded(make_response(page, status))


def _inside() -> bool:
    return INSIDE in request.headers.get("User-Agent", "")


def _svg(address: str) -> str:
    """Draw a code that is read off a screen."""
    return segno.make_qr(address, error="m").svg_inline(omitsize=True, border=2)
