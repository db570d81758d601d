"""An order from the chat to the receipt, in real browsers; and everything that is not paying."""

import base64
import re
from contextlib import contextmanager

import pytest
import segno
from playwright.sync_api import expect, sync_playwright

from bot.config import read_settings
from bot.wiring import House
from tests.browser.conftest import FLAGS
from tests.browser.test_application import Phone
from tests.conftest import ROOT
from tests.stand import Stand
from tests.store.ordering import accept

INSIDE = (
    "Mozilla/5.0 (Linux; Android 10; HMA-AL00) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0"
    " Chrome/107.0 Mobile Safari/537.36 MicroMessenger/8.0.50(0x28003237) NetType/4G Language/zh_CN"
)
SMALL = {"width": 390, "height": 780}
WAIT_MS = 20_000


@pytest.fixture
def browser(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


class Shop:
    """A welder with accepted papers at his phone; WeChat Pay and the database behind him."""

    def __init__(self, stand, browser):
        self.stand, self.browser = stand, browser
        self.house = House(read_settings(stand.env))
        wechat = browser.new_context(user_agent=INSIDE, viewport={"width": 1180, "height": 860})
        self.page = wechat.new_page()
        self.phone = Phone(self.page)
        self.page.goto(stand.sandbox)
        self.page.get_by_role("button", name="新来一位，关注").click()
        self.phone.sees("要办哪一样")
        accept(self.house, 1)

    def orders_all(self):
        """Order everything in the chat; return the link's page."""
        self.phone.says("缴费", "您要哪样")
        self.phone.taps("全都要", "下单吗")
        self.phone.taps("下单", "点这里去付款")
        return self.opens()

    def opens(self):
        page = self.phone.opens("点这里去付款")
        page.set_viewport_size(SMALL)
        return page

    @property
    def link(self):
        """What is forwarded when he forwards the message."""
        return self.house.links.make("pay", "1")

    def another(self, openid):
        """Open the forwarded link in somebody else's WeChat."""
        self.stand.follow(openid)
        page = self.browser.new_context(user_agent=INSIDE, viewport=SMALL).new_page()
        page.goto(f"{self.stand.sandbox}/open?openid={openid}&url={self.link}")
        return page

    def computer(self):
        """Open the forwarded link where there is no WeChat."""
        page = self.browser.new_page()
        page.goto(self.link)
        return page

    @property
    def order(self):
        return self.house.orders.find(1)

    @property
    def payments(self):
        return [(one.way, one.state) for one in self.order.payments]

    def at_wechat(self):
        """Its payments, with what became of their notices."""
        return self.stand.call("GET", "/pay/orders")["orders"]


@contextmanager
def shop(browser, folder, url):
    with Stand(folder, url) as stand:
        made = Shop(stand, browser)
        try:
            yield made
        finally:
            made.house.close()


def tap(page, name):
    page.get_by_role("button", name=name).last.click()


def password(page, digits):
    tap(page, "立即支付")  # on the sheet
    page.get_by_label("支付密码").fill(digits)


def state(page, name, words):
    expect(page.locator(f"main[data-state={name}]")).to_contain_text(words, timeout=WAIT_MS)


def told(made, words):
    """He reads it in the chat; the receipt's picture may have come behind it."""
    expect(made.page.locator("#chat")).to_contain_text(words, timeout=WAIT_MS)


def says(page, words):
    expect(page.locator("#says")).to_contain_text(words, timeout=WAIT_MS)


def test_a_welder_pays_in_wechat_and_gets_his_money_back(browser, sqlite_url, tmp_path, request):
    with shop(browser, tmp_path, sqlite_url) as made:
        page = made.orders_all()
        shots = [page.screenshot()]
        state(page, "pay", "6.00元")
        assert "替" not in page.inner_text("main")

        tap(page, "立即支付")
        expect(page.get_by_role("dialog")).to_contain_text("¥6.00", timeout=WAIT_MS)
        shots.append(page.screenshot())
        tap(page, "取消")
        says(page, "没有扣钱")
        assert (made.order.state, made.payments) == ("unpaid", [("jsapi", "open")])

        tap(page, "立即支付")
        expect(page.get_by_role("dialog")).to_be_visible(timeout=WAIT_MS)
        password(page, "000000")
        expect(page.get_by_role("alert")).to_contain_text("支付密码错误")
        assert made.order.state == "unpaid"
        page.get_by_label("支付密码").fill("123456")
        tap(page, "完成")
        state(page, "paid", "付好了")
        (held,) = made.at_wechat()
        state(page, "paid", held["transaction_id"])
        shots.append(page.screenshot())
        assert (made.order.state, made.payments) == ("paid", [("jsapi", "paid")])
        told(made, "收到您的6.00元")

        made.stand.weldmate("pay", "refund", "1", "--all", "--reason", "wish", "--by", "ling")
        assert made.order.state == "refunding"
        page.reload()
        state(page, "refunding", "6.00元正在原路退")
        made.stand.turn(advance="1m")
        made.phone.sees("原路退回", WAIT_MS)
        assert made.order.state == "refunded"
        page.reload()
        state(page, "refunded", "6.00元已经原路退")
        if request.config.getoption("--update"):
            side_by_side(made.browser, shots)


def test_a_forwarded_link_pays_for_the_welder_and_says_so(browser, sqlite_url, tmp_path):
    with shop(browser, tmp_path, sqlite_url) as made:
        own = made.orders_all()
        tap(own, "立即支付")
        expect(own.get_by_role("dialog")).to_be_visible(timeout=WAIT_MS)

        wife = made.another("oWife")
        state(wife, "pay", "您是在替张**付钱")
        tap(wife, "立即支付")
        expect(wife.get_by_role("dialog")).to_contain_text("¥6.00", timeout=WAIT_MS)
        assert made.payments == [("jsapi", "closed"), ("jsapi", "open")]
        password(own, "123456")  # his sheet still stood open
        expect(own.get_by_role("dialog").get_by_role("alert")).to_be_visible()
        assert made.order.state == "unpaid"

        password(wife, "123456")
        tap(wife, "完成")
        state(wife, "paid", "付好了")
        expect(wife.locator("main")).not_to_contain_text("交易单号")
        told(made, "收到您的6.00元")
        first, second = made.at_wechat()
        assert (first["trade_state"], second["trade_state"]) == ("CLOSED", "SUCCESS")
        assert [one["status"] for one in second["notices"][0]["tries"]] == [204]


def test_a_computer_shows_a_code_and_sees_that_it_was_paid(browser, sqlite_url, tmp_path):
    with shop(browser, tmp_path, sqlite_url) as made:
        made.orders_all().close()
        computer = made.computer()
        state(computer, "pay", "这一单是张**的")
        tap(computer, "显示付款码")
        expect(computer.get_by_role("img", name="付款码")).to_be_visible()
        says(computer, "在等您扫码")
        (held,) = made.at_wechat()
        drawn = computer.locator(".code path").get_attribute("d")
        assert drawn == path_of(held["tickets"][0])

        made.stand.follow("oSon")
        scan = made.stand.call(
            "POST", "/pay/scan", {"code_url": held["tickets"][0], "openid": "oSon"}
        )
        son = browser.new_page(user_agent=INSIDE, viewport=SMALL)
        son.goto(scan["url"])
        password(son, "123456")
        state(computer, "paid", "付好了")
        assert made.payments == [("native", "paid")]
        told(made, "收到您的6.00元")


def test_a_code_is_over_when_he_pays_in_wechat(browser, sqlite_url, tmp_path):
    with shop(browser, tmp_path, sqlite_url) as made:
        page = made.orders_all()
        computer = made.computer()
        tap(computer, "显示付款码")
        says(computer, "在等您扫码")
        tap(page, "立即支付")
        expect(page.get_by_role("dialog")).to_be_visible(timeout=WAIT_MS)
        says(computer, "这个码不能用了")
        expect(computer.get_by_role("img", name="付款码")).to_be_hidden()


def test_where_notices_never_come_the_page_asks(browser, sqlite_url, tmp_path):
    with shop(browser, tmp_path, sqlite_url) as made:
        made.stand.call("POST", "/pay/settings", {"notify": False})
        page = made.orders_all()
        tap(page, "立即支付")
        expect(page.get_by_role("dialog")).to_be_visible(timeout=WAIT_MS)
        password(page, "123456")
        tap(page, "完成")
        state(page, "paid", "付好了")
        assert [one["tries"] for one in made.at_wechat()[0]["notices"]] == [[]]
        told(made, "收到您的6.00元")


def test_the_back_button_shows_how_it_stands_now(browser, sqlite_url, tmp_path):
    with shop(browser, tmp_path, sqlite_url) as made:
        page = made.orders_all()
        tap(page, "立即支付")
        expect(page.get_by_role("dialog")).to_be_visible(timeout=WAIT_MS)
        made.stand.call("POST", f"/pay/orders/{made.at_wechat()[0]['out_trade_no']}/pay", {})
        page.go_back()
        state(page, "paid", "付好了")
        made.phone.says("缴费", "6.00")


def path_of(address):
    svg = segno.make_qr(address, error="m").svg_inline(omitsize=True, border=2)
    return re.search(' d="([^"]*)"', svg)[1]


def side_by_side(browser, shots):
    """Draw the pictures of the phone beside each other."""
    images = "".join(
        f'<img src="data:image/png;base64,{base64.b64encode(shot).decode()}">' for shot in shots
    )
    wide = {"width": len(shots) * 410 + 20, "height": SMALL["height"] + 40}
    page = browser.new_page(viewport=wide)
    page.set_content(
        "<style>body{margin:20px;display:flex;gap:20px;background:#888}img{border-radius:12px}"
        f"</style>{images}"
    )
    page.wait_for_timeout(300)
    page.screenshot(path=ROOT / "docs" / "payment.png")
