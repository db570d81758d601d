"""Every call of the client that is more than a send, against the sandbox's real HTTP."""

import base64
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from bot.messages import Choice, Said
from bot.ports import SendFailed
from bot.store.cache import MemoryCache
from bot.wechat import media, qr, tags, users
from bot.wechat.api import Api
from bot.wechat.courier import WeChatCourier
from tests.conftest import ROOT, test_settings
from tests.sandbox.conftest import APP_ID, SECRET

JPEG = b"\xff\xd8\xff\xe0 a photo \xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n a picture"
AMR = b"#!AMR\n sounds"


@pytest.fixture
def api(served, clock):
    settings = test_settings(
        "sqlite://", ROOT,
        wechat_api_base=(served,), wechat_app_id=APP_ID, wechat_app_secret=SECRET,
    )  # fmt: skip
    return Api(settings, MemoryCache(), clock)


@pytest.fixture
def welder(served, control):
    return control.follow()


def code(call):
    with pytest.raises(SendFailed) as error:
        call()
    return error.value.nature, error.value.code


def sent(control, bot, openid, kind, content):
    """Let a welder send a file; return its media_id as the bot reads it."""
    control.do(openid, type=kind, data=base64.b64encode(content).decode())
    return bot.seen[-1]["MediaId"]


# media


@pytest.mark.parametrize(
    ("kind", "content", "mime"),
    [("image", JPEG, "image/jpeg"), ("image", PNG, "image/png"), ("voice", AMR, "audio/amr")],
)
def test_what_a_welder_sent_is_fetched(api, control, bot, welder, kind, content, mime):
    found = media.fetch(api, sent(control, bot, welder, kind, content))
    assert found == media.Medium(content, mime)


def test_a_video_is_elsewhere(api, control, bot, welder):
    content = b"\0\0\0\x18ftypmp42 moves"
    found = media.fetch(api, sent(control, bot, welder, "video", content))
    assert isinstance(found, media.Elsewhere)
    assert requests.get(found.url, timeout=5).content == content


def test_a_medium_that_is_gone_is_an_error_though_http_says_200(api, control, bot, welder):
    name = sent(control, bot, welder, "image", JPEG)
    control.pass_time(advance="4d")
    assert code(lambda: media.fetch(api, name)) == ("never", 40007)
    assert code(lambda: media.fetch(api, "none")) == ("never", 40007)


def test_a_file_larger_than_wanted_is_not_read_to_its_end(api, control, bot, welder):
    name = sent(control, bot, welder, "image", JPEG + bytes(200_000))
    assert code(lambda: media.fetch(api, name, largest=100_000)) == ("never", 0)
    assert media.fetch(api, name, largest=200_100).mime == "image/jpeg"


@pytest.mark.parametrize(
    "content", [b"<html>busy</html>", b"MZ\x90 a program", b"\xff\xd8", b"RIFF"]
)
def test_bytes_that_are_no_picture_are_refused_whatever_they_are_called(
    api, control, bot, welder, content
):
    name = sent(control, bot, welder, "image", content)
    assert code(lambda: media.fetch(api, name)) == ("never", 0)


def test_a_refused_token_is_renewed_for_a_download_too(api, control, bot, welder):
    name = sent(control, bot, welder, "image", JPEG)
    api.get("/cgi-bin/user/get")
    control.post("/faults", {"path": "/cgi-bin/media/get", "kind": "expire_token"})
    assert media.fetch(api, name).content == JPEG
    calls = [
        row["request"]["url"] for row in control.get("/wire")["entries"] if row["kind"] == "api"
    ]
    assert sum(url.startswith("/cgi-bin/media/get") for url in calls) == 2


@pytest.mark.parametrize("kind", ["cut_before", "cut_after", "http_500"])
def test_a_download_without_an_answer_may_be_tried_again(api, control, bot, welder, kind):
    name = sent(control, bot, welder, "image", JPEG)
    control.post("/faults", {"path": "/cgi-bin/media/get", "kind": kind})
    assert code(lambda: media.fetch(api, name)) == ("retry", 0)
    assert media.fetch(api, name).content == JPEG


@pytest.mark.parametrize("content", [JPEG, PNG, b"GIF89a moves"])
def test_a_picture_is_uploaded_and_sent(api, control, welder, content):
    control.do(welder, type="text", text="x")
    name = media.upload_image(api, content)
    WeChatCourier(api).image(welder, name)
    bubble = control.bubbles(welder)[-1]
    assert (bubble["via"], bubble["type"], bubble["media"]["id"]) == ("service", "image", name)
    assert media.fetch(api, name).content == content


def test_a_piece_with_a_picture_goes_as_a_picture_and_is_one_send(api, control, welder):
    control.pass_time(advance="2m")  # what following allows is over
    control.do(welder, type="text", text="x")
    name = media.upload_image(api, PNG)
    courier = WeChatCourier(api)
    for _ in range(5):
        courier.service(welder, (Said("k", "", image=name),))
    bubble = control.bubbles(welder)[-1]
    assert (bubble["via"], bubble["type"], bubble["media"]["id"]) == ("service", "image", name)
    with_words = (Said("k", "字"), Said("k", "", image=name))
    assert code(lambda: courier.service(welder, with_words)) == ("never", 0)
    assert code(lambda: courier.service(welder, with_words[1:])) == ("park", 45047)


def test_what_is_no_picture_is_not_uploaded(api, control):
    assert code(lambda: media.upload_image(api, AMR)) == ("never", 0)
    assert code(lambda: media.upload_image(api, JPEG + bytes(10 << 20))) == ("never", 0)
    urls = [row["request"]["url"] for row in control.get("/wire")["entries"]]
    assert not any("upload" in url for url in urls)


# QR codes


def test_a_code_for_a_while_is_scanned_until_it_ends(api, control, bot, served):
    made = qr.temporary(api, "gate-3", seconds=600)
    assert (made.seconds, made.address.startswith("http")) == (600, True)
    picture = urlsplit(qr.picture_url(made.ticket, served))
    assert parse_qs(picture.query) == {"ticket": [made.ticket]}
    assert requests.get(picture.geturl(), timeout=5).content.startswith(b"\x89PNG")
    openid = control.follow(scene="gate-3")
    assert (bot.seen[-1]["EventKey"], bot.seen[-1]["Ticket"]) == ("qrscene_gate-3", made.ticket)
    assert users.look_up(api, openid).scene == "gate-3"
    control.pass_time(advance="11m")
    path = f"/followers/{openid}/messages"
    assert "expired" in control.refused(path, {"type": "scan", "scene": "gate-3"})


def test_a_code_for_ever_does_not_end(api, control, bot, welder):
    made = qr.permanent(api, "poster")
    assert made.seconds is None
    control.pass_time(advance="60d")
    control.do(welder, type="scan", scene="poster")
    assert (bot.seen[-1]["Event"], bot.seen[-1]["Ticket"]) == ("SCAN", made.ticket)


def test_a_scene_that_cannot_be_is_refused(api):
    for scene in ("", "s" * 65):
        assert code(lambda scene=scene: qr.permanent(api, scene)) == ("never", 40053)
    assert code(lambda: qr.temporary(api, "s", seconds=2_592_001)) == ("never", 40052)


# tags


def test_people_are_tagged_and_untagged(api, control, welder):
    other = control.follow()
    learning = tags.create(api, "学习中")
    waiting = tags.create(api, "待考")
    tags.tag(api, learning.id, [welder, other])
    tags.tag(api, waiting.id, [welder])
    assert tags.listed(api) == [
        tags.Tag(learning.id, "学习中", 2), tags.Tag(waiting.id, "待考", 1),
    ]  # fmt: skip
    assert users.look_up(api, welder).tags == {learning.id, waiting.id}
    tags.untag(api, learning.id, [welder])
    assert users.look_up(api, welder).tags == {waiting.id}


def test_more_than_fifty_people_are_several_calls(api, control, served):
    people = [control.follow(openid=f"o{n}") for n in range(101)]
    made = tags.create(api, "all")
    tags.tag(api, made.id, people)
    assert tags.listed(api)[0].people == 101
    tags.untag(api, made.id, people)
    assert tags.listed(api)[0].people == 0
    urls = [
        row["request"]["url"] for row in control.get("/wire")["entries"] if row["kind"] == "api"
    ]
    assert sum("/batchtagging" in url for url in urls) == 3
    assert sum("/batchuntagging" in url for url in urls) == 3
    tags.tag(api, made.id, [])


def test_a_tag_is_made_once(api, welder):
    made = tags.create(api, "学习中")
    assert code(lambda: tags.create(api, "学习中")) == ("never", 45157)
    assert code(lambda: tags.tag(api, made.id + 1, [welder])) == ("never", 45159)
    assert code(lambda: tags.tag(api, made.id, ["oNobody"])) == ("never", 40003)


# people


def test_what_may_be_known_of_a_follower(api, control, world):
    now = datetime.fromtimestamp(int(world.clock.seconds()), UTC)
    openid = control.follow(scene="7")
    found = users.look_up(api, openid)
    assert (found.openid, found.follows, found.came_by) == (openid, True, "ADD_SCENE_QR_CODE")
    assert (found.scene, found.union_id, found.tags) == ("7", "", frozenset())
    assert 0 <= (found.since - now).total_seconds() < 30


def test_of_somebody_who_left_only_that_is_known(api, control, welder):
    control.client.delete(f"/control/followers/{welder}")
    assert users.look_up(api, welder) == users.Follower(welder, follows=False)
    assert code(lambda: users.look_up(api, "oNobody")) == ("never", 40003)


# customer service


def test_a_menu_message_is_shown_and_its_tap_comes_back(api, control, bot, welder):
    control.do(welder, type="text", text="x")
    asked = Said("k", "有没有单位？", (Choice(1, "有", 101), Choice(2, "没有", 102)))
    WeChatCourier(api).choices(welder, asked)
    bubble = control.bubbles(welder)[-1]
    assert (bubble["type"], bubble["text"]) == ("msgmenu", "有没有单位？\n有\n没有")
    control.do(welder, type="choose", n=2)
    assert (bot.seen[-1]["Content"], bot.seen[-1]["bizmsgmenuid"]) == ("没有", "102")


def test_typing_is_shown_for_a_while_after_a_message(api, control, welder):
    courier = WeChatCourier(api)
    control.do(welder, type="text", text="x")
    courier.typing(welder)
    assert control.bubbles(welder)[-1]["type"] == "typing"
    assert code(lambda: courier.typing(welder)) == ("never", 45081)
    control.pass_time(advance="31s")
    assert code(lambda: courier.typing(welder)) == ("never", 45080)


def test_without_a_right_no_picture_and_no_menu_goes(api, control, welder):
    control.pass_time(advance="3d")
    courier, name = WeChatCourier(api), media.upload_image(api, JPEG)
    for send in (
        lambda: courier.image(welder, name),
        lambda: courier.choices(welder, Said("k", "?", (Choice(1, "有", 101),))),
    ):
        assert code(send) == ("park", 45015)
    assert code(lambda: courier.image(welder, "none"))[0] == "never"
