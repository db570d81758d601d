"""Adapters talk to the cloud's stand-in over HTTP; broken clouds are tiny servers of their own."""

import contextlib
import threading
import time
from http.server import BaseHTTPRequestHandler

import pytest

from bot.cloud.service import Service
from sandbox.cloud.signature import SECRET_ID, SECRET_KEY
from tests.sandbox.conftest import Control, account, bot, control, limit_s, served, world
from tests.servers import HttpServer

__all__ = ["Control", "account", "bot", "control", "limit_s", "served", "world"]


@pytest.fixture
def service(served):
    """Make the service as an adapter is given it; a wrong key is refused."""

    def make(key=SECRET_KEY, name=SECRET_ID, region="", timeout_s=10):
        return Service(name, key, served, region, timeout_s)

    return make


@pytest.fixture
def broken():
    """Make a cloud that answers every request with this status and body, after a while."""
    servers = []

    def make(status=200, body=b"", kind="application/json", wait_s=0.0):
        class Door(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(wait_s)
                with contextlib.suppress(ConnectionError):
                    self.send_response(status)
                    self.send_header("Content-Type", kind)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = HttpServer(("127.0.0.1", 0), Door)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return Service("i", "k", f"http://127.0.0.1:{server.server_port}", "r", 0.3)

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()
