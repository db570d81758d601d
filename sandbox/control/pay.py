"""The merchant's till from behind: who pays, what went out, and the levers."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify

from sandbox.control.asked import BadRequest, body
from sandbox.control.pay_bill import add_bill
from sandbox.control.pay_rows import order_row, refund_row
from sandbox.pay import refunds
from sandbox.pay.call import PayError
from sandbox.pay.orders import PAYABLE, Order
from sandbox.pay.service import Pay
from sandbox.world import World

MOST_COPIES = 20


def pay_tools(world: World, pay: Pay) -> Blueprint:
    """Make the paths below ``/control/pay``."""
    paths = Blueprint("pay_tools", __name__, url_prefix="/control/pay")
    _orders(paths, pay)
    _refunds(paths, pay)
    _notices(paths, pay)
    add_bill(paths, pay)

    @paths.get("/settings")
    def settings() -> Response:
        return jsonify(pay.settings.all())

    @paths.post("/settings")
    def change() -> Response:
        try:
            pay.settings.change(body())
        except ValueError as error:
            raise BadRequest(str(error).capitalize()) from None
        return jsonify(pay.settings.all())

    @paths.post("/scan")
    def scan() -> Response:
        """Scan a code as somebody: the address at which his phone shows the sheet."""
        row = body()
        code_url, openid = row.get("code_url"), row.get("openid")
        if not isinstance(code_url, str) or not isinstance(openid, str):
            raise BadRequest("code_url and openid must be texts.")
        page = f"/pay-sheet?{urlencode({'code_url': code_url})}"
        query = urlencode({"openid": openid, "url": page})
        return jsonify(url=f"{world.account.base_url}/open?{query}")

    return paths


def _orders(paths: Blueprint, pay: Pay) -> None:
    @paths.get("/orders")
    def orders() -> Response:
        return jsonify(orders=[order_row(pay, order) for order in pay.orders.all()])

    @paths.get("/orders/<number>")
    def one(number: str) -> Response:
        return jsonify(order_row(pay, _known(pay, number)))

    @paths.post("/orders/<number>")
    def become(number: str) -> Response:
        """Let an unpaid order be in another unpaid state."""
        order, state = _known(pay, number), body().get("trade_state")
        if state not in PAYABLE or order["state"] not in PAYABLE:
            raise BadRequest(f"An unpaid order can become: {', '.join(sorted(PAYABLE))}.")
        pay.orders.save({**order, "state": state})
        return jsonify(order_row(pay, _known(pay, number)))

    @paths.post("/orders/<number>/pay")
    def paid(number: str) -> Response:
        """Pay without a browser."""
        order = _known(pay, number)
        openid = body().get("openid") or order["openid"]
        if not isinstance(openid, str) or pay.state.get("follower", openid) is None:
            raise BadRequest("Name the openid of somebody who is there.")
        if order["openid"] not in {"", openid}:
            raise BadRequest("This order is somebody else's to pay.")
        try:
            pay.pay(number, openid)
        except PayError as error:
            raise BadRequest(f"{error.code}: {error.message}.") from None
        return jsonify(order_row(pay, _known(pay, number)))


def _refunds(paths: Blueprint, pay: Pay) -> None:
    @paths.get("/refunds")
    def refunded() -> Response:
        rows = [pay.state.get("pay_refund", n) for o in pay.orders.all() for n in o["refunds"]]
        return jsonify(refunds=[refund_row(pay, row) for row in rows if row])

    @paths.post("/refunds/<number>/settle")
    def settle(number: str) -> Response:
        """Let a refund end now."""
        status = body().get("status", "SUCCESS")
        if status not in refunds.ENDS:
            raise BadRequest(f"status must be one of: {', '.join(refunds.ENDS)}.")
        done = refunds.settle(pay, number, status)
        if done is None:
            raise BadRequest("There is no such refund that is being processed.")
        return jsonify(refund_row(pay, done))


def _known(pay: Pay, number: str) -> Order:
    order = pay.orders.find(number)
    if order is None:
        raise BadRequest("There is no such order.")
    return order


def _notices(paths: Blueprint, pay: Pay) -> None:
    @paths.post("/notices/<number>/again")
    def again(number: str) -> Response:
        """Send a notice once more, or so often at the same time."""
        copies = body().get("copies", 1)
        if type(copies) is not int or not 1 <= copies <= MOST_COPIES:
            raise BadRequest(f"copies must be a whole number from 1 to {MOST_COPIES}.")
        tries = pay.notices.again(number, copies)
        if tries is None:
            raise BadRequest("There is no such notice.")
        return jsonify(tries=tries)

    @paths.get("/probes")
    def probes() -> Response:
        return jsonify(probes=pay.state.entries("pay_probes", ""))

    @paths.post("/probe")
    def probe() -> Response:
        url = body().get("url") or _last_url(pay)
        if not isinstance(url, str) or not url.startswith(("http://", "https://")):
            raise BadRequest("No order has named a notify_url yet: give a url.")
        return jsonify(pay.notices.probe(url))


def _last_url(pay: Pay) -> str | None:
    orders = pay.orders.all()
    return orders[-1]["notify_url"] if orders else None
