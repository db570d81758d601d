"""The API client against a real server on this machine that misbehaves as told."""

import json
import socket
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler

import pytest

from bot.messages import Choice, Said
from bot.ports import SendFailed
from bot.store.cache import DatabaseCache, MemoryCache
from bot.store.cipher import Cipher
from bot.store.database import Database
from bot.store.schema import upgrade
from bot.wechat.api import Api
from bot.wechat.courier import WeChatCourier, short
from bot.wechat.errors import failed
from bot.wechat.hosts import Call, Hosts
from bot.wechat.media import fetch
from tests.conftest import ROOT, test_settings
from tests.servers import HttpServer, free_port

WORDS = (Said("k", "您好"),)

CIPHER = Cipher({1: b"k" * 32})


class WeChat:
    """Answers by path; counts calls; can cut the connection after it has read a request."""

    def __init__(self):
        self.calls, self.bodies, self.paths = Counter(), [], []
        self.answers, self.types = {}, {}
        self.tokens = 0
        self.fixed_token = None
        self.cut = set()
        wechat = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                wechat.serve(self)

            do_GET = do_POST

            def log_message(self, *_args):
                pass

        self.server = HttpServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.base = f"http://127.0.0.1:{self.server.server_port}"

    def serve(self, request):
        path = request.path.partition("?")[0]
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        self.calls[path] += 1
        self.bodies.append(body)
        self.paths.append(request.path)
        if path in self.cut:
            request.connection.shutdown(socket.SHUT_RDWR)
            return
        answer = self.answers.get(path, {"errcode": 0})
        if path == "/cgi-bin/stable_token":
            self.tokens += 1
            if answer == {"errcode": 0}:
                token = self.fixed_token or f"t{self.tokens}"
                answer = {"access_token": token, "expires_in": 7200}
        if callable(answer):
            answer = answer(request.path)
        status = 502 if answer == "broken" else 200
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        request.send_response(status)
        if path in self.types:
            request.send_header("Content-Type", self.types[path])
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)


@pytest.fixture
def wechat():
    server = WeChat()
    yield server
    server.server.shutdown()
    server.server.server_close()


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('cache') / 'cache.sqlite'}"
    upgrade(url)
    database = Database(url)
    yield database
    database.close()


@pytest.fixture
def cache():
    return MemoryCache()


@pytest.fixture(params=["memory", "database"])
def either_cache(request, database):
    """The cache of the house, and one that is as simple as can be."""
    if request.param == "memory":
        return MemoryCache()
    cache = DatabaseCache(database, CIPHER)
    cache.drop("token:wx0000000000000001")
    return cache


def make_api(wechat, cache, clock, *bases):
    options = {"wechat_api_base": bases or (wechat.base,)}
    return Api(test_settings("sqlite://", ROOT, **options), cache, clock)


@pytest.fixture
def api(wechat, cache, clock):
    return make_api(wechat, cache, clock)


SEND = "/cgi-bin/message/custom/send"
TEMPLATE = "/cgi-bin/message/template/send"
TOKEN = "/cgi-bin/stable_token"


BIZSEND = "/cgi-bin/message/subscribe/bizsend"


def together(count, call):
    """Run a call in so many threads at the same moment."""
    gate = threading.Barrier(count)

    def run(_):
        gate.wait()
        return call()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_twenty_cold_threads_fetch_the_token_once(wechat, either_cache, clock):
    api = make_api(wechat, either_cache, clock)
    together(20, lambda: api.get("/cgi-bin/getcallbackip"))
    assert wechat.calls == {TOKEN: 1, "/cgi-bin/getcallbackip": 20}


def test_twenty_threads_with_a_refused_token_replace_it_once(wechat, either_cache, clock):
    api = make_api(wechat, either_cache, clock)
    api.get("/x")
    wechat.answers["/x"] = lambda path: {"errcode": 40001 if path.endswith("t1") else 0}
    together(20, lambda: api.get("/x"))
    assert wechat.calls[TOKEN] == 2
    assert wechat.calls["/x"] <= 41


def test_the_token_is_renewed_five_minutes_early_on_the_business_clock(wechat, either_cache, clock):
    api = make_api(wechat, either_cache, clock)
    api.get("/x")
    clock.advance(minutes=115)
    api.get("/x")
    assert wechat.calls[TOKEN] == 1
    clock.advance(seconds=1)
    api.get("/x")
    assert wechat.calls[TOKEN] == 2
    assert wechat.paths[-1] == "/x?access_token=t2"


def test_a_refused_token_is_replaced_and_the_call_made_again_once(wechat, either_cache, clock):
    api = make_api(wechat, either_cache, clock)
    wechat.answers["/x"] = lambda path: {"errcode": 0 if "t2" in path else 42001}
    assert api.get("/x") == {"errcode": 0}
    assert (wechat.calls["/x"], wechat.calls[TOKEN]) == (2, 2)


@pytest.mark.parametrize("code", [40001, 40014, 42001])
@pytest.mark.parametrize(("fixed_token", "tokens"), [(None, 2), ("same", 3)])
def test_a_token_that_is_always_refused_ends_in_a_counted_number_of_calls(
    api, wechat, code, fixed_token, tokens
):
    wechat.fixed_token = fixed_token
    wechat.answers[SEND] = {"errcode": code, "errmsg": "no"}
    with pytest.raises(SendFailed) as error:
        WeChatCourier(api).service("o", WORDS)
    assert (error.value.nature, error.value.code) == ("alert", code)
    assert wechat.calls == {SEND: 2, TOKEN: tokens}


def test_a_new_token_is_forced_only_when_the_platform_gives_the_refused_one_again(api, wechat):
    wechat.fixed_token = "same"
    wechat.answers["/x"] = {"errcode": 40001}
    with pytest.raises(SendFailed):
        api.get("/x")
    asked = [json.loads(body) for body in wechat.bodies if b"client_credential" in body]
    assert [row["force_refresh"] for row in asked] == [False, False, True]


def test_the_next_host_is_tried_when_one_cannot_be_reached(wechat, cache, clock):
    dead = f"http://127.0.0.1:{free_port()}"
    assert make_api(wechat, cache, clock, dead, wechat.base).get("/x") == {"errcode": 0}
    api = make_api(wechat, cache, clock, dead, dead)
    with pytest.raises(SendFailed) as error:
        WeChatCourier(api).service("o", WORDS)
    assert error.value.nature == "retry"


@pytest.fixture
def other():
    server = WeChat()
    yield server
    server.server.shutdown()
    server.server.server_close()


@pytest.mark.parametrize("how", ["cut", "broken", "refused"])
def test_the_next_host_is_not_tried_once_a_request_has_arrived(wechat, other, cache, clock, how):
    if how == "cut":
        wechat.cut.add(SEND)
    else:
        wechat.answers[SEND] = "broken" if how == "broken" else {"errcode": 45009}
    api = make_api(wechat, cache, clock, wechat.base, other.base)
    with pytest.raises(SendFailed):
        WeChatCourier(api).service("o", WORDS)
    assert wechat.calls[SEND] == 1
    assert not other.calls


def test_an_answer_that_never_comes_is_a_cut(api, wechat, monkeypatch):
    monkeypatch.setattr("bot.wechat.hosts.TIMEOUT", (2.0, 0.1))
    api.get("/x")
    slow = threading.Event()
    wechat.answers[SEND] = wechat.answers[TEMPLATE] = lambda _: slow.wait(0.3) or {}
    natures = natures_of(WeChatCourier(api))
    assert natures == ["unknown", "sent", "retry"]


def natures_of(courier):
    """Send each way; say what became of it."""
    natures = []
    for send in (
        lambda: courier.service("o", WORDS),
        lambda: courier.subscription("o", "t", {"thing1": "x"}, ""),
        lambda: courier.template("o", "t", {"thing1": "x"}, "", "key"),
    ):
        try:
            send()
            natures.append("sent")
        except SendFailed as error:
            natures.append(error.nature)
    return natures


@pytest.mark.parametrize(
    "answer",
    [
        "cut",
        "broken",
        b"<html>busy</html>",
        b"",
        [],
        None,
        5,
        {"errcode": "x"},
        b'{"errcode":1e999}',
    ],
)
def test_a_send_without_an_answer_is_unknown_but_a_template_may_go_again(api, wechat, answer):
    for path in (SEND, TEMPLATE, BIZSEND):
        wechat.cut.add(path) if answer == "cut" else wechat.answers.update({path: answer})
    assert natures_of(WeChatCourier(api)) == ["unknown", "unknown", "retry"]
    assert wechat.calls == {TOKEN: 1, SEND: 1, TEMPLATE: 1, BIZSEND: 1}


@pytest.mark.parametrize(
    "answer",
    ["cut", "broken", b"", [], {}, {"access_token": "t"}, {"expires_in": 7200},
     {"access_token": "t", "expires_in": "soon"}, {"access_token": "", "expires_in": 7200}],
)  # fmt: skip
def test_without_a_token_nothing_is_sent_and_all_may_go_again(api, wechat, answer):
    wechat.cut.add(TOKEN) if answer == "cut" else wechat.answers.update({TOKEN: answer})
    assert natures_of(WeChatCourier(api)) == ["retry"] * 3
    assert set(wechat.calls) == {TOKEN}


def test_a_ticket_is_kept_like_a_token(api, wechat):
    path = "/cgi-bin/ticket/getticket"
    wechat.answers[path] = {"errcode": 0, "ticket": "T"}
    with pytest.raises(SendFailed):
        api.ticket()
    wechat.answers[path] = {"errcode": 0, "ticket": "T", "expires_in": 7200}
    assert together(8, api.ticket) == ["T"] * 8
    assert (wechat.calls[path], wechat.calls[TOKEN]) == (2, 1)


@pytest.mark.parametrize(
    ("code", "nature"),
    [(-1, "retry"), (45009, "retry"), (45011, "retry"), (45015, "park"), (45047, "park"),
     (43004, "stop"), (43019, "stop"), (43101, "stop"), (48002, "stop"), (40013, "alert"),
     (40125, "alert"), (40164, "alert"), (43106, "alert"), (48001, "alert"), (89501, "alert"),
     (89503, "alert"), (40003, "never"), (40037, "never"), (45002, "never"), (45008, "never"),
     (47001, "never"), (47003, "never"), (40252, "never"), (99999, "never")],
)  # fmt: skip
def test_each_error_code_has_its_nature(api, wechat, code, nature):
    for path in (SEND, TEMPLATE, BIZSEND):
        wechat.answers[path] = {"errcode": code, "errmsg": "words rid: 1"}
    assert natures_of(WeChatCourier(api)) == [nature] * 3
    assert set(wechat.calls.values()) == {1}
    error = failed(code, "w" * 999)
    assert (error.nature, error.code, len(error.text)) == (nature, code, 200)


def test_what_is_sent_is_readable_utf_8(api, wechat):
    WeChatCourier(api).service("o", WORDS)
    assert json.loads(wechat.bodies[-1])["text"] == {"content": "您好"}
    assert "您好".encode() in wechat.bodies[-1]
    WeChatCourier(api).choices("o", Said("k", "选", (Choice(1, "是", 101),)))
    menu = json.loads(wechat.bodies[-1])["msgmenu"]
    assert menu == {
        "head_content": "选",
        "list": [{"id": "101", "content": "是"}],
        "tail_content": "",
    }
    assert "选".encode() in wechat.bodies[-1]
    WeChatCourier(api).choices("o", Said("k", "a\ud800b"))
    assert json.loads(wechat.bodies[-1])["msgmenu"]["head_content"] == "a?b"


def test_a_ways_own_body_goes_to_its_own_address(api, wechat):
    courier = WeChatCourier(api)
    courier.image("o", "m")
    assert json.loads(wechat.bodies[-1]) == {
        "touser": "o", "msgtype": "image", "image": {"media_id": "m"},
    }  # fmt: skip
    courier.typing("o")
    assert json.loads(wechat.bodies[-1]) == {"touser": "o", "command": "Typing"}
    wechat.answers[BIZSEND] = {"errcode": 0, "msgid": 6}
    assert courier.subscription("o", "t", {"thing1": "x"}, "u") == "6"
    assert json.loads(wechat.bodies[-1]) == {
        "touser": "o", "template_id": "t", "page": "u", "data": {"thing1": {"value": "x"}},
    }  # fmt: skip
    assert [path.partition("?")[0] for path in wechat.paths] == [
        TOKEN, SEND, "/cgi-bin/message/custom/typing", BIZSEND,
    ]  # fmt: skip


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


MEDIA = "/cgi-bin/media/get"
JPEG = b"\xff\xd8\xff\xe0 a photo"


@pytest.mark.parametrize(
    ("declared", "content", "nature"),
    [
        ("image/jpeg", JPEG, None),
        ("application/octet-stream", JPEG, None),
        ("voice/amr", b"#!AMR", None),
        ("image/jpeg", b"#!AMR", "never"),
        ("voice/amr", JPEG, "never"),
        ("text/html", b"<html>log in first</html>", "retry"),
        ("text/plain", b'{"errcode":40007,"errmsg":"invalid media_id"}', "never"),
        ("image/jpeg", b'{"errcode":40007,"errmsg":"invalid media_id"}', "never"),
        ("application/json", b"{}", "retry"),
        ("application/json", b'{"errcode":', "never"),
        ("image/jpeg", b"", "never"),
    ],
)
def test_a_file_is_what_header_and_bytes_agree_on(api, wechat, declared, content, nature):
    wechat.answers[MEDIA], wechat.types[MEDIA] = content, declared
    if nature is None:
        assert fetch(api, "m").content == content
        return
    with pytest.raises(SendFailed) as error:
        fetch(api, "m")
    assert error.value.nature == nature


def test_an_answer_that_never_ends_is_left_alone(api, wechat):
    wechat.answers[MEDIA] = JPEG + bytes(5_000_000)
    with pytest.raises(SendFailed, match="larger"):
        fetch(api, "m", largest=1000)
    wechat.answers["/x"] = b"{" + b" " * 2_000_000 + b"}"
    with pytest.raises(SendFailed, match="larger"):
        api.get("/x")
    with pytest.raises(SendFailed) as error:
        api.post("/x", {})
    assert error.value.nature == "unknown"


def test_an_answer_that_drips_is_a_cut(api, wechat, monkeypatch):
    wechat.answers[MEDIA] = JPEG
    monkeypatch.setattr("bot.wechat.hosts.WHOLE_S", -1.0)
    with pytest.raises(SendFailed) as error:
        Hosts((wechat.base,)).exchange(Call("GET", MEDIA), {})
    assert error.value.nature == "retry"


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
    wechat.answers["/sns/oauth2/access_token"] = {}
    with pytest.raises(SendFailed):
        api.openid_of("code")
    assert wechat.calls[TOKEN] == 0


def test_two_processes_share_one_token(wechat, clock, redis_url):
    from bot.store.cache import RedisCache

    settings = test_settings("sqlite://", ROOT, wechat_api_base=(wechat.base,))
    caches = [RedisCache(redis_url, CIPHER) for _ in range(2)]
    apis = [Api(settings, cache, clock) for cache in caches]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: apis[n % 2].get("/x"), range(8)))
    for cache in caches:
        cache.close()
    assert wechat.calls[TOKEN] == 1
