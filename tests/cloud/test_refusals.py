"""Whatever the cloud does, an adapter raises its port's exception and nothing else."""

import contextlib
import json
import logging

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cloud.face import TencentFace
from bot.cloud.id_card import TencentIdCard
from bot.cloud.service import Service, refusal
from bot.cloud.sms import TencentSms
from bot.cloud.speech import TencentSpeech
from bot.ports import NotChecked, NotRead, NotRecognised, NotSent

NAME, NUMBER, PHONE = "覃大川", "51021219700101001X", "13812345678"

ASKED = {
    "SentenceRecognition": (NotRecognised, lambda s: TencentSpeech(s).listen(b"#!AMR\n", "amr")),
    "SendSms": (NotSent, lambda s: TencentSms(s, "1400000000", "焊证").send(PHONE, "t", ["1"])),
    "DetectAuth": (NotChecked, lambda s: TencentFace(s, "1").begin(NAME, NUMBER, "http://b/x")),
    "GetDetectInfoEnhanced": (NotChecked, lambda s: TencentFace(s, "1").result("t")),
    "IDCardOCR": (NotRead, lambda s: TencentIdCard(s).read_id_card(b"\xff\xd8\xff", "id_front")),
}


@pytest.fixture(params=list(ASKED))
def action(request):
    return request.param


def refused(action, service):
    """Ask, and return what was raised: always the port's own."""
    raises, ask = ASKED[action]
    with pytest.raises(raises) as error:
        ask(service)
    return error.value


@pytest.fixture
def silent(caplog):
    """Nothing of a person may be in a log, at any level, or in what was raised."""
    caplog.set_level(logging.DEBUG)
    kept = logging.getLogger("tencentcloud_sdk_common").level
    logging.getLogger("tencentcloud_sdk_common").setLevel(logging.WARNING)  # as set_up_logs does
    yield lambda error: [
        one for one in (NAME, NUMBER, PHONE) if one in caplog.text + str(error) + repr(error)
    ]
    logging.getLogger("tencentcloud_sdk_common").setLevel(kept)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"key": "wrong"}, "AuthFailure.SignatureFailure"),
        ({"name": "nobody"}, "AuthFailure.SecretIdNotFound"),
        ({"key": " wrong"}, "InvalidCredential"),
        ({"name": ""}, "InvalidCredential"),
    ],
)
def test_a_wrong_account_is_not_tried_again(action, service, wrong, code, silent):
    error = refused(action, service(region="ap-guangzhou", **wrong))
    assert (str(error), error.again) == (code, False)
    assert silent(error) == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"status": 500, "body": b"oh"}, "ServerNetworkError"),
        ({"status": 502, "body": b"<html>", "kind": "text/html"}, "ServerNetworkError"),
        ({"body": b"<html>"}, "Garbled"),
        ({"body": b"<html>", "kind": "text/html"}, "Garbled"),
        ({"body": b""}, "Garbled"),
        ({"body": b"[]"}, "Garbled"),
        ({"body": b"\xff\xfe"}, "Garbled"),
        ({"body": b'{"Response": null}'}, "Garbled"),
        ({"body": b'{"Response": {"Error": null}}'}, "Garbled"),
        ({"body": b"{}"}, "Garbled"),
        ({"wait_s": 0.6}, "ClientNetworkError"),
    ],
)
def test_a_cloud_in_trouble_may_be_asked_again(action, broken, answer, reason, silent):
    error = refused(action, broken(**answer))
    assert (str(error), error.again) == (reason, True)
    assert silent(error) == []


def test_a_cloud_that_cannot_be_reached_may_be_asked_again(action, silent):
    error = refused(action, Service("i", "k", "http://127.0.0.1:9", "r"))
    assert (str(error), error.again) == ("ClientNetworkError", True)
    assert silent(error) == []


@pytest.mark.parametrize(
    ("fault", "reason", "again"),
    [
        ({"kind": "http_500"}, "ServerNetworkError", True),
        ({"kind": "garbage"}, "Garbled", True),
        ({"kind": "cut_before"}, "ClientNetworkError", True),
        ({"kind": "slow", "seconds": 1}, "ClientNetworkError", True),
        ({"kind": "code", "code": "RequestLimitExceeded"}, "RequestLimitExceeded", True),
        ({"kind": "code", "code": "InternalError"}, "InternalError", True),
        ({"kind": "code", "code": "UnauthorizedOperation"}, "UnauthorizedOperation", False),
    ],
)
def test_the_sandbox_misbehaves_on_request(action, control, service, fault, reason, again, silent):
    control.post("/faults", [{"path": action, **fault}])
    error = refused(action, service(region="ap-guangzhou", timeout_s=0.5))
    assert (str(error), error.again) == (reason, again)
    assert silent(error) == []
    assert control.get("/faults") == {"faults": []}


def test_an_error_that_quotes_a_person_is_told_by_its_code_alone(action, broken, silent):
    told = {"Code": "FailedOperation.IdNameMisMatch", "Message": f"{NAME} {NUMBER} {PHONE}"}
    body = json.dumps({"Response": {"Error": told, "RequestId": "1"}}, ensure_ascii=False).encode()
    error = refused(action, broken(body=body))
    assert (str(error), error.again) == ("FailedOperation.IdNameMisMatch", False)
    assert silent(error) == []


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 20) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
NAMES = (
    "Result", "SendStatusSet", "BizToken", "Url", "Text", "Name", "IdNum", "ValidDate",
    "AdvancedInfo", "Error", "RequestId",
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.dictionaries(st.sampled_from(NAMES), ANYTHING))
def test_no_answer_at_all_makes_anything_but_the_port_speak(action, broken, answer):
    raises, ask = ASKED[action]
    service = broken(body=json.dumps({"Response": answer}).encode())
    with contextlib.suppress(raises):
        assert ask(service) is not None


@pytest.mark.parametrize("code", ["ReadTimeout", "ChunkedEncodingError", "UnicodeDecodeError"])
def test_an_answer_the_sdk_stumbles_over_may_be_asked_for_again(code):
    assert refusal(code).again


@pytest.mark.parametrize("code", ["ClientParamsError", "LimitExceeded", "FailedOperation.DbErr"])
def test_other_codes_stay_what_they_are(code):
    assert (refusal(code).code, refusal(code).again) == (code, False)
