"""The consent sheet in a real browser; needs Chromium."""

import json
import threading
from http.server import BaseHTTPRequestHandler

import pytest
from playwright.sync_api import sync_playwright

from sandbox.jssdk import signature
from tests.sandbox.conftest import APP_ID, Control
from tests.servers import HttpServer

pytestmark = pytest.mark.slow

PAGE = """<!doctype html><meta charset=utf-8><title>p</title>
<wx-open-subscribe id=ask template="one,two">
  <script type="text/wxtag-template"><button>提醒我</button></script>
</wx-open-subscribe>
<script src="%(home)s/jssdk/jweixin-1.6.0.js"></script>
<script>
  window.heard = [];
  const tell = (name) => (event) => heard.push([name, event.detail || event]);
  wx.config(%(config)s);
  wx.ready(() => heard.push(["ready", null]));
  wx.error(tell("config"));
  for (const name of ["success", "error"]) ask.addEventListener(name, tell(name));
</script>"""


@pytest.fixture
def page_server(world):
    """A page of the account on a port of its own, signed for it."""
    config = {"appId": APP_ID, "timestamp": 1, "nonceStr": "n", "jsApiList": []}

    class Door(BaseHTTPRequestHandler):
        def do_GET(self):
            url = f"http://127.0.0.1:{self.server.server_port}{self.path}"
            right = signature(world.tokens.ticket()[0], "n", "1", url)
            tags = [] if "untagged" in self.path else ["wx-open-subscribe"]
            signed = "0" * 40 if "forged" in self.path else right
            whole = json.dumps({**config, "signature": signed, "openTagList": tags})
            home = world.account.base_url
            body = (PAGE % {"home": home, "config": whole}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = HttpServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def tab(chromium):
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


@pytest.fixture
def inside(world):
    control = Control(world)
    for name in ("one", "two"):
        row = {
            "id": name,
            "kind": "subscription",
            "title": f"{name}通知",
            "fields": {"thing1": "x"},
        }
        control.post("/templates", row)
    return control


def enter(tab, served, openid, url):
    tab.goto(f"{served}/open?openid={openid}&url={url}")


def heard(tab, name):
    tab.wait_for_function(f"heard.some(([n]) => n === '{name}')", timeout=5000)
    return next(detail for n, detail in tab.evaluate("heard") if n == name)


def test_a_welder_allows_one_of_two(tab, served, inside, page_server, bot):
    openid = inside.follow()
    enter(tab, served, openid, f"{page_server}/consent?a=1")
    heard(tab, "ready")
    tab.get_by_text("提醒我").click()
    tab.get_by_label("two通知").uncheck()
    tab.get_by_text("允许", exact=True).click()
    detail = heard(tab, "success")
    assert detail["errMsg"] == "subscribe:ok"
    told = {k: json.loads(v) for k, v in json.loads(detail["subscribeDetails"]).items()}
    assert told == {"one": {"status": "accept"}, "two": {"status": "reject"}}
    assert inside.world.pusher.drained(2)
    assert bot.seen[-1]["Event"] == "subscribe_msg_popup_event"
    assert inside.world.use_consent(openid, "one")
    assert not inside.world.use_consent(openid, "two")


def test_a_welder_closes_the_sheet(tab, served, inside, page_server, bot):
    openid = inside.follow()
    enter(tab, served, openid, f"{page_server}/consent")
    tab.get_by_text("提醒我").click()
    tab.get_by_text("取消", exact=True).click()
    details = json.loads(heard(tab, "success")["subscribeDetails"])
    assert json.loads(details["one"]) == {"status": "cancel"}
    assert bot.seen[-1]["Event"] == "subscribe"


def test_a_page_with_a_forged_signature_asks_nothing(tab, served, inside, page_server):
    enter(tab, served, inside.follow(), f"{page_server}/forged")
    assert heard(tab, "config") == {"errMsg": "config:invalid signature"}
    tab.get_by_text("提醒我").click()
    assert tab.locator("dialog[open]").count() == 0


def test_a_page_that_did_not_name_the_tag(tab, served, inside, page_server):
    enter(tab, served, inside.follow(), f"{page_server}/untagged")
    heard(tab, "ready")
    tab.get_by_text("提醒我").click()
    assert "openTagList" in heard(tab, "error")["errMsg"]
