"""The page on which papers are photographed: whose it is, what it takes, what it shows."""

import hashlib
import re

import pytest

from bot.domain.photo import PhotoReading
from bot.domain.upload import CHUNK, LARGEST
from bot.ports import Busy, SendFailed
from bot.web.app import create_app
from tests.store.people import welder

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 3000
"""Three pieces."""


class Browser:
    """A phone's browser, looking as one person of WeChat's."""

    def __init__(self, house, monkeypatch, openid="oWelder"):
        self.client, self.openid = create_app(house).test_client(), openid
        self.house, self.monkeypatch = house, monkeypatch

    def open(self, token):
        """Follow a link as WeChat does: there, to WeChat, back with a code, and on."""
        answer = self.client.get(f"/upload/{token}")
        if answer.status_code != 302:
            return answer
        state = re.search("state=([^&#]*)", answer.location)[1]
        self.monkeypatch.setattr(self.house.pages, "openid_of", lambda _code: self.openid)
        answer = self.client.get(f"/upload/{token}?code=c&state={state}")
        return self.client.get(answer.location) if answer.status_code == 302 else answer


@pytest.fixture
def contact(house):
    contact = welder(house)
    with house.conversations.open(contact) as conversation:
        conversation.agreements.give("identity", "1", house.clock.now())
        conversation.applications.begin(house.clock.now())
    return contact


@pytest.fixture
def token(house, contact):
    return house.links.make("upload", "oWelder").rpartition("/")[2]


@pytest.fixture
def browser(house, monkeypatch, token):
    browser = Browser(house, monkeypatch)
    browser.page = browser.open(token)
    browser.address = f"/upload/{token}"
    return browser


def which(content=JPEG):
    return {"size": len(content), "digest": hashlib.sha256(content).hexdigest()}


def put(browser, offset, content=JPEG, document="id_front", piece=None):
    query = {"offset": offset, **which(content)}
    data = content[offset : offset + CHUNK] if piece is None else piece
    return browser.client.put(f"{browser.address}/{document}", query_string=query, data=data)


def send(browser, content=JPEG, document="id_front"):
    for start in range(0, len(content), CHUNK):
        answer = put(browser, start, content, document)
    return answer


def post(browser, content, document="id_front"):
    head = '--b\r\nContent-Disposition: form-data; name="photo"; filename="x.jpg"\r\n\r\n'
    body = head.encode() + content + b"\r\n--b--\r\n"
    kind = "multipart/form-data; boundary=b"
    return browser.client.post(f"{browser.address}/{document}", data=body, content_type=kind)


def papers(browser):
    row = browser.client.get(f"{browser.address}/papers").json
    return {paper["document"]: paper for paper in row["papers"]}, row["count"]


def photos(house, contact):
    with house.conversations.open(contact) as conversation:
        return [(p.document, p.state) for p in conversation.applications.current().photos]


def test_the_papers_stand_in_order_each_with_why_and_how(browser, library):
    assert browser.page.status_code == 200
    page = browser.page.get_data(as_text=True)
    places = [page.index(f'id="{document.id}"') for document in library.documents]
    assert places == sorted(places)
    for document in library.documents:
        for words in (document.label, document.why, document.hint):
            assert words in page
    assert "已收到 0 张，还差 5 张" in page


def test_a_photo_in_pieces_is_received_once_and_waits_to_be_read(browser, house, contact):
    assert [put(browser, start).json["offset"] for start in range(0, len(JPEG), CHUNK)] == [
        CHUNK,
        2 * CHUNK,
        len(JPEG),
    ]
    assert put(browser, 2 * CHUNK).json == {"offset": len(JPEG)}  # its answer was lost
    assert photos(house, contact) == [("id_front", "waiting")]
    found, count = papers(browser)
    assert found["id_front"]["says"] == "收到了，正在看"
    assert count == "已收到 1 张，还差 4 张"


def test_a_piece_that_comes_twice_or_out_of_place_is_told_where_to_go_on(browser):
    put(browser, 0)
    assert put(browser, 0).json == {"offset": CHUNK}
    answer = put(browser, 2 * CHUNK)
    assert (answer.status_code, answer.json) == (409, {"offset": CHUNK})


def test_the_same_photo_picked_again_goes_on_and_the_page_says_how_far(browser, house, monkeypatch):
    put(browser, 0)
    later = Browser(house, monkeypatch)
    page = later.open(browser.address.rpartition("/")[2]).get_data(as_text=True)
    assert "上次传到34%" in page
    there = later.client.get(f"{browser.address}/id_front", query_string=which())
    assert there.json == {"offset": CHUNK}
    other = later.client.get(f"{browser.address}/id_front", query_string=which(JPEG[:-1]))
    assert other.json == {"offset": 0}


def test_two_tabs_with_one_photo_make_one(browser, house, contact):
    for start in (0, 0, CHUNK, CHUNK, 2 * CHUNK, 2 * CHUNK):
        assert put(browser, start).status_code == 200
    assert photos(house, contact) == [("id_front", "waiting")]


def test_two_tabs_with_two_photos_do_not_disturb_each_other(browser, house, contact):
    other = JPEG + b"2"
    for start in range(0, len(JPEG), CHUNK):
        assert put(browser, start).status_code == 200
        assert put(browser, start, other).status_code == 200
    assert photos(house, contact) == [("id_front", "waiting")] * 2


@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [(b"<svg>" + JPEG, 415, "kind"), (b"", 400, "empty"), (JPEG[:100], 413, "bytes")],
)
def test_what_is_no_photo_is_refused_in_words(browser, house, contact, content, status, reason):
    piece = JPEG[:CHUNK] if reason == "bytes" else content[:CHUNK]
    answer = put(browser, 0, content, piece=piece)
    words = house.library.words.say(f"upload.why.{reason}")
    assert (answer.status_code, answer.json) == (status, {"says": words})
    assert photos(house, contact) == []


def test_a_photo_too_large_is_refused_with_its_first_piece(browser):
    query = {"offset": 0, "size": LARGEST + 1, "digest": "0" * 64}
    answer = browser.client.put(
        f"{browser.address}/id_front", query_string=query, data=JPEG[:CHUNK]
    )
    assert answer.status_code == 413
    assert "照片太大了" in answer.json["says"]


def test_a_piece_larger_than_a_piece_is_not_read(browser):
    query = {"offset": 0, **which()}
    answer = browser.client.put(f"{browser.address}/id_front", query_string=query, data=JPEG)
    assert answer.status_code == 413


def test_a_photo_that_arrives_damaged_is_asked_for_again(browser, house, contact):
    for start in (0, CHUNK):
        put(browser, start)
    answer = put(browser, 2 * CHUNK, piece=bytes(len(JPEG) - 2 * CHUNK))
    assert answer.status_code == 422
    assert "在路上传坏了" in answer.json["says"]
    assert send(browser).json == {"offset": len(JPEG)}
    assert photos(house, contact) == [("id_front", "waiting")]


@pytest.mark.parametrize(
    "query",
    ["", "offset=0&size=9", "offset=-1&size=9&digest=" + "0" * 64, "offset=0&size=9&digest=x",
     "offset=٣&size=9&digest=" + "0" * 64, "offset=0&size=9999999999&digest=" + "0" * 64],
)  # fmt: skip
def test_what_no_page_of_ours_sends_is_refused(browser, query):
    assert browser.client.put(f"{browser.address}/id_front?{query}", data=b"x").status_code == 400
    assert put(browser, 0, document="passport").status_code == 404


def test_without_script_a_form_sends_a_photo_whole(browser, house, contact):
    answer = post(browser, JPEG)
    assert answer.status_code == 303
    assert answer.location.endswith("#id_front")
    assert photos(house, contact) == [("id_front", "waiting")]
    post(browser, JPEG)  # sent twice by impatience
    assert photos(house, contact) == [("id_front", "waiting")]


def test_a_form_sends_the_rest_of_what_was_cut(browser, house, contact):
    put(browser, 0)
    assert post(browser, JPEG).status_code == 303
    assert photos(house, contact) == [("id_front", "waiting")]


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"%PDF-1.7" * 9, 415, "这个不是照片"),
        (b"", 400, "没收到照片"),
        (JPEG + bytes(LARGEST), 413, "照片太大了"),
    ],
)
def test_a_form_with_no_photo_in_it_gets_the_page_with_the_reason(browser, content, status, words):
    answer = post(browser, content, "portrait")
    assert answer.status_code == status
    page = answer.get_data(as_text=True)
    assert words in page[page.index('id="portrait"') : page.index('id="medical"')]


def test_a_photo_of_a_form_never_lies_on_the_disk_in_clear(browser, monkeypatch):
    def on_disk(*_args, **_kwargs):
        raise AssertionError("spooled")

    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", on_disk)
    assert post(browser, JPEG * 3).status_code == 303


def test_why_a_photo_was_refused_is_said_and_it_may_come_again(browser, house, contact):
    send(browser)
    with house.conversations.open(contact) as conversation:
        (photo,) = conversation.applications.current().photos
        reading = PhotoReading(None, {}, ("a code nobody has words for",))
        conversation.applications.refuse(photo.id, reading, house.clock.now())
    paper = papers(browser)[0]["id_front"]
    assert (paper["state"], paper["why"]) == (
        "refused",
        [house.library.words.say("upload.why.other")],
    )
    assert send(browser).json == {"offset": len(JPEG)}
    assert papers(browser)[0]["id_front"]["state"] == "waiting"


def test_a_paper_he_says_he_has_not_is_shown_so(browser, house, contact):
    with house.conversations.open(contact) as conversation:
        conversation.applications.skip("hours", house.clock.now())
    assert papers(browser)[0]["hours"]["says"] == "您说没有这张"


# whose page it is


def test_a_forwarded_link_opens_for_nobody_else(house, token, monkeypatch, contact):
    other = Browser(house, monkeypatch, "oOther")
    other.address = f"/upload/{token}"
    assert other.open(token).status_code == 410
    assert put(other, 0).status_code == 403
    assert post(other, JPEG).status_code == 410
    assert other.client.get(f"/upload/{token}/papers").status_code == 403
    assert photos(house, contact) == []


def test_who_has_his_own_page_open_does_not_open_anothers(house, token, monkeypatch):
    other = Browser(house, monkeypatch, "oOther")
    other.address = f"/upload/{token}"
    own = house.links.make("upload", "oOther").rpartition("/")[2]
    assert other.open(own).status_code == 200
    assert put(other, 0).status_code == 403
    assert other.open(token).status_code == 410


def test_nobody_is_led_into_anothers_page_by_a_finished_address(house, token, monkeypatch):
    """A stranger's link with his own code and state must not open in this browser."""
    stranger, victim = Browser(house, monkeypatch), Browser(house, monkeypatch)
    answer = stranger.client.get(f"/upload/{token}")
    state = re.search("state=([^&#]*)", answer.location)[1]
    monkeypatch.setattr(house.pages, "openid_of", lambda _code: "oWelder")
    assert victim.client.get(f"/upload/{token}?code=c&state={state}").status_code == 410
    assert stranger.client.get(f"/upload/{token}?code=c&state=x").status_code == 410


def test_a_code_that_wechat_does_not_know_opens_nothing(house, token, monkeypatch):
    browser = Browser(house, monkeypatch)
    state = re.search("state=([^&#]*)", browser.client.get(f"/upload/{token}").location)[1]

    def unknown(_code):
        raise SendFailed("never", 40029, "invalid code")

    monkeypatch.setattr(house.pages, "openid_of", unknown)
    assert browser.client.get(f"/upload/{token}?code=c&state={state}").status_code == 410


def test_an_old_link_is_gone_and_says_where_to_get_another(browser, clock):
    clock.advance(hours=13)
    answer = browser.client.get(browser.address)
    assert answer.status_code == 410
    assert "重新点一次链接" in answer.get_data(as_text=True)
    assert put(browser, 0).status_code == 403


@pytest.mark.parametrize("purpose", ["consent", "viewer"])
def test_a_link_of_another_purpose_opens_nothing(browser, house, purpose):
    token = house.links.make(purpose, "oWelder").rpartition("/")[2]
    assert browser.client.get(f"/upload/{token}").status_code == 410


def test_cookies_of_a_house_with_https_never_travel_in_clear(make_house, sqlite_url):
    from bot.store.schema import upgrade

    upgrade(sqlite_url)
    house = make_house(sqlite_url, public_base_url="https://weldmate.example")
    token = house.links.make("upload", "oWelder").rpartition("/")[2]
    cookie = create_app(house).test_client().get(f"/upload/{token}").headers["Set-Cookie"]
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/upload"):
        assert part in cookie


# when nothing is taken


def closed(house, monkeypatch):
    welder(house)
    token = house.links.make("upload", "oWelder").rpartition("/")[2]
    browser = Browser(house, monkeypatch)
    browser.address = f"/upload/{token}"
    return browser, browser.open(token).get_data(as_text=True)


def test_without_an_application_he_is_told_what_to_reply(house, monkeypatch):
    browser, page = closed(house, monkeypatch)
    assert "回复“申请复审”" in page
    assert (put(browser, 0).status_code, post(browser, JPEG).status_code) == (403, 303)


def test_before_consent_nothing_is_taken_and_he_is_told_what_to_reply(house, monkeypatch):
    contact = welder(house)
    with house.conversations.open(contact) as conversation:
        conversation.applications.begin(house.clock.now())
    browser, page = closed(house, monkeypatch)
    assert "先同意" in page
    assert put(browser, 0).json["says"] in page
    assert photos(house, contact) == []


def test_consent_taken_back_ends_an_upload(browser, house, contact):
    put(browser, 0)
    with house.conversations.open(contact) as conversation:
        conversation.agreements.withdraw("identity", house.clock.now())
    assert put(browser, CHUNK).status_code == 403


def test_what_has_been_handed_in_is_not_changed(browser, house, contact):
    with house.conversations.open(contact) as conversation:
        conversation.applications.happen("submit", "welder", house.clock.now())
    assert put(browser, 0).status_code == 403
    assert "已经交上去了" in browser.client.get(browser.address).get_data(as_text=True)


def test_when_the_database_is_busy_the_script_tries_again_later(browser, house, monkeypatch):
    def busy(_contact):
        raise Busy

    monkeypatch.setattr(house.conversations, "open", busy)
    assert put(browser, 0).status_code == 503


def test_nothing_of_the_page_is_kept_or_framed_or_told_to_others(browser):
    headers = browser.page.headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    page = browser.page.get_data(as_text=True)
    assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=", page)
    for file in re.findall(r'(?:src|href)="(/pages/[^"]*)"', page):
        with browser.client.get(file) as answer:
            assert answer.status_code == 200
