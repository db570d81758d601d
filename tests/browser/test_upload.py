"""Photographing papers on a phone's page, in a real browser, over a connection that drops."""

import json
import os
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from bot.config import read_settings
from bot.domain.photo import PhotoReading
from bot.domain.upload import CHUNK
from bot.wiring import House
from tests.browser.conftest import FLAGS
from tests.stand import Stand

PHONE = {"width": 320, "height": 640}
WELDER = "oWelder"
SHOTS = os.environ.get("WELDMATE_SHOTS", "")
"""A folder for pictures of the page, to be looked at; empty: none are taken."""


@pytest.fixture
def stand(sqlite_url, tmp_path):
    with Stand(tmp_path, sqlite_url, parts=("web",)) as stand:
        stand.follow(WELDER)
        yield stand


@pytest.fixture
def house(stand):
    house = House(read_settings(stand.env))
    with house.conversations.open(house.conversations.find(WELDER)) as conversation:
        conversation.agreements.give("identity", "1", house.clock.now())
        conversation.applications.begin(house.clock.now())
    yield house
    house.close()


@pytest.fixture
def browser(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


def opened(browser, stand, house, **more):
    """Open the link as it is tapped in the chat."""
    context = browser.new_context(viewport=PHONE, has_touch=True, **more)
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.on("console", lambda line: "Security Policy" in line.text and pytest.fail(line.text))
    link = house.links.make("upload", WELDER)
    page.goto(f"{stand.sandbox}/open?openid={WELDER}&url={link}")
    expect(page.get_by_role("heading", name="传材料照片")).to_be_visible()
    return page


@pytest.fixture
def photo(browser, tmp_path):
    """A photo of several pieces: what a phone's camera makes of a card."""
    page = browser.new_page(viewport={"width": 1100, "height": 800}, device_scale_factor=2)
    page.set_content(
        "<canvas id=c width=1100 height=800></canvas><script>"
        "const g = c.getContext('2d'), d = g.createImageData(1100, 800);"
        "let s = 1; for (let i = 0; i < d.data.length; i++) {"
        "s = s * 16807 % 2147483647; d.data[i] = i % 4 == 3 ? 255 : 150 + s % 60 }"
        "g.putImageData(d, 0, 0); g.fillStyle = '#f4f1e8'; g.fillRect(120, 120, 860, 540);"
        "g.fillStyle = '#789'; g.fillRect(700, 200, 200, 260);"
        "g.fillStyle = '#333'; for (let y = 200; y < 600; y += 60) g.fillRect(180, y, 420, 22);"
        "</script>"
    )
    path = tmp_path / "photo.jpg"
    page.screenshot(path=path, type="jpeg", quality=90)
    page.close()
    path.write_bytes(path.read_bytes() + bytes(2 * CHUNK))
    return path


def section(page, name):
    return page.locator(f"#{name}")


def pick(page, name, path):
    section(page, name).locator("input").set_input_files(path)


def state(page, name):
    return section(page, name).locator(".state")


def photos(house):
    with house.conversations.open(house.conversations.find(WELDER)) as conversation:
        return conversation.applications.current().photos


def received(house):
    """The bytes of the latest photo."""
    job = house.services.jobs.due(house.clock.now())[-1]
    upload = json.loads(house.services.jobs.take(job, house.clock.now()).payload)["upload"]
    with house.conversations.open(house.conversations.find(WELDER)) as conversation:
        return conversation.uploads.content(upload)


def shoot(page, name):
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def test_a_photo_goes_on_by_itself_after_the_connection_has_dropped(browser, stand, house, photo):
    page = opened(browser, stand, house)
    shoot(page, "upload-empty")
    offsets = []

    def shaky(route):
        offsets.append(route.request.url.partition("offset=")[2].partition("&")[0])
        if len(offsets) in {2, 3}:
            route.abort("connectionreset")
            if len(offsets) == 2:
                expect(section(page, "id_front").locator(".going")).to_contain_text("正在重连")
        else:
            route.continue_()

    page.route("**/id_front?offset=*", shaky)
    pick(page, "id_front", photo)
    expect(state(page, "id_front")).to_have_text("收到了，正在看", timeout=20_000)
    assert offsets.count(str(CHUNK)) == 3  # dropped, dropped, received
    assert received(house) == photo.read_bytes()
    expect(page.locator("#count")).to_have_text("已收到 1 张，还差 4 张")
    shoot(page, "upload-sent")


def test_the_same_photo_picked_after_a_reload_goes_on_where_it_stopped(
    browser, stand, house, photo
):
    page = opened(browser, stand, house)
    sent = []
    page.route(
        "**/certificate?offset=*", lambda r: r.abort() if sent else sent.append(r.continue_())
    )
    pick(page, "certificate", photo)
    going = section(page, "certificate").locator(".going")
    expect(going).to_contain_text("正在重连", timeout=20_000)
    shoot(page, "upload-dropped")
    page.unroute("**/certificate?offset=*")
    page.reload()
    expect(going).to_contain_text("再选同一张照片，会接着传")
    asked = []
    page.on("request", lambda r: r.method == "PUT" and asked.append(r.url))
    pick(page, "certificate", photo)
    expect(state(page, "certificate")).to_have_text("收到了，正在看", timeout=20_000)
    assert f"offset={CHUNK}&" in asked[0]
    assert received(house) == photo.read_bytes()


def test_a_photo_to_be_retaken_says_why_without_a_reload(browser, stand, house, photo):
    page = opened(browser, stand, house)
    for _ in range(2):  # the second time the state is the same, and the reason is said again
        pick(page, "portrait", photo)
        expect(state(page, "portrait")).to_have_text("收到了，正在看", timeout=20_000)
        with house.conversations.open(house.conversations.find(WELDER)) as conversation:
            reading = PhotoReading("portrait", {}, ("blurred",))
            latest = conversation.applications.current().photos[-1]
            conversation.applications.refuse(latest.id, reading, house.clock.now())
        expect(state(page, "portrait")).to_have_text("请重拍", timeout=10_000)
        expect(section(page, "portrait").locator(".problems p")).to_be_visible()
    shoot(page, "upload-retake")


def test_what_is_no_photo_is_told_before_anything_is_sent(browser, stand, house, tmp_path):
    page = opened(browser, stand, house)
    wrong = tmp_path / "list.pdf"
    wrong.write_bytes(b"%PDF-1.7")
    large = tmp_path / "large.jpg"
    large.write_bytes(b"\xff\xd8\xff" + bytes(12 * 1024 * 1024))
    for path, words in ((wrong, "这个不是照片"), (large, "照片太大了")):
        pick(page, "medical", path)
        expect(section(page, "medical").locator(".problems")).to_contain_text(words)
    lying = tmp_path / "lying.jpg"
    lying.write_bytes(b"<html>" * 99)
    pick(page, "medical", lying)
    expect(section(page, "medical").locator(".problems")).to_contain_text("这个不是照片")
    assert photos(house) == ()


def test_without_script_the_form_does_it(browser, stand, house, photo):
    page = opened(browser, stand, house, java_script_enabled=False)
    shoot(page, "upload-plain")
    pick(page, "id_back", photo)
    section(page, "id_back").get_by_role("button", name="传这一张").click()
    expect(state(page, "id_back")).to_have_text("收到了，正在看")
    assert received(house) == photo.read_bytes()


def test_nothing_is_wider_than_a_small_phone(browser, stand, house):
    page = opened(browser, stand, house)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for button in page.locator(".pick").all():
        assert button.bounding_box()["height"] >= 56


def test_without_an_application_the_page_says_what_to_reply(browser, stand, house):
    with house.conversations.open(house.conversations.find(WELDER)) as conversation:
        conversation.applications.happen("withdraw", "welder", house.clock.now())
    page = browser.new_page(viewport=PHONE)
    link = house.links.make("upload", WELDER)
    page.goto(f"{stand.sandbox}/open?openid={WELDER}&url={link}")
    expect(page.get_by_text("回复“申请复审”")).to_be_visible()
    shoot(page, "upload-closed")
