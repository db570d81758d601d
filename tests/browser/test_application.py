"""A whole application on a phone's page, with all that goes wrong on the way; then the operator."""

import re

from playwright.sync_api import expect

from tests.browser.test_phone import last
from tests.conftest import ROOT
from tests.stand import Stand

PHOTOS = ROOT / "tests" / "transcripts" / "photos"
READ_MS = 30_000
"""The first photo waits for the weights of its reader."""


class Phone:
    """What the welder does, and what he then sees last."""

    def __init__(self, page):
        self.page = page

    def says(self, words, answer):
        self.page.get_by_label("打字").fill(words)
        self.page.get_by_role("button", name="发送").click()
        self.sees(answer)

    def taps(self, label, answer):
        self.page.locator(".bubble .choice", has_text=label).last.click()
        self.sees(answer)

    def sees(self, words, timeout=10_000):
        expect(last(self.page)).to_contain_text(words, timeout=timeout)

    def sends(self, photo, answer):
        self.page.locator("#photo").set_input_files(PHOTOS / f"{photo}.jpg")
        expect(self.page.locator("#chat")).to_contain_text(answer, timeout=READ_MS)
        self.sees(answer, READ_MS)

    def code(self):
        """Read the code off the short message that lies over the talk."""
        message = self.page.locator(".sms p").last
        expect(message).to_contain_text("验证码", timeout=READ_MS)
        return re.search(r"\d{6}", message.inner_text())[0]

    def opens(self, link):
        """Tap a link in the talk; return the page that opens."""
        with self.page.expect_popup() as opened:
            self.page.get_by_role("link", name=link).last.click()
        return opened.value


def test_a_welder_applies_by_phone_and_is_told_that_it_was_accepted(
    page, sqlite_url, tmp_path, request
):
    with Stand(tmp_path, sqlite_url) as stand:
        page.goto(stand.sandbox)
        page.get_by_role("button", name="新来一位，关注").click()
        phone = Phone(page)
        phone.sees("要办哪一样")
        phone.taps("申请复审", "同意让我收吗")
        phone.taps("1. 同意", "身份证正面")
        papers(phone, page, request)
        two_days_later(phone, page)
        rest_of_papers(phone)
        form(phone)
        face(phone)
        phone.sees("现在交", READ_MS)
        phone.taps("1. 交", "在到期前提醒您吗")
        phone.taps("1. 要", "记好了")
        stand.weldmate("application", "accept", "1")
        phone.sees("材料", READ_MS)
        phone.says("进度", "要做什么")
        expect(page.locator("#chat")).to_contain_text("▶️ 安排学习")


def papers(phone, page, request):
    phone.sends("工地", "没看到字")
    phone.sends("身份证正面", "我看到的是")
    if request.config.getoption("--update"):
        page.screenshot(path=ROOT / "docs" / "application.png")
    phone.taps("1. 对", "身份证反面")
    phone.says("证几年审一次", "身份证反面")
    phone.sends("身份证反面", "有效期到")


def two_days_later(phone, page):
    bubbles = page.locator("#chat .bubble").count()
    page.locator("[data-clock*='1d']").first.click()
    expect(page.locator("#busy")).to_be_hidden(timeout=READ_MS)
    page.locator("[data-clock*='1d']").first.click()
    expect(page.locator("#busy")).to_be_hidden(timeout=READ_MS)
    expect(page.locator("#chat .bubble")).not_to_have_count(bubbles)
    phone.taps("1. 对", "焊工证")


def rest_of_papers(phone):
    phone.sends("糊的焊工证", "照片糊了")
    phone.sends("焊工证", "焊工证，我看到的是")
    phone.taps("有字不对", "哪一个不对")
    phone.taps("证书编号", "把对的打给我")
    phone.says("渝F042022000062", "渝F042022000062")
    phone.taps("1. 对", "证件照")
    phone.sends("证件照", "证件照，我看到的是")
    phone.taps("1. 对", "体检证明")
    phone.sends("体检证明", "学时证明")
    phone.says("没有", "单位档案")
    phone.says("没有", "您的手机号")


def form(phone):
    phone.says("13812345678", "打给我")
    code = phone.code()
    phone.says("000000" if code != "000000" else "111111", "打给我")
    phone.says(code, "哪个单位")
    phone.says("重庆梁平建工有限公司", "找谁")
    phone.says("李工", "几年")
    phone.says("9", "请看一遍")
    phone.says("改6", "几年")
    phone.says("12", "12")
    phone.says("都对", "怎么核对")


def face(phone):
    phone.taps("手机刷脸", "同意刷脸吗")
    phone.taps("1. 同意刷脸", "开始刷脸")
    check = phone.opens("开始刷脸")
    check.get_by_role("button", name="通过", exact=True).click()
    expect(check.get_by_text("刷脸通过了")).to_be_visible(timeout=10_000)
    check.close()
