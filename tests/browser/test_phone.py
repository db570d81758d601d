"""The story of the first page, in a real browser: follow, talk, save, allow, be reminded."""

from playwright.sync_api import expect

from tests.conftest import ROOT
from tests.stand import Stand


def last(page):
    return page.locator("#chat .bubble, #chat .card").last


def test_a_welder_is_led_through_and_reminded_when_the_clock_is_turned(
    page, sqlite_url, tmp_path, request
):
    with Stand(tmp_path, sqlite_url) as stand:
        stand.weldmate("menu", "push")
        page.goto(stand.sandbox)
        expect(page.locator("#menu")).to_contain_text("我能审吗")
        page.get_by_role("button", name="新来一位，关注").click()
        expect(last(page)).to_contain_text("要办哪一样")
        page.get_by_role("button", name="1. 查查我能不能复审").click()
        expect(last(page)).to_contain_text("哪家发的")
        for words, answer in (
            ("1", "什么情况"),
            ("正常", "有效期到哪一天"),
            ("明年三月", "几号"),
            ("证几年审一次", "到期日"),
            ("5号", "身体怎么样"),
            ("好", "违章"),
            ("没得", "责任"),
            ("没有", "单位"),
            ("有单位", "24小时"),
            ("学够了", "要我记下"),
        ):
            page.get_by_label("打字").fill(words)
            page.get_by_role("button", name="发送").click()
            expect(last(page)).to_contain_text(answer)
        page.locator(".bubble .choice", has_text="1. 要").last.click()
        expect(last(page)).to_contain_text("记好了")
        allow(page, stand)
        page.get_by_role("button", name="到下一次提醒").click()
        expect(last(page)).to_contain_text("还有", timeout=20_000)
        expect(page.locator("#busy")).to_be_hidden(timeout=20_000)
        if request.config.getoption("--update"):
            page.screenshot(path=ROOT / "docs" / "phone.png")


def allow(page, stand):
    """Open the consent page as this welder and allow one reminder."""
    with page.expect_popup() as opened:
        page.get_by_role("link", name="点这里允许一次").last.click()
    consent = opened.value
    consent.on("dialog", lambda dialog: dialog.accept())
    consent.get_by_role("button", name="允许提醒我一次").click()
    consent.get_by_role("button", name="允许", exact=True).click()
    expect(consent.locator("#answer")).to_contain_text("会提醒您")
    consent.close()


def test_an_answer_is_asked_for_more_and_rated_by_a_tap(page, sqlite_url, tmp_path):
    with Stand(tmp_path, sqlite_url) as stand:
        page.goto(stand.sandbox)
        page.get_by_role("button", name="新来一位，关注").click()
        expect(last(page)).to_contain_text("要办哪一样")
        page.get_by_label("打字").fill("证几年审一次")
        page.get_by_role("button", name="发送").click()
        expect(page.locator(".bubble", has_text="没用").last).to_contain_text("详细")
        page.locator(".bubble .choice", has_text="详细").last.click()
        expect(last(page)).to_contain_text("第")
        page.locator(".bubble .choice", has_text="有用").first.click()
        expect(last(page)).to_contain_text("有用就好")
        rated = stand.weldmate("faq", "ratings")
    assert "validity_period" in rated
