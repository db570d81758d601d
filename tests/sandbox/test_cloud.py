"""The cloud's stand-in: its door, and what the control interface tells of it."""

import json

import pytest

from sandbox.cloud import face, id_card, sms
from sandbox.cloud.call import Refused

SMS = {"SmsSdkAppId": "1400000000", "TemplateId": "code", "SignName": "焊证助手"}
CODE = {"id": "code", "kind": "sms", "text": "验证码{1}，{2}分钟内有效。", "code": True}


def asked(control, action, **headers):
    named = {"X-TC-Action": action, **headers}
    return control.client.post("/", json={}, headers=named).get_json()["Response"]


@pytest.mark.parametrize(
    ("action", "headers", "code"),
    [
        ("Nothing", {}, "InvalidAction"),
        ("SendSms", {"X-TC-Version": "2019-07-11"}, "NoSuchVersion"),
        ("SendSms", {"X-TC-Version": "2021-01-11"}, "MissingParameter"),
        ("DetectAuth", {"X-TC-Version": "2018-03-01"}, "AuthFailure.SignatureFailure"),
    ],
)
def test_the_door_refuses_as_the_cloud_does(control, action, headers, code):
    answer = asked(control, action, **headers)
    assert answer["Error"]["Code"] == code
    assert len(answer["RequestId"]) == 36


def test_a_signature_for_another_service_opens_nothing(control):
    scope = "Credential=sandbox-cloud-id/2026-11-24/asr/tc3_request"
    head = f"TC3-HMAC-SHA256 {scope}, SignedHeaders=content-type;host, Signature={'0' * 64}"
    answer = asked(control, "DetectAuth", **{"X-TC-Version": "2018-03-01", "Authorization": head})
    assert answer["Error"]["Code"] == "AuthFailure.SignatureFailure"


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "code", "path": "SendSms"},
        {"kind": "code", "path": "/cgi-bin/token", "code": "InternalError"},
        {"kind": "errcode", "path": "SendSms", "errcode": -1},
        {"kind": "garbage", "path": "push"},
    ],
)
def test_a_fault_that_cannot_strike_is_refused(control, rule):
    assert control.refused("/faults", rule).endswith(".")


def test_a_fault_strikes_an_action_by_its_name(control):
    control.post("/faults", {"kind": "http_500", "path": "DetectAuth"})
    assert asked(control, "SendSms")["Error"]["Code"] == "NoSuchVersion"
    answer = control.client.post("/", json={}, headers={"X-TC-Action": "DetectAuth"})
    assert answer.status_code == 500
    entries = control.get("/wire")["entries"]
    assert [entry["request"]["url"] for entry in entries] == ["SendSms", "DetectAuth"]
    assert {entry["kind"] for entry in entries} == {"cloud"}


def test_a_picture_does_not_fill_the_wire_log(control):
    control.client.post("/", json={"ImageBase64": "A" * 5000}, headers={"X-TC-Action": "IDCardOCR"})
    (entry,) = control.get("/wire")["entries"]
    assert "(5000 signs)" in entry["request"]["body"]


# short messages


@pytest.fixture
def send(world, control):
    control.post("/templates", CODE)

    def one(number="+8613812345678", values=("4829", "5"), **more):
        row = {**SMS, "PhoneNumberSet": [number], "TemplateParamSet": list(values), **more}
        return sms.send(world, row)["SendStatusSet"][0]

    return one


def test_a_message_goes_to_the_phone_where_its_number_was_typed_last(control, send):
    for one, words in (
        ("zhang", "13812345678"),
        ("li", "电话：１３８－１２３４　５６７８ 45岁"),
        ("wang", "113812345678，身份证510213812345678012"),
    ):
        control.follow(openid=one)
        control.do(one, type="text", text=words)
    status = send()
    assert (status["Code"], status["Fee"], status["IsoCode"]) == ("Ok", 1, "CN")
    (told,) = control.get("/sms")["sms"]
    assert told == {
        "n": 1,
        "at": told["at"],
        "phone": "13812345678",
        "openid": "li",
        "serial": status["SerialNo"],
        "text": "【焊证助手】验证码4829，5分钟内有效。",
        "template": "code",
    }
    (bubble,) = [b for b in control.bubbles("li") if b["via"] == "sms"]
    assert (bubble["from"], bubble["type"], bubble["text"]) == ("account", "text", told["text"])
    assert [b for one in ("zhang", "wang") for b in control.bubbles(one) if b["via"] == "sms"] == []
    control.do("zhang", type="text", text="+86 138 1234 5678")
    control.pass_time(advance="31s")
    send()
    assert control.get("/sms?after=1")["sms"][0]["openid"] == "zhang"


def test_a_number_nobody_typed_is_told_to_the_control_alone(control, send):
    send()
    assert control.get("/sms")["sms"][0]["openid"] is None


def test_each_limit_is_counted_by_number_and_virtual_time(control, send):
    def codes(n, pause):
        found = []
        for _ in range(n):
            found.append(send()["Code"].removeprefix("LimitExceeded.PhoneNumber"))
            control.pass_time(advance=pause)
        return found

    control.pass_time(to="2027-03-01T09:00:00+08:00")
    assert codes(2, "29s") == ["Ok", "ThirtySecondLimit"]
    assert send("+8613912345678")["Code"] == "Ok"
    assert codes(5, "31s") == ["Ok"] * 4 + ["OneHourLimit"]
    control.pass_time(advance="1h")
    assert codes(6, "20m") == ["Ok"] * 5 + ["DailyLimit"]
    control.pass_time(to="2027-03-02T00:00:01+08:00")
    assert codes(1, "1s") == ["Ok"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": "138"}, "InvalidParameterValue.IncorrectPhoneNumber"),
        ({"TemplateId": "demo_expiry"}, "FailedOperation.TemplateIncorrectOrUnapproved"),
        ({"SignName": ""}, "FailedOperation.SignatureIncorrectOrUnapproved"),
        ({"values": ()}, "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"),
        ({"values": ("1234567", "5")}, "InvalidParameterValue.TemplateParameterFormatError"),
    ],
)
def test_a_message_that_carriers_would_not_take_has_its_code(control, send, change, code):
    control.post("/templates", {"id": "demo_expiry", "kind": "subscription", "fields": {}})
    assert send(**change)["Code"] == code
    assert control.get("/sms") == {"sms": []}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"PhoneNumberSet": []}, "MissingParameter.EmptyPhoneNumberSet"),
        ({"PhoneNumberSet": ["1"] * 201}, "LimitExceeded.PhoneNumberCountLimit"),
        ({"SmsSdkAppId": "x"}, "UnauthorizedOperation.SmsSdkAppIdVerifyFail"),
    ],
)
def test_a_request_that_is_wrong_as_a_whole_is_refused(world, row, code):
    with pytest.raises(Refused) as error:
        sms.send(world, {**SMS, "PhoneNumberSet": ["13812345678"], **row})
    assert error.value.code == code


# faces


CHECK = {"RuleId": "1", "Name": "覃大川", "IdCard": "51021219700101001X", "RedirectUrl": ""}


def test_the_page_shows_who_is_checked_but_not_all_of_it(world, control):
    link = face.begin(world, CHECK)
    page = control.client.get(link["Url"]).get_data(as_text=True)
    for word in ("通过", "不通过", "返回", "覃**"):
        assert word in page
    assert "大川" not in page
    assert "19700101" not in page


def test_a_check_without_an_address_to_go_back_to_says_how_it_is(world, control):
    link = face.begin(world, CHECK)
    page = control.client.post(link["Url"], data={"result": "pass"}).get_data(as_text=True)
    assert "已经通过" in page
    told = face.result(world, {"RuleId": "1", "BizToken": link["BizToken"], "InfoType": "1"})
    assert (told["Text"]["ErrCode"], told["BestFrame"]) == (0, None)


def test_what_is_over_cannot_be_decided_again(world, control):
    link = face.begin(world, CHECK)
    for choice in ("pass", "fail"):
        control.client.post(link["Url"], data={"result": choice})
    asked_for = {"RuleId": "1", "BizToken": link["BizToken"]}
    assert face.result(world, asked_for)["Text"]["ErrCode"] == 0
    assert control.client.get("/face/none").status_code == 404
    assert control.client.post("/face/none").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"IdCard": "51021219700101001x"},
        {"IdCard": "5102121970010100"},
        {"Name": "长" * 33},
        {"RuleId": ""},
        {"RedirectUrl": "http://x/" + "a" * 1024},
    ],
)
def test_a_check_that_cannot_begin_is_refused(world, change):
    with pytest.raises(Refused) as error:
        face.begin(world, {**CHECK, **change})
    assert error.value.code in {"InvalidParameterValue", "MissingParameter"}


def test_another_rule_does_not_see_the_result(world):
    token = face.begin(world, CHECK)["BizToken"]
    with pytest.raises(Refused, match="illegal"):
        face.result(world, {"RuleId": "2", "BizToken": token})


# ID cards


PHOTO = {"ImageBase64": "/9j/4AAQ"}


def test_what_is_told_is_read_in_turn_side_by_side(world, control):
    rows = [
        {"side": "FRONT", "fields": {"Name": "一"}, "times": 2},
        {"side": "BACK", "fields": {"ValidDate": "2017.08.12-长期"}},
        {"side": "FRONT", "fields": {"Name": "二"}},
    ]
    assert len(control.post("/cloud/id_card", rows)["answers"]) == 3
    back = id_card.read(world, {**PHOTO, "CardSide": "BACK"})
    assert (back["ValidDate"], back["Name"]) == ("2017.08.12-长期", "")
    names = [id_card.read(world, {**PHOTO, "CardSide": "FRONT"})["Name"] for _ in range(3)]
    assert names == ["一", "一", "二"]
    with pytest.raises(Refused, match="nothing was read") as error:
        id_card.read(world, PHOTO)
    assert error.value.code == "FailedOperation.OcrFailed"


def test_a_warning_is_given_to_who_asks_for_it(world, control):
    row = {"side": "FRONT", "warnings": [-9102, -9107], "quality": 40, "times": 2}
    control.post("/cloud/id_card", row)
    assert json.loads(id_card.read(world, PHOTO)["AdvancedInfo"]) == {}
    config = json.dumps({"CopyWarn": True, "Quality": True, "ReflectWarn": False})
    told = json.loads(id_card.read(world, {**PHOTO, "Config": config})["AdvancedInfo"])
    assert told == {"WarnInfos": [-9102], "Quality": 40}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({}, "MissingParameter"),
        ({"ImageBase64": "AAAA"}, "FailedOperation.ImageDecodeFailed"),
        ({"ImageBase64": "?"}, "FailedOperation.ImageDecodeFailed"),
        ({"ImageBase64": "A" * (10 << 20) + "AAAA"}, "LimitExceeded.TooLargeFileError"),
        ({**PHOTO, "Config": "{"}, "InvalidParameter.ConfigFormatError"),
        ({**PHOTO, "CardSide": "LEFT"}, "InvalidParameterValue.InvalidParameterValueLimit"),
    ],
)
def test_a_photo_the_cloud_would_not_take_is_refused(world, row, code):
    with pytest.raises(Refused) as error:
        id_card.read(world, row)
    assert error.value.code == code


@pytest.mark.parametrize(
    "row",
    [
        {},
        [1],
        {"side": "LEFT"},
        {"side": "FRONT", "fields": {"name": "x"}},
        {"side": "FRONT", "warnings": [1]},
        {"side": "FRONT", "warnings": [[]]},
        {"side": "FRONT", "times": 0},
        {"side": "FRONT", "times": True},
        {"side": "FRONT", "quality": 101},
    ],
)
def test_an_answer_that_cannot_be_is_one_sentence(control, row):
    assert control.refused("/cloud/id_card", row).endswith(".")
    assert control.get("/cloud/id_card") == {"answers": []}


def test_answers_can_be_taken_back(control):
    control.post("/cloud/id_card", {"side": "FRONT"})
    assert control.client.delete("/control/cloud/id_card").get_json() == {"answers": []}
    assert control.get("/cloud/id_card") == {"answers": []}
