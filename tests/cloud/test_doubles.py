"""The doubles keep the promises that the real adapters keep."""

import pytest
import requests

from bot.cloud.face import TencentFace
from bot.cloud.id_card import SCORE, TencentIdCard
from bot.cloud.sms import REGION, TencentSms
from bot.domain.photo import Field
from bot.ports import NotChecked, NotRead, NotSent
from tests.cloud.doubles import MemoryFace, MemoryReader, MemorySms

PHOTO = b"\xff\xd8\xff"
READ = {"name": Field("覃大川", SCORE), "id_number": Field("51021219700101001X", SCORE)}
TOLD = {"side": "FRONT", "fields": {"Name": "覃大川", "IdNum": "51021219700101001X"}}


@pytest.fixture(params=["real", "double"])
def kind(request):
    return request.param


@pytest.fixture
def sms(kind, service, control):
    control.post("/templates", {"id": "t", "kind": "sms", "text": "{1}"})
    return (
        MemorySms() if kind == "double" else TencentSms(service(region=REGION), "1400000000", "ab")
    )


@pytest.fixture
def face(kind, service):
    return MemoryFace() if kind == "double" else TencentFace(service(), "1")


def decide(face, link, passed):
    if isinstance(face, MemoryFace):
        face.decide(link.token, passed)
    else:
        requests.post(link.url, data={"result": "pass" if passed else "fail"}, timeout=5)


@pytest.fixture
def reader(kind, service, control):
    control.post("/cloud/id_card", TOLD)
    return MemoryReader(id_front=[READ]) if kind == "double" else TencentIdCard(service())


def test_each_message_has_a_number_of_its_own(sms):
    assert sms.send("13812345678", "t", ["1"]) != sms.send("13912345678", "t", ["1"])


@pytest.mark.parametrize("phone", ["", "138", "23812345678", "１３８１２３４５６７８"])
def test_a_number_that_is_none_is_told(sms, phone):
    with pytest.raises(NotSent, match=r"^number$") as error:
        sms.send(phone, "t", ["1"])
    assert not error.value.again


@pytest.mark.parametrize(("passed", "state"), [(True, "passed"), (False, "failed")])
def test_a_check_is_open_until_it_is_decided(face, passed, state):
    first, other = (face.begin("覃大川", "51021219700101001X", "") for _ in range(2))
    assert first.token != other.token
    assert face.result(first.token).state == "open"
    decide(face, first, passed)
    assert face.result(first.token).state == state
    assert face.result(first.token).reason == ("" if passed else "2016")
    assert face.result(other.token).state == "open"


def test_a_token_of_nobody_is_not_checked(face):
    with pytest.raises(NotChecked) as error:
        face.result("nobody")
    assert not error.value.again


def test_a_card_is_read_once_and_then_no_more(reader):
    read = reader.read_id_card(PHOTO, "id_front")
    assert (read.document, read.fields, read.problems) == ("id_front", READ, ())
    for paper in ("id_front", "id_back", "certificate", "portrait"):
        with pytest.raises(NotRead) as error:
            reader.read_id_card(PHOTO, paper)
        assert not error.value.again
