"""What the cloud's stand-in shows on a phone: a short message, and the page of a face check."""

import pytest
from playwright.sync_api import expect

from sandbox.cloud import face, sms

CODE = {"id": "code", "kind": "sms", "text": "验证码{1}，{2}分钟内有效。", "code": True}
ASKED = {"SmsSdkAppId": "1400000000", "TemplateId": "code", "SignName": "焊证助手"}


def test_a_code_lies_over_the_talk_as_a_short_message(page, served, control, world):
    control.post("/templates", CODE)
    page.goto(served)
    page.get_by_role("button", name="新来一位，关注").click()
    expect(page.locator("#followers button")).to_have_count(1)
    page.get_by_label("打字").fill("138 1234 5678")
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".bubble.welder")).to_have_text("138 1234 5678")
    sms.send(world, {**ASKED, "PhoneNumberSet": ["13812345678"], "TemplateParamSet": ["4829", "5"]})
    expect(page.locator(".sms")).to_contain_text("短信")
    expect(page.locator(".sms p")).to_have_text("【焊证助手】验证码4829，5分钟内有效。")


@pytest.mark.parametrize(("button", "code"), [("通过", 0), ("不通过", 2016), ("返回", None)])
def test_a_face_check_is_settled_by_a_tap(page, served, world, button, code):
    page.set_viewport_size({"width": 360, "height": 640})
    row = {"RuleId": "1", "Name": "覃大川", "IdCard": "51021219700101001X"}
    link = face.begin(world, {**row, "RedirectUrl": f"{served}/health?a=1"})
    page.goto(link["Url"])
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for name in ("通过", "不通过", "返回"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_in_viewport()
    page.get_by_role("button", name=button, exact=True).click()
    expect(page).to_have_url(f"{served}/health?a=1&BizToken={link['BizToken']}")
    told = face.result(world, {"RuleId": "1", "BizToken": link["BizToken"], "InfoType": "1"})
    assert told["Text"]["ErrCode"] == code
