"""A world with a tiny bot behind it, which speaks real HTTP."""

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, urlsplit

import pytest

from sandbox.account import Account
from sandbox.app import create_app, serve
from sandbox.markup import build, parse
from sandbox.push import Patience
from sandbox.state import State
from sandbox.wire import Envelope, sign
from sandbox.world import World
from tests.servers import HttpServer

APP_ID, SECRET, TOKEN, KEY = "wx0000000000000abc", "s3cret", "testtoken", "A" * 43


class TinyBot:
    """Answers pushes as told; remembers what came."""

    def __init__(self):
        self.seen = []
        self.answers = []
        """What to answer next: bytes, a status, or a function of the fields; then ``success``."""
        self.due = None
        """What ``/demo/due`` answers: a function of the instant; None: 404."""
        self.envelope = Envelope(KEY, APP_ID)
        self.mode = "safe"
        bot = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                bot.serve(self, dict(parse_qsl(urlsplit(self.path).query)), body)

            def do_GET(self):
                query = dict(parse_qsl(urlsplit(self.path).query))
                if self.path.startswith("/demo/due") and bot.due:
                    bot.send(self, 200, json.dumps(bot.due(query["now"])).encode())
                elif "echostr" in query:
                    bot.send(self, 200, query["echostr"].encode())
                else:
                    bot.send(self, 404, b"")

            def log_message(self, *_):
                pass

        self.server = HttpServer(("127.0.0.1", 0), Door)
        self.server.handle_error = lambda *_: None
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}/wechat"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def serve(self, door, query, body):
        fields = parse(body)
        if self.mode == "safe":
            assert (
                sign(TOKEN, query["timestamp"], query["nonce"], fields["Encrypt"])
                == (query["msg_signature"])
            )
            fields = parse(self.envelope.open(fields["Encrypt"]))
        self.seen.append({**fields, "query": query})
        answer = self.answers.pop(0) if self.answers else b"success"
        if callable(answer):
            answer = answer(fields)
        status, content = (answer, b"") if isinstance(answer, int) else (200, answer)
        self.send(door, status, content)

    @staticmethod
    def send(door, status, content):
        door.send_response(status)
        door.send_header("Content-Length", str(len(content)))
        door.end_headers()
        door.wfile.write(content)

    def says(self, text, **changes):
        return lambda fields: self.seal(reply_to(fields, Content=text, **changes))

    def seal(self, xml):
        sealed, nonce, stamp = self.envelope.seal(xml), "n", str(int(time.time()))
        return build(
            {
                "Encrypt": sealed,
                "MsgSignature": sign(TOKEN, stamp, nonce, sealed),
                "TimeStamp": int(stamp),
                "Nonce": nonce,
            }
        ).encode()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def reply_to(fields, **changes):
    return build(
        {
            "ToUserName": fields["FromUserName"],
            "FromUserName": fields["ToUserName"],
            "CreateTime": 1,
            "MsgType": "text",
            **changes,
        }
    )


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@pytest.fixture
def bot():
    tiny = TinyBot()
    yield tiny
    tiny.close()


@pytest.fixture
def account(bot):
    base = f"http://127.0.0.1:{free_port()}"
    return Account(APP_ID, SECRET, TOKEN, KEY, bot.url, base)


@pytest.fixture
def limit_s():
    """Seconds a bot has; a test of slowness gives fewer."""
    return 5


@pytest.fixture
def world(account, limit_s):
    state = State()
    made = World(account, state, seed=7, patience=Patience(limit_s=limit_s, gap_s=0, step_s=0.3))
    yield made
    made.close()
    state.close()


class Control:
    """The control interface and the API, as a stranger uses them."""

    def __init__(self, world):
        self.world = world
        self.client = create_app(world).test_client()
        self.value = None

    def get(self, path):
        return self.client.get(f"/control{path}").get_json()

    def post(self, path, row=None):
        return self.client.post(f"/control{path}", json=row or {}).get_json()

    def refused(self, path, row=None, method="post"):
        answer = getattr(self.client, method)(f"/control{path}", json=row)
        assert answer.status_code == 400
        return answer.get_json()["error"]

    def follow(self, **row):
        return self.post("/followers", row)["openid"]

    def do(self, openid, **row):
        return self.post(f"/followers/{openid}/messages", row)

    def bubbles(self, openid, after=0):
        return self.get(f"/followers/{openid}/timeline?after={after}")["bubbles"]

    def pass_time(self, **row):
        return self.post("/clock", row)

    def token(self, **more):
        row = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET, **more}
        return self.client.post("/cgi-bin/stable_token", json=row).get_json()

    def api(self, path, row=None, **query):
        """Call with a good token; GET when there is no body."""
        query.setdefault("access_token", self.token()["access_token"])
        if row is None:
            answer = self.client.get(path, query_string=query)
        else:
            answer = self.client.post(path, json=row, query_string=query)
        assert answer.status_code == 200
        return answer.get_json()

    def code(self, path, row=None, **query):
        return self.api(path, row, **query).get("errcode", 0)

    def send(self, openid, text="在"):
        row = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        return self.code("/cgi-bin/message/custom/send", row)


@pytest.fixture
def control(world):
    return Control(world)


@pytest.fixture
def served(world):
    """The world on its real port."""
    port = int(world.account.base_url.rsplit(":", 1)[1])
    server = serve(world, "127.0.0.1", port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield world.account.base_url
    server.shutdown()
    thread.join()
    server.server_close()
