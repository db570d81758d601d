"""The payment page: for whom, by whom, what it makes at WeChat, and what it says became of it."""

import html
import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.ports import Busy, SendFailed
from bot.web.app import create_app
from tests.pay_till import MemoryTill
from tests.store.ordering import ITEMS, close, order
from tests.store.people import welder

INSIDE = "Mozilla/5.0 (Linux; Android 8.1) AppleWebKit/537.36 MicroMessenger/8.0.2"
OUTSIDE = "Mozilla/5.0 (Windows NT 10.0)"


class Browser:
    """A browser, and whom WeChat knows in it."""

    def __init__(self, shop, openid="oWelder", agent=INSIDE):
        self.shop, self.openid = shop, openid
        self.client, self.headers = shop.app.test_client(), {"User-Agent": agent}

    def get(self, path=""):
        return self.client.get(f"/pay/{self.shop.token}{path}", headers=self.headers)

    def post(self, path=""):
        return self.client.post(f"/pay/{self.shop.token}{path}", headers=self.headers)

    def open(self, path=""):
        """Follow the link; if it leads to WeChat, come back with a code."""
        answer = self.get(path)
        if answer.status_code != 302:
            return answer
        state = re.search("state=([^&#]*)", answer.location)[1]
        self.shop.monkeypatch.setattr(self.shop.house.pages, "openid_of", lambda _code: self.openid)
        answer = self.get(f"?code=c&state={state}")
        return self.get() if answer.status_code == 302 else answer

    def pays(self):
        """Tap the button; return the page, and what WeChat's bridge is handed."""
        return sheet(self.post())

    def state(self, after="ok", number=""):
        return self.get(f"/state?after={after}&number={number}").json


def sheet(answer):
    found = re.search("data-sheet='([^']*)'", answer.text)
    return json.loads(html.unescape(found[1])) if found else None


class Shop:
    """One welder's order, WeChat in memory, and the application."""

    def __init__(self, house, monkeypatch):
        self.house, self.monkeypatch = house, monkeypatch
        self.till = house.__dict__["till"] = MemoryTill(house.clock)
        self.contact = welder(house)
        self.order_id = order(house, self.contact).id
        self.app = create_app(house)
        self.token = house.links.make("pay", str(self.order_id)).rpartition("/")[2]
        # WeChat is asked once in a second of the machine's: here every look is another
        monkeypatch.setattr("bot.web.pay.SECOND", 0)

    @property
    def order(self):
        return self.house.orders.find(self.order_id)

    @property
    def payments(self):
        return [(one.way, one.state) for one in self.order.payments]

    def phone(self, openid="oWelder"):
        browser = Browser(self, openid)
        browser.page = browser.open()
        return browser

    def computer(self):
        browser = Browser(self, agent=OUTSIDE)
        browser.page = browser.open()
        return browser

    def say(self, key, **values):
        return self.house.library.words.say(f"pay_page.{key}", values)


@pytest.fixture
def shop(lite_house, monkeypatch):
    return Shop(lite_house, monkeypatch)


@pytest.fixture
def both(house, monkeypatch):
    return Shop(house, monkeypatch)


def number(shop):
    return shop.order.open_payment().number


# what it shows


def test_it_says_what_is_paid_and_that_nobody_must(shop):
    page = shop.phone().page
    assert page.status_code == 200
    for item in ITEMS:
        assert item.label in page.text
    for words in ("1.00元", "3.00元", "4.00元", "培训服务费", "不买，也能自己去官方平台申请"):
        assert words in page.text
    assert "复审费" not in page.text
    assert "发证费" not in page.text


def test_looking_makes_no_payment(shop):
    shop.phone()
    shop.computer()
    assert shop.payments == []
    assert shop.till.asked == []


def test_the_page_without_script_has_the_button_and_after_it_the_parameters(shop):
    phone = shop.phone()
    assert "立即支付" in phone.page.text
    answer = phone.post()
    assert sheet(answer)["package"].startswith("prepay_id=")
    assert "<noscript>" in answer.text
    assert shop.payments == [("jsapi", "open")]


def test_his_own_order_is_not_called_anothers(shop):
    assert "替" not in shop.phone().page.text


def test_whoever_pays_for_another_is_told_for_whom_before_the_button(shop):
    page = shop.phone("oWife").page.text
    assert page.index("您是在替张**付钱") < page.index("立即支付")
    assert "张大林" not in page


def test_whose_name_is_gone_is_somebody(shop):
    with shop.house.conversations.open(shop.contact) as conversation:
        application = conversation.applications.current().id
    shop.house.applications.forget(application, shop.house.clock.now())
    page = shop.phone("oWife").page.text
    assert "张" not in page


def test_nothing_of_it_is_kept_or_framed_or_told_to_others(shop):
    answer = shop.phone().post()
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self' https://res.wx.qq.com;" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_no_script_or_style_stands_in_the_page_itself(shop):
    text = shop.phone().post().text
    assert re.search("<script(?![^>]*src=)", text) is None
    assert "style=" not in text


# who pays


def test_anybody_may_pay_and_the_payment_is_his(shop):
    wife = shop.phone("oWife")
    wife.pays()
    (slip,) = shop.till.slips.values()
    assert slip.payer == "oWife"


def test_two_payers_leave_one_payment_that_can_be_paid(shop):
    welder, wife = shop.phone(), shop.phone("oWife")
    welder.pays()
    wife.pays()
    assert shop.payments == [("jsapi", "closed"), ("jsapi", "open")]
    assert shop.till.live == [number(shop)]


def test_two_tabs_the_back_button_and_a_double_tap_pay_the_same(both):
    phone = both.phone()
    cookies = phone.client._cookies

    def tap(_n):
        tab = Browser(both)
        tab.client._cookies = dict(cookies)
        return tab.post().status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(tap, range(8))) == {200}
    assert both.payments == [("jsapi", "open")]
    assert len(both.till.live) == 1


def test_a_computer_shows_a_code_for_whoever_scans_it(shop):
    computer = shop.computer()
    assert computer.page.status_code == 200  # WeChat is not asked who looks
    assert "这一单是张**的" in computer.page.text
    answer = computer.post("/code")
    assert "<svg" in answer.text
    assert "data-sheet" not in answer.text
    assert shop.payments == [("native", "open")]
    assert computer.post("/code").status_code == 200
    assert len(shop.payments) == 1


def test_the_code_holds_the_address_wechat_gave(shop, monkeypatch):
    drawn = []
    monkeypatch.setattr("bot.web.pay._svg", lambda address: drawn.append(address) or "<svg/>")
    shop.computer().post("/code")
    assert drawn == [f"weixin://wxpay/bizpayurl?pr={number(shop)[:9]}"]


def test_who_says_he_is_in_wechat_is_asked_for_by_wechat(shop):
    computer = shop.computer()
    assert "?wechat=1" in computer.page.text
    page = computer.open("?wechat=1")
    assert "立即支付" in page.text
    computer.pays()
    assert shop.payments == [("jsapi", "open")]


def test_a_code_that_gave_way_to_another_payment_says_so(shop):
    computer = shop.computer()
    computer.post("/code")
    first = number(shop)
    assert computer.state("scan", first)["after"] == "scan"
    shop.phone().pays()
    assert computer.state("scan", first) == {
        "state": "pay",
        "after": "moved",
        "says": shop.say("after.moved"),
    }


# what became of it


def test_ok_is_no_proof(shop):
    phone = shop.phone()
    phone.pays()
    assert phone.state("ok") == {"state": "pay", "after": "ok", "says": shop.say("after.ok")}
    assert shop.order.state == "unpaid"
    shop.till.pay(number(shop))
    assert phone.state("ok")["state"] == "paid"
    assert shop.order.state == "paid"


@pytest.mark.parametrize("after", ["cancel", "fail"])
def test_who_did_not_pay_is_told_that_no_money_was_taken(shop, after):
    phone = shop.phone()
    phone.pays()
    told = phone.state(after)
    assert told["state"] == "pay"
    assert "没有扣钱" in told["says"]
    assert ("trade", number(shop)) in shop.till.asked


def test_who_cancelled_and_paid_all_the_same_is_told_that_he_paid(shop):
    phone = shop.phone()
    phone.pays()
    shop.till.pay(number(shop))
    assert phone.state("cancel")["state"] == "paid"


def test_nobody_is_told_that_no_money_was_taken_when_wechat_cannot_be_asked(shop):
    phone = shop.phone()
    phone.pays()
    shop.till.fails(times=2)
    assert phone.state("cancel") == {
        "state": "pay",
        "after": "unknown",
        "says": shop.say("after.unknown"),
    }
    assert shop.say("after.unknown") in phone.get().text


def test_another_amount_is_not_believed(shop, caplog):
    phone = shop.phone()
    phone.pays()
    told = shop.till.pay(number(shop))
    shop.monkeypatch.setattr(
        shop.till, "_trade", lambda _number: type(told)(told.number, "paid", 1)
    )
    assert phone.state("ok")["after"] == "unknown"
    assert shop.order.state == "unpaid"
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_wechat_is_not_asked_more_often_than_once_a_second(shop):
    shop.monkeypatch.setattr("bot.web.pay.SECOND", 60)
    phone = shop.phone()
    phone.pays()
    for _ in range(5):
        phone.state("ok")
    assert [what for what, _ in shop.till.asked].count("trade") == 1


def test_a_reload_shows_the_truth_though_no_notice_ever_came(shop):
    phone = shop.phone()
    phone.pays()
    told = shop.till.pay(number(shop))
    page = phone.get().text
    for words in ("付好了", "4.00元", "2026年11月24日", told.transaction, "我的凭证"):
        assert words in page
    assert "立即支付" not in page


def test_a_reload_of_the_buttons_page_shows_the_truth_too(shop):
    phone = shop.phone()
    phone.pays()
    shop.till.pay(number(shop))
    answer = phone.post()
    assert (answer.status_code, sheet(answer)) == (200, None)
    assert "付好了" in answer.text
    assert len(shop.payments) == 1


def test_the_transaction_number_is_for_his_own_eyes(shop):
    """Whoever knows it is believed to be customer service."""
    wife = shop.phone("oWife")
    wife.pays()
    told = shop.till.pay(number(shop))
    assert told.transaction in shop.phone().page.text
    for browser in (wife, shop.computer()):
        page = browser.get().text
        assert "付好了" in page
        assert told.transaction not in page


def test_what_cannot_be_paid_any_more_says_so(shop):
    close(shop.house, shop.contact)
    phone = shop.phone()
    assert "这一单关了" in phone.page.text
    assert "没有扣钱" in phone.page.text
    assert "这一单关了" in phone.post().text
    assert shop.payments == []


def test_what_was_not_paid_in_two_days_says_so(shop):
    shop.house.clock.advance(hours=47, minutes=59, seconds=30)
    page = shop.phone().page.text  # the worker comes later
    assert "过了48小时没付" in page
    assert "立即支付" not in page
    shop.house.clock.advance(seconds=20)
    shop.house.orders.expire(shop.house.clock.now())
    assert "过了48小时没付" in shop.phone().page.text


def test_no_order_is_called_unpaid_when_it_was_paid_in_its_last_minute(shop):
    phone = shop.phone()
    phone.pays()
    shop.house.clock.advance(hours=47, minutes=59)
    phone = shop.phone()
    shop.till.fails()
    assert "没有扣钱" not in phone.get().text
    shop.till.pay(number(shop))
    assert "付好了" in phone.get().text


def test_money_on_its_way_back_and_back(shop):
    phone = shop.phone()
    phone.pays()
    shop.till.pay(number(shop))
    phone.state()
    desk, now = shop.house.orders, shop.house.clock.now()
    for fen, going, gone in (
        (150, "1.50元正在原路退", "其中1.50元已经原路退回"),
        (250, "2.50元正在原路退", "4.00元已经原路退"),
    ):
        refund = desk.ask_refund(shop.order_id, fen, "wish", "ling", now)
        back = shop.till.give_back(refund, 400)
        assert going in phone.get().text
        desk.given_back(shop.till.finish(back.number), now)
        assert gone in phone.get().text


# what goes wrong


@pytest.mark.parametrize(
    ("nature", "code", "status", "key"),
    [("again", "SYSTEM_ERROR", 503, "busy"), ("alert", "SIGN_ERROR", 502, "person"),
     ("refused", "PARAM_ERROR", 502, "person")],
)  # fmt: skip
def test_what_wechat_does_not_do_is_said_in_words(shop, caplog, nature, code, status, key):
    phone = shop.phone()
    shop.till.meanwhile = lambda what, _n: what == "sheet" and shop.till.fails(nature, code)
    answer = phone.post()
    assert (answer.status_code, sheet(answer)) == (status, None)
    assert shop.say(f"why.{key}") in answer.text
    assert "立即支付" in answer.text
    assert code in caplog.text


def test_after_a_failure_the_same_button_works(shop):
    phone = shop.phone()
    shop.till.fails(done=True)
    assert phone.post().status_code == 503
    assert phone.pays()
    assert len(shop.payments) == 1


def test_a_busy_database_is_said_in_words(shop, monkeypatch):
    def busy(*_):
        raise Busy

    phone = shop.phone()
    monkeypatch.setattr(type(shop.house.orders), "open_payment", busy)
    assert shop.say("why.busy") in phone.post().text


def test_too_many_new_payments_wait_a_minute(shop):
    phone, computer = shop.phone(), shop.computer()
    for _ in range(3):
        answers = [phone.post(), computer.post("/code")]
    assert answers[1].status_code == 429
    assert shop.say("why.often") in answers[1].text
    assert len(shop.payments) == 5
    assert len(shop.till.live) <= 1


def test_logs_name_nobody_and_no_amount(shop, caplog):
    caplog.set_level("DEBUG")
    phone = shop.phone("oWife")
    shop.till.fails("alert", "SIGN_ERROR")
    phone.post()
    phone.pays()
    shop.till.pay(number(shop))
    phone.state()
    for secret in ("oWife", "oWelder", "张", "4.00", "400"):
        assert secret not in caplog.text


# whose page it is


def test_the_link_of_one_order_opens_nothing_of_another(shop, monkeypatch):
    other = Shop.__new__(Shop)
    other.__dict__.update(shop.__dict__)
    contact = welder(shop.house, "oOther")
    other.order_id = order(shop.house, contact, "王小明").id
    other.token = shop.house.links.make("pay", str(other.order_id)).rpartition("/")[2]
    phone = other.phone()
    assert "王**" in phone.page.text  # the welder may pay for the other
    phone.pays()
    assert shop.payments == []
    computer = shop.computer()
    computer.shop = other
    assert computer.post("/code").status_code == 303  # it has not shown that page
    assert computer.get("/state").status_code == 403


@pytest.mark.parametrize("make", ["upload", "consent", "viewer", "guest"])
def test_a_link_of_another_purpose_is_gone(shop, make):
    shop.token = shop.house.links.make(make, str(shop.order_id)).rpartition("/")[2]
    assert shop.phone().page.status_code == 410


@pytest.mark.parametrize("subject", ["oWelder", "99", "٣", "-1", ""])
def test_a_link_of_no_order_is_gone(shop, subject):
    shop.token = shop.house.links.make("pay", subject).rpartition("/")[2]
    assert shop.phone().page.status_code == 410


def test_a_forged_link_is_gone_and_says_where_to_get_another(shop):
    shop.token = shop.token[:-3] + "abc"
    phone = shop.phone()
    assert phone.page.status_code == 410
    assert "回复“缴费”" in phone.page.text
    assert phone.post().status_code == 410
    assert phone.post("/code").status_code in {303, 410}
    assert phone.get("/state").status_code == 403


def test_an_old_link_is_gone(shop):
    phone = shop.phone()
    shop.house.clock.advance(hours=48)
    assert phone.get().status_code == 410


def test_without_a_merchant_there_is_no_page(shop):
    shop.house.__dict__["till"] = None
    assert shop.phone().page.status_code == 410


def test_nobody_pays_by_a_page_he_has_not_seen(shop):
    """A page of others posts its form here: no cookie comes along (SameSite)."""
    stranger = Browser(shop)
    answer = stranger.post()
    assert (answer.status_code, sheet(answer)) == (403, None)
    assert shop.say("why.who") in answer.text
    assert Browser(shop).post("/code").status_code == 303
    assert shop.payments == []


def test_nobody_is_led_into_paying_as_another(shop):
    """A finished address with a stranger's code must not make this browser the stranger's."""
    stranger, victim = Browser(shop, "oStranger"), Browser(shop)
    state = re.search("state=([^&#]*)", stranger.get().location)[1]
    shop.monkeypatch.setattr(shop.house.pages, "openid_of", lambda _code: "oStranger")
    assert victim.get(f"?code=c&state={state}").status_code == 410
    assert victim.post().status_code == 403


def test_a_code_used_before_leads_back_to_the_page(shop):
    phone = shop.phone()

    def used(_code):
        raise SendFailed("never", 40163, "code been used")

    shop.monkeypatch.setattr(shop.house.pages, "openid_of", used)
    assert phone.get("?code=c&state=x").status_code == 302


def test_a_picture_of_a_person_pays_nothing(shop):
    """WeChat's snapshot page has an openid of nobody."""
    phone = Browser(shop, None)
    answer = phone.open()
    assert answer.status_code == 410
    assert shop.say("why.nobody") in answer.text


def test_cookies_of_a_house_with_https_never_travel_in_clear(shop):
    object.__setattr__(shop.house.settings, "public_base_url", "https://weldmate.example")
    shop.app = create_app(shop.house)
    cookies = shop.computer().page.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/pay"):
            assert part in cookie
