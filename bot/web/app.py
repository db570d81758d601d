"""The web process: WeChat's callback, our pages, and what a monitor asks."""

from __future__ import annotations

import logging
import time
from datetime import datetime

from flask import Flask, Response, jsonify, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from bot.handlers.router import answer
from bot.ports import Busy
from bot.store import schema
from bot.web.consent import consent_pages
from bot.web.face import face_pages
from bot.web.notify import notice_doors
from bot.web.pay import pay_pages
from bot.web.upload import upload_pages
from bot.wechat.envelope import Refused
from bot.wiring import House

FIRST_YEAR, LAST_YEAR = 1970, 9000
"""Rows hold instants since 1970; half a year before the calendar's end nothing can be planned."""

log = logging.getLogger(__name__)


def create_app(house: House) -> Flask:
    """Make the application of one process."""
    app = Flask(__name__, static_folder=None, template_folder="pages")
    app.config["MAX_CONTENT_LENGTH"] = 128 * 1024
    _callback(app, house)
    _monitoring(app, house)
    app.register_blueprint(consent_pages(house))
    app.register_blueprint(upload_pages(house))
    app.register_blueprint(face_pages(house))
    app.register_blueprint(pay_pages(house))
    app.register_blueprint(notice_doors(house, app.extensions["weldmate"].notices))
    if house.settings.weldmate_env != "production":
        _demo(app, house)
    return app


def _callback(app: Flask, house: House) -> None:
    gateway, services = house.gateway, house.services
    metrics = app.extensions["weldmate"] = Metrics()

    @app.get("/wechat")
    def verify() -> Response:
        try:
            return _text(gateway.verify(request.args))
        except Refused as error:
            return _refused(error)

    @app.post("/wechat")
    def callback() -> Response:
        began = time.perf_counter()
        try:
            incoming = gateway.open(request.args, request.get_data(cache=False))
        except Refused as error:
            metrics.refused.labels(error.reason).inc()
            return _refused(error)
        encrypted = request.args.get("encrypt_type") == "aes"
        try:
            reply = answer(incoming, services)
        except Busy:
            return _busy()
        body = gateway.seal(incoming, reply, encrypted=encrypted)
        house.failpoint("before_answer")
        metrics.turns.labels(incoming.kind).observe(time.perf_counter() - began)
        return Response(body, content_type="text/xml; charset=utf-8" if reply else "text/plain")


class Metrics:
    """What Prometheus reads; one registry an application, so that tests can make several."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.turns = Histogram(
            "weldmate_turn_seconds", "Time to answer a callback", ["kind"], registry=self.registry
        )
        self.refused = Counter(
            "weldmate_refused", "Callbacks refused", ["reason"], registry=self.registry
        )
        self.notices = Counter(
            "weldmate_notices", "Notices of WeChat Pay", ["door", "outcome"], registry=self.registry
        )


def _monitoring(app: Flask, house: House) -> None:
    metrics: Metrics = app.extensions["weldmate"]

    @app.get("/health")
    def health() -> Response:
        return jsonify(status="ok")

    @app.get("/ready")
    def ready() -> tuple[Response, int]:
        try:
            there, wanted = schema.version(house.settings.database_url)
        except Exception:
            log.exception("the database does not answer")
            return jsonify(status="database unreachable"), 503
        good = there == wanted
        return jsonify(status="ok" if good else "schema is older: weldmate db upgrade"), (
            200 if good else 503
        )

    @app.get("/metrics")
    def read_metrics() -> Response:
        return _text(generate_latest(metrics.registry).decode())


def _demo(app: Flask, house: House) -> None:
    """Tell the sandbox's clock what is still due, so that it can be turned."""

    @app.get("/demo/due")
    def due() -> Response:
        now = _instant(request.args.get("now", ""))
        if now is None:
            return Response("now must be an instant with its offset", 400)
        backlog = house.services.outbox.backlog(now)
        return jsonify(
            pending=backlog.pending,
            next_due_at=backlog.next_due_at and backlog.next_due_at.isoformat(),
            next_reminder_at=backlog.next_reminder_at and backlog.next_reminder_at.isoformat(),
        )


def _instant(text: str) -> datetime | None:
    """Read an aware instant; None for anything else, and for years that no calendar needs."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo and FIRST_YEAR <= found.year <= LAST_YEAR else None


def _text(body: str) -> Response:
    return Response(body, content_type="text/plain; charset=utf-8")


def _busy() -> Response:
    """Refuse a message that could not be recorded: WeChat sends it again."""
    log.warning("callback not recorded: the database is busy")
    return Response(status=503)


def _refused(error: Refused) -> Response:
    log.warning("callback refused: %s", error.reason)
    return Response(error.reason, status=error.status, content_type="text/plain")
