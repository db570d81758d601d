"""Real-name checks through the vendor's own SDK to the stand-in."""

import pytest
import requests

from bot.cloud.face import TencentFace
from bot.ports import FaceResult, NotChecked

NAME, NUMBER, BACK = "覃大川", "51021219700101001x", "http://127.0.0.1:1/back?a=1"


@pytest.fixture
def face(service):
    return TencentFace(service(), "1")


def decide(link, result):
    return requests.post(link.url, data={"result": result}, timeout=5, allow_redirects=False)


@pytest.mark.parametrize(
    ("choice", "result"),
    [
        ("pass", FaceResult("passed")),
        ("fail", FaceResult("failed", "2016")),
        ("back", FaceResult("open")),
    ],
)
def test_a_check_ends_as_its_page_says(face, choice, result):
    link = face.begin(NAME, NUMBER, BACK)
    assert face.result(link.token) == FaceResult("open")
    answer = decide(link, choice)
    assert answer.headers["Location"] == f"{BACK}&BizToken={link.token}"
    assert face.result(link.token) == result


def test_who_fails_may_show_his_face_again_within_two_hours(face, control):
    link = face.begin(NAME, NUMBER, BACK)
    decide(link, "fail")
    decide(link, "pass")
    assert face.result(link.token) == FaceResult("passed")
    late = face.begin(NAME, NUMBER, BACK)
    control.pass_time(advance="2h1m")
    assert decide(late, "pass").status_code == 200
    assert face.result(late.token) == FaceResult("open")


def test_a_check_of_days_ago_cannot_be_passed_any_more(face, control):
    link = face.begin(NAME, NUMBER, BACK)
    control.pass_time(advance="3d1m")
    assert face.result(link.token) == FaceResult("failed", "InvalidParameterValue.BizTokenExpired")


def test_who_broke_off_is_not_told_to_have_failed(broken):
    body = b'{"Response": {"Text": {"ErrCode": 17}}}'
    assert TencentFace(broken(body=body), "1").result("t") == FaceResult("open")


@pytest.mark.parametrize("code", ["false", "true", '"0"', "0.0", "[]", "{}"])
def test_nobody_passes_by_an_answer_that_is_none(broken, code):
    service = broken(body=b'{"Response": {"Text": {"ErrCode": %s}}}' % code.encode())
    with pytest.raises(NotChecked, match="Garbled"):
        TencentFace(service, "1").result("t")


@pytest.mark.parametrize("given", [b"{}", b'{"Url": "http://x"}', b'{"BizToken": "t"}'])
def test_a_check_without_a_token_or_a_link_has_not_begun(broken, given):
    service = broken(body=b'{"Response": %s}' % given)
    with pytest.raises(NotChecked, match="Garbled") as error:
        TencentFace(service, "1").begin(NAME, NUMBER, BACK)
    assert error.value.again


def test_a_token_that_is_none_is_not_asked_for_again(face):
    with pytest.raises(NotChecked, match="BizTokenIllegal") as error:
        face.result("none")
    assert not error.value.again


def test_no_picture_is_ever_asked_for(face, control):
    link = face.begin(NAME, NUMBER, BACK)
    face.result(link.token)
    asked = [entry["request"]["body"] for entry in control.get("/wire")["entries"]]
    assert "ImageBase64" not in asked[0]
    assert '"InfoType": "1"' in asked[1]
    assert "BestFrames" not in asked[1]
