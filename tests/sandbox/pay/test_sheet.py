"""The payment sheet in a real browser; needs Chromium."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler
from urllib.parse import quote

import pytest
from playwright.sync_api import sync_playwright

from sandbox.jssdk import signature
from tests.sandbox.conftest import APP_ID
from tests.servers import HttpServer

pytestmark = pytest.mark.slow

PAGE = """<!doctype html><meta charset=utf-8><title>p</title><button id=go>去付款</button>
<script src="%(home)s/jssdk/jweixin-1.6.0.js"></script>
<script>
  window.heard = [];
  const asked = %(asked)s;
  const pay = () => WeixinJSBridge.invoke("getBrandWCPayRequest", asked, (answer) => heard.push(answer));
  const choose = () => wx.chooseWXPay({ ...asked, timestamp: asked.timeStamp,
    success: (a) => heard.push(["success", a]), cancel: (a) => heard.push(["cancel", a]), fail: (a) => heard.push(["fail", a]) });
  document.addEventListener("WeixinJSBridgeReady", () => heard.push("ready"));
  if (location.search === "?choose") wx.config(%(config)s);
  go.onclick = () => (location.search.startsWith("?choose") ? choose() : pay());
</script>"""


@pytest.fixture
def shop(world):
    """A page of the account on a port of its own; its policy lets no style of others in."""

    class Door(BaseHTTPRequestHandler):
        asked = None

        def do_GET(self):
            home = world.account.base_url
            right = signature(world.tokens.ticket()[0], "n", "1", Door.url + "?choose")
            config = {"appId": APP_ID, "timestamp": 1, "nonceStr": "n", "signature": right}
            config["jsApiList"] = ["chooseWXPay"]
            values = {"asked": json.dumps(self.asked), "config": json.dumps(config)}
            body = (PAGE % {"home": home, **values}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            policy = f"style-src 'self'; script-src 'unsafe-inline' {home}; connect-src {home}"
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = HttpServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    Door.url = f"http://127.0.0.1:{server.server_port}/pay"
    yield Door
    server.shutdown()
    server.server_close()


@pytest.fixture
def tab(chromium):
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(5000)
        yield page
        browser.close()


def request(till, prepay_id, **changes):
    row = {"appId": APP_ID, "timeStamp": str(int(time.time())), "nonceStr": "n" * 32}
    row = {**row, "package": f"prepay_id={prepay_id}", **changes}
    return {**row, "signType": "RSA", "paySign": till.signature(*row.values())}


@pytest.fixture
def enter(tab, served, shop, till):
    """Open the page as somebody and press its button."""

    def go(openid="zhang", query="", **changes):
        shop.asked = {**request(till, till.order()), **changes}
        till.some(openid)
        tab.goto(f"{served}/open?openid={openid}&url={quote(shop.url + query)}")
        tab.get_by_role("button", name="去付款").click()

    return go


def heard(tab):
    until = time.monotonic() + 5
    while time.monotonic() < until:  # what waits within the page would need its policy's leave
        found = tab.evaluate("heard")
        if len(found) > 1:
            assert found[0] == "ready"
            return found[1]
        time.sleep(0.02)
    pytest.fail("the page has heard nothing")


def test_a_welder_pays(tab, enter, till, notify):
    enter()
    sheet = tab.get_by_role("dialog", name="微信支付")
    assert "¥380.00" in sheet.inner_text()
    assert "复审培训服务费" in sheet.inner_text()
    assert "焊工培训中心" in sheet.inner_text()
    sheet.get_by_role("button", name="立即支付").click()
    sheet.get_by_label("支付密码").fill("000000")
    sheet.get_by_text("支付密码错误").wait_for()
    assert till.trade()["trade_state"] == "NOTPAY"
    sheet.get_by_label("支付密码").fill("123456")
    sheet.get_by_text("支付成功").wait_for()
    sheet.get_by_role("button", name="完成").click()
    assert heard(tab)["err_msg"] == "get_brand_wcpay_request:ok"
    assert tab.get_by_role("dialog").count() == 0
    till.settled()
    assert till.opened(notify.notices[0])[1]["payer"] == {"openid": "zhang"}


def test_the_sheet_is_drawn_where_the_policy_of_the_page_is_strict(tab, enter):
    enter()
    pay = tab.get_by_role("button", name="立即支付")
    assert pay.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(7, 128, 60)"


@pytest.mark.parametrize("step", ["取消", "立即支付"])
def test_a_welder_cancels(tab, enter, till, step):
    enter()
    if step == "立即支付":
        tab.get_by_role("button", name=step).click()
    tab.get_by_role("button", name="取消").click()
    assert heard(tab)["err_msg"] == "get_brand_wcpay_request:cancel"
    assert till.trade()["trade_state"] == "NOTPAY"


@pytest.mark.parametrize(
    ("openid", "changes", "words"),
    [
        ("wang", {}, "下单账号与支付账号不一致"),
        ("zhang", {"timeStamp": "1"}, "支付验证签名失败"),
        ("zhang", {"timeStamp": 1}, "缺少参数：timeStamp"),
        ("zhang", {"signType": "MD5"}, "支付验证签名失败"),
    ],
)
def test_a_sheet_that_does_not_open(tab, enter, till, openid, changes, words):
    enter(openid, **changes)
    tab.get_by_role("alert").get_by_text(words).wait_for()
    tab.get_by_role("button", name="知道了").click()
    answer = heard(tab)
    assert answer["err_msg"] == "get_brand_wcpay_request:fail"
    assert words in answer["err_desc"]
    assert till.trade()["trade_state"] == "NOTPAY"


def test_the_other_way_to_ask(tab, enter, till):
    enter(query="?choose")
    tab.get_by_role("button", name="取消").click()
    assert heard(tab) == ["cancel", {"errMsg": "chooseWXPay:cancel", "err_desc": ""}]
    tab.get_by_role("button", name="去付款").click()
    tab.get_by_role("button", name="立即支付").click()
    tab.get_by_label("支付密码").fill("123456")
    tab.get_by_role("button", name="完成").click()
    assert tab.evaluate("heard")[2][1]["errMsg"] == "chooseWXPay:ok"
    assert till.trade()["trade_state"] == "SUCCESS"


def test_the_other_way_to_ask_needs_a_configured_page(tab, enter):
    enter(query="?choose_nothing")
    how, answer = heard(tab)
    assert (how, answer["errMsg"]) == ("fail", "chooseWXPay:fail")


def test_a_scanned_code_is_paid_by_whoever_scans(tab, served, till):
    till.some("wang")
    row = till.row()
    del row["payer"]
    code = till.good("POST", "/v3/pay/transactions/native", row)["code_url"]
    tab.goto(till.post("/pay/scan", {"code_url": code, "openid": "wang"})["url"])
    tab.get_by_role("button", name="立即支付").click()
    tab.get_by_label("支付密码").fill("123456")
    tab.get_by_role("button", name="完成").click()
    tab.get_by_text("已付款").wait_for()
    assert till.trade()["payer"] == {"openid": "wang"}


def sheet(till, path, openid="zhang", **row):
    till.client.set_cookie("sandbox_openid", openid)
    return till.client.post(f"/pay-sheet/{path}", json=row).get_json()


def test_a_prepay_id_is_good_for_two_hours(till):
    asked = request(till, till.order())
    assert sheet(till, "open", **asked)["ok"]
    till.pass_time(advance="121m")
    assert "过期" in sheet(till, "open", **asked)["err_desc"]
    assert sheet(till, "open", **request(till, till.order()))["ok"]


def test_a_sheet_left_open_does_not_pay_twice_or_too_late(till):
    prepay_id = till.order()
    row = {"ticket": prepay_id, "password": "123456"}
    assert "六位" in sheet(till, "pay", **{**row, "password": "12345"})["err_desc"]
    assert sheet(till, "pay", **row) == {"ok": True}
    assert sheet(till, "pay", **row)["err_desc"] == "该订单已支付"
    late = till.order("B00000000001")
    till.pass_time(advance="3h")
    assert "过期" in sheet(till, "pay", ticket=late, password="123456")["err_desc"]
    assert "微信" in sheet(till, "pay", openid="nobody", ticket=late, password="1")["err_desc"]
    assert "有误" in sheet(till, "pay", ticket="none", password="1")["err_desc"]
