"""The paths of WeChat Pay: faults first, then the signature, then the work; answers signed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable

from flask import Blueprint, Response, request

from sandbox.pay import prepay, refunds, statement, trade
from sandbox.pay.authorization import check_request
from sandbox.pay.call import Call, PayError, Row, Unsigned, read_json
from sandbox.pay.service import Pay
from sandbox.serving import Rules, serve_faulty
from sandbox.world import World

Work = Callable[[Pay, Call], Row | Response | None]

ROUTES: tuple[tuple[str, str, Work], ...] = (
    ("POST", "/v3/pay/transactions/jsapi", prepay.jsapi),
    ("POST", "/v3/pay/transactions/native", prepay.native),
    ("GET", "/v3/pay/transactions/out-trade-no/{out_trade_no}", trade.by_number),
    ("GET", "/v3/pay/transactions/id/{transaction_id}", trade.by_transaction),
    ("POST", "/v3/pay/transactions/out-trade-no/{out_trade_no}/close", trade.close),
    ("POST", "/v3/refund/domestic/refunds", refunds.ask),
    ("GET", "/v3/refund/domestic/refunds/{out_refund_no}", refunds.query),
    ("GET", "/v3/certificates", trade.certificates),
    ("GET", "/v3/bill/tradebill", statement.ask),
    ("GET", "/v3/billdownload/file", statement.fetch),
)

KINDS = {
    *("slow", "http_500", "code", "garbage", "cut_before", "cut_after"),
    *("bad_signature", "unsigned", "abnormal", "closed"),
}
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
LARGEST = 64 << 10


def pay_door(world: World, pay: Pay) -> Blueprint:
    """Make the door of one merchant."""
    blueprint = Blueprint("pay", __name__)
    for method, path, work in ROUTES:
        _register(blueprint, world, pay, method, path, work)

    @blueprint.route("/v3/<path:_rest>", methods=METHODS)
    def unknown(_rest: str) -> Response:
        return Response(status=404)

    return blueprint


def _register(
    blueprint: Blueprint, world: World, pay: Pay, method: str, path: str, work: Work
) -> None:
    def view(**names: str) -> Response:
        if request.method != method:
            return Response(status=405)
        return serve_faulty(
            world, "pay", path, KINDS, lambda rules: _answer(pay, names, work, rules)
        )

    rule = path.replace("{", "<").replace("}", ">")
    name = f"{method} {path}"
    blueprint.add_url_rule(rule, endpoint=name, view_func=view, methods=METHODS)


def _answer(pay: Pay, names: dict[str, str], work: Work, rules: Rules) -> Response:
    if "garbage" in rules:
        return Response("<html>502 Bad Gateway", content_type="text/html")
    try:
        check_request(request, pay.merchant, pay.keys)
    except PayError as error:
        return _told(error.status, error.body())  # who is not known gets no signature
    signer = pay.signer()
    try:
        signer = pay.answering(request.headers.get("Wechatpay-Serial", ""))
        answer = _work(pay, names, work, rules)
    except PayError as error:
        answer = _told(error.status, error.body())
    if not isinstance(answer, Unsigned) and "unsigned" not in rules:
        body = b"another text" if "bad_signature" in rules else answer.get_data()
        answer.headers.update(pay.headers(signer, body))
    return answer


def _work(pay: Pay, names: dict[str, str], work: Work, rules: Rules) -> Response:
    if fault := rules.get("code"):
        raise PayError(fault["code"], str(fault.get("message") or "a fault of the sandbox"))
    raw = request.get_data()
    if len(raw) > LARGEST:
        raise PayError("PARAM_ERROR", "请求报文过大")
    body = read_json(raw) if request.method == "POST" else {}
    row = work(pay, Call(names, request.args, body, frozenset(rules)))
    if isinstance(row, Response):
        return row
    return Response(status=204) if row is None else _told(200, row)


def _told(status: int, row: Row) -> Response:
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    answer = Response(text, status, content_type="application/json; charset=utf-8")
    answer.headers["Request-ID"] = uuid.uuid4().hex.upper()
    return answer
