"""``python -m sandbox``: serve one account on this machine."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox.account import Account
from sandbox.api.routes import api
from sandbox.control.routes import control
from sandbox.pages import pages
from sandbox.state import State
from sandbox.world import World

EXPIRY = {
    "id": "demo_expiry",
    "kind": "subscription",
    "title": "证书到期提醒",
    "fields": {"thing1": "事项", "time2": "到期日", "thing3": "提示"},
}
"""The one subscription template that the demo's operator has added."""


class Handler(WSGIRequestHandler):
    """Keeps connections open, logs nothing, and can cut a connection on purpose."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing: addresses hold openids."""

    def send_response(self, code: int, message: str | None = None) -> None:
        """Cut the connection where a fault wants it, instead of answering."""
        if code == 599:
            raise ConnectionAbortedError("cut on purpose")
        super().send_response(code, message)

    def connection_dropped(self, error: BaseException, environ: object = None) -> None:
        """Say nothing of a connection that was cut."""


def create_app(world: World) -> Flask:
    """Make the application of a world."""
    app = Flask(__name__, static_folder=None)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    for part in (pages(world), api(world), control(world)):
        app.register_blueprint(part)
    return app


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    options = _options()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    base = f"http://{options.host}:{options.port}"
    account = Account(
        options.app_id,
        options.app_secret,
        options.token,
        options.aes_key,
        options.push_url,
        base,
        options.mode,
    )
    state = State(Path(options.state) if options.state else None)
    world = World(account, state, options.seed)
    if not state.all("template"):
        state.put("template", EXPIRY["id"], EXPIRY)  # type: ignore[arg-type]
    try:
        server = make_server(
            options.host, options.port, create_app(world), threaded=True, request_handler=Handler
        )
    except (OSError, SystemExit):
        sys.exit(f"sandbox: port {options.port} is taken; choose another with --port")

    def stop(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.serve_forever()
    world.pusher.drained(5.0)
    state.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", choices=["127.0.0.1", "localhost", "::1"])
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--state", help="a file to remember in; none: memory only")
    parser.add_argument("--push-url", required=True, help="the bot's callback")
    for name in ("app-id", "app-secret", "token", "aes-key"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--mode", choices=["safe", "plain"], default="safe")
    parser.add_argument("--seed", type=int)
    return parser.parse_args()


if __name__ == "__main__":
    main()
