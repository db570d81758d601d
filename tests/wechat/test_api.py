"""The API client against a real server on this machine that misbehaves as told."""

import json
import socket
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot.messages import Said
from bot.ports import SendFailed
from bot.store.cache import DatabaseCache
from bot.store.database import Database
from bot.store.schema import upgrade
from bot.wechat.api import Api
from bot.wechat.courier import WeChatCourier, short
from bot.wechat.errors import failed
from tests.conftest import ROOT, test_settings
from tests.servers import free_port

WORDS = (Said("k", "您好"),)


class WeChat:
    """Answers by path; counts calls; can cut the connection after it has read a request."""

    def __init__(self):
        self.calls, self.bodies = Counter(), []
        self.answers = {}
        self.tokens = 0
        self.cut = set()
        wechat = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                wechat.serve(self)

            do_GET = do_POST

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.base = f"http://127.0.0.1:{self.server.server_port}"

    def serve(self, request):
        path = request.path.partition("?")[0]
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        self.calls[path] += 1
        self.bodies.append(body)
        if path in self.cut:
            request.connection.shutdown(socket.SHUT_RDWR)
            return
        answer = self.answers.get(path, {"errcode": 0})
        if path == "/cgi-bin/stable_token":
            self.tokens += 1
            answer = answer if answer.get("errcode") else {
                "access_token": f"t{self.tokens}", "expires_in": 7200,
            }  # fmt: skip
        if callable(answer):
            answer = answer(request.path)
        status = 502 if answer == "broken" else 200
        data = json.dumps(answer).encode()
        request.send_response(status)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)


@pytest.fixture
def wechat():
    server = WeChat()
    yield server
    server.server.shutdown()
    server.server.server_close()


@pytest.fixture
def cache(sqlite_url):
    upgrade(sqlite_url)
    database = Database(sqlite_url)
    yield DatabaseCache(database)
    database.close()


@pytest.fixture
def api(wechat, cache, clock):
    return Api(test_settings("sqlite://", ROOT, wechat_api_base=(wechat.base,)), cache, clock)


SEND = "/cgi-bin/message/custom/send"
TEMPLATE = "/cgi-bin/message/template/send"
TOKEN = "/cgi-bin/stable_token"


def test_twenty_cold_threads_fetch_the_token_once(api, wechat):
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: api.get("/cgi-bin/getcallbackip"), range(20)))
    assert wechat.calls[TOKEN] == 1


def test_the_token_is_renewed_five_minutes_early_on_the_business_clock(api, wechat, clock):
    api.get("/x")
    clock.advance(minutes=114)
    api.get("/x")
    assert wechat.calls[TOKEN] == 1
    clock.advance(minutes=2)
    api.get("/x")
    assert wechat.calls[TOKEN] == 2


def test_a_refused_token_is_replaced_and_the_call_made_again_once(api, wechat):
    wechat.answers["/x"] = lambda path: {"errcode": 0 if "t2" in path else 42001}
    assert api.get("/x") == {"errcode": 0}
    assert (wechat.calls["/x"], wechat.calls[TOKEN]) == (2, 2)


def test_a_token_that_is_always_refused_ends_in_a_bounded_number_of_calls(api, wechat):
    wechat.answers["/x"] = {"errcode": 40001, "errmsg": "no"}
    with pytest.raises(SendFailed) as error:
        api.get("/x")
    assert error.value.nature == "alert"
    assert sum(wechat.calls.values()) <= 5


def test_the_next_host_is_tried_only_when_one_cannot_be_reached(wechat, cache, clock):
    dead = f"http://127.0.0.1:{free_port()}"
    settings = test_settings("sqlite://", ROOT, wechat_api_base=(dead, wechat.base))
    assert Api(settings, cache, clock).get("/x") == {"errcode": 0}
    wechat.cut.add("/y")
    other = WeChat()
    settings = test_settings("sqlite://", ROOT, wechat_api_base=(wechat.base, other.base))
    with pytest.raises(SendFailed):
        Api(settings, cache, clock).post("/y", {})
    assert other.calls["/y"] == 0
    other.server.shutdown()
    other.server.server_close()


@pytest.mark.parametrize("how", ["cut", "broken"])
def test_a_send_cut_after_the_request_is_unknown_but_a_template_may_go_again(api, wechat, how):
    for path in (SEND, TEMPLATE, "/cgi-bin/message/subscribe/bizsend"):
        wechat.cut.add(path) if how == "cut" else wechat.answers.update({path: "broken"})
    courier = WeChatCourier(api)
    natures = []
    for send in (
        lambda: courier.service("o", WORDS),
        lambda: courier.subscription("o", "t", {"thing1": "x"}, ""),
        lambda: courier.template("o", "t", {"thing1": "x"}, "", "key"),
    ):
        with pytest.raises(SendFailed) as error:
            send()
        natures.append(error.value.nature)
    assert natures == ["unknown", "unknown", "retry"]
    assert wechat.calls[SEND] == 1


@pytest.mark.parametrize(
    ("code", "nature"),
    [(-1, "retry"), (45009, "retry"), (45015, "park"), (45047, "park"), (43004, "stop"),
     (43101, "stop"), (40164, "alert"), (40125, "alert"), (40003, "never"), (47003, "never"),
     (99999, "never")],
)  # fmt: skip
def test_each_error_code_has_its_nature(api, wechat, code, nature):
    wechat.answers[SEND] = {"errcode": code, "errmsg": "words rid: 1"}
    with pytest.raises(SendFailed) as error:
        WeChatCourier(api).service("o", WORDS)
    assert (error.value.nature, error.value.code) == (nature, code)
    assert failed(code, "").nature == nature


def test_what_is_sent_is_readable_utf_8(api, wechat):
    WeChatCourier(api).service("o", WORDS)
    assert "您好".encode() in wechat.bodies[-1]


def test_a_template_carries_its_key_and_short_fields(api, wechat):
    wechat.answers[TEMPLATE] = {"errcode": 0, "msgid": 5}
    sent = WeChatCourier(api).template("o", "t", {"thing1": "字" * 30}, "u", "k" * 40)
    row = json.loads(wechat.bodies[-1])
    assert sent == "5"
    assert row["client_msg_id"] == "k" * 32
    assert len(row["data"]["thing1"]["value"]) == 20


def test_a_field_is_one_line_of_at_most_twenty_signs():
    assert short("a\nb\x00 c") == "a b c"
    assert len(short("x" * 21)) == 20


def test_a_wrong_secret_alerts(api, wechat):
    wechat.answers[TOKEN] = {"errcode": 40125, "errmsg": "bad"}
    with pytest.raises(SendFailed) as error:
        api.get("/x")
    assert error.value.nature == "alert"


def test_a_snapshot_pages_virtual_user_is_nobody(api, wechat):
    wechat.answers["/sns/oauth2/access_token"] = {"openid": "oFake", "is_snapshotuser": 1}
    assert api.openid_of("code") is None
    wechat.answers["/sns/oauth2/access_token"] = {"openid": "oReal"}
    assert api.openid_of("code") == "oReal"


def test_two_processes_share_one_token(wechat, clock, redis_url):
    from bot.store.cache import RedisCache

    settings = test_settings("sqlite://", ROOT, wechat_api_base=(wechat.base,))
    apis = [Api(settings, RedisCache(redis_url), clock) for _ in range(2)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: apis[n % 2].get("/x"), range(8)))
    assert wechat.calls[TOKEN] == 1
