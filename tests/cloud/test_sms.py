"""Short messages through the vendor's own SDK to the stand-in."""

import pytest

from bot.cloud.sms import REGION, TencentSms
from bot.ports import NotSent

PHONE = "13812345678"
CODE = {"id": "code", "kind": "sms", "text": "验证码{1}，{2}分钟内有效。", "code": True}


@pytest.fixture
def sms(service, control):
    control.post("/templates", CODE)
    return TencentSms(service(region=REGION), "1400000000", "焊证助手")


def refused(sms, *asked):
    with pytest.raises(NotSent) as error:
        sms.send(*asked)
    return str(error.value), error.value.again


def test_a_code_reaches_the_phone_of_who_typed_the_number(sms, control):
    control.follow(openid="zhang")
    control.do("zhang", type="text", text="我的手机是138 1234 5678")
    serial = sms.send(PHONE, "code", ["482913", "5"])
    (sent,) = control.get("/sms")["sms"]
    assert serial == sent["serial"] != ""
    assert control.bubbles("zhang")[-1]["text"] == "【焊证助手】验证码482913，5分钟内有效。"
    assert control.bubbles("zhang")[-1]["via"] == "sms"


@pytest.mark.parametrize("phone", ["1381234567", "23812345678", "+8513812345678", "", "１３８…"])
def test_what_is_no_number_of_the_mainland_costs_no_request(sms, control, phone):
    assert refused(sms, phone, "code", ["1", "5"]) == ("number", False)
    assert control.get("/wire")["entries"] == []


def test_a_number_with_its_country_is_the_same_number(sms, control):
    for phone in ("+8613812345678", PHONE):
        sms.send(phone, "code", ["1", "5"])
        control.pass_time(advance="31s")
    assert [one["phone"] for one in control.get("/sms")["sms"]] == [PHONE, PHONE]
    asked = [one["request"]["body"] for one in control.get("/wire")["entries"]]
    assert ['["+8613812345678"]' in body for body in asked] == [True, True]


def test_too_soon_and_too_many_are_told_apart_and_not_tried_again(sms, control):
    sms.send(PHONE, "code", ["1", "5"])
    assert refused(sms, PHONE, "code", ["2", "5"]) == ("too_soon", False)
    for _ in range(4):
        control.pass_time(advance="31s")
        sms.send(PHONE, "code", ["1", "5"])
    control.pass_time(advance="31s")
    assert refused(sms, PHONE, "code", ["1", "5"]) == ("too_many", False)
    sms.send("13912345678", "code", ["1", "5"])


@pytest.mark.parametrize(
    ("template", "values", "code"),
    [
        ("other", ["1", "5"], "FailedOperation.TemplateIncorrectOrUnapproved"),
        ("code", ["1"], "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"),
        ("code", ["abc", "5"], "InvalidParameterValue.TemplateParameterFormatError"),
    ],
)
def test_a_mistake_of_ours_is_told_by_its_code(sms, template, values, code):
    assert refused(sms, PHONE, template, values) == (code, False)


def test_a_number_that_refuses_messages_is_told_to_be_barred(broken):
    code = "FailedOperation.PhoneNumberInBlacklist"
    service = broken(body=b'{"Response": {"SendStatusSet": [{"Code": "%s"}]}}' % code.encode())
    assert refused(TencentSms(service, "1400000000", "x"), PHONE, "t", []) == ("barred", False)


def test_a_carrier_in_trouble_may_be_tried_again(broken):
    body = b'{"Response": {"SendStatusSet": [{"Code": "InternalError.Timeout"}]}}'
    told = refused(TencentSms(broken(body=body), "1400000000", "x"), PHONE, "t", [])
    assert told == ("InternalError.Timeout", True)
