"""All doors of a world as one web application, and the server under it."""

from __future__ import annotations

import contextlib
import logging
import traceback

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sandbox.api.routes import api
from sandbox.cloud.door import cloud
from sandbox.cloud.face import face_page
from sandbox.control.asked import BadRequest
from sandbox.control.cloud import cloud_tools
from sandbox.control.followers import followers
from sandbox.control.pay import pay_tools
from sandbox.control.tools import tools
from sandbox.deeds import BadDeed
from sandbox.jssdk import jssdk
from sandbox.oauth import oauth
from sandbox.pay.door import pay_door
from sandbox.pay.sheet import pay_sheet
from sandbox.phone_page import phone_page
from sandbox.world import World

log = logging.getLogger("sandbox")

LARGEST = 32 << 20


class Handler(WSGIRequestHandler):
    """Keeps connections open, answers without delay, logs no address: they hold openids."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body of an answer leave together

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing: the wire log is for that."""

    def finish(self) -> None:
        """Close; a connection that a fault has cut has nothing left to flush."""
        with contextlib.suppress(ConnectionError):
            super().finish()

    def connection_dropped(self, error: BaseException, environ: object = None) -> None:
        """Say nothing of a connection that was cut."""


def create_app(world: World) -> Flask:
    """Make the application of a world."""
    app = Flask(__name__, static_folder=None)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    doors = [
        phone_page(),
        api(world),
        cloud(world),
        face_page(world),
        oauth(world),
        jssdk(world),
        followers(world),
        cloud_tools(world),
        tools(world),
    ]
    if world.pay:
        doors += [pay_door(world, world.pay), pay_sheet(world, world.pay)]
        doors.append(pay_tools(world, world.pay))
    for door in doors:
        app.register_blueprint(door)

    @app.errorhandler(BadRequest)
    @app.errorhandler(BadDeed)
    def wrong(error: Exception) -> tuple[Response, int]:
        return jsonify(error=str(error)), 400

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[Response, int]:
        return jsonify(error=f"{error.name}."), error.code or 500

    @app.errorhandler(Exception)
    def broken(error: Exception) -> tuple[Response, int]:
        # Where, not what: the error's own words might quote a message.
        place = "".join(traceback.format_tb(error.__traceback__))
        log.error("the sandbox itself failed: %s\n%s", type(error).__name__, place)
        return jsonify(error="The sandbox itself failed; its log says where."), 500

    return app


def serve(world: World, host: str, port: int) -> BaseWSGIServer:
    """Bind the port; ``serve_forever`` of what comes back serves. Raises OSError."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    try:
        return make_server(host, port, create_app(world), threaded=True, request_handler=Handler)
    except SystemExit:  # werkzeug's way to say that the port is taken
        raise OSError(f"port {port} is taken") from None
