"""An unmodified SDK of Python (wechatpayv3) against the stand-in, in both modes of keys."""

import gzip
import hashlib
import json
from datetime import timedelta

import pytest
from wechatpayv3 import WeChatPay, WeChatPayType

from tests.sandbox.conftest import APP_ID
from tests.sandbox.pay.conftest import API_KEY, KEY_ID, MCH, SERIAL

NUMBER = "A00000000001"


@pytest.fixture(params=["public_key", "certificates", "migrating"])
def sdk(request, merchant, served, till, tmp_path):
    """The SDK set up as its readme says, but for the address."""
    till.post("/pay/settings", {"mode": request.param})
    till.wished = till.certificate if request.param == "certificates" else KEY_ID
    folder = merchant.folder
    by_key = {
        "public_key": (folder / "platform_public_key.pem").read_text(),
        "public_key_id": KEY_ID,
    }
    by_certificate = {"cert_dir": str(folder / "certificates")}
    made = WeChatPay(
        wechatpay_type=WeChatPayType.JSAPI,
        mchid=MCH,
        private_key=(folder / "merchant_key.pem").read_text(),
        cert_serial_no=SERIAL,
        appid=APP_ID,
        apiv3_key=API_KEY,
        notify_url=till.url,
        timeout=(3, 6),
        **(by_certificate if request.param == "certificates" else by_key),
    )
    made._core._gate_way = served
    made.mode = request.param
    return made


def good(answer, status=200):
    code, text = answer
    assert code == status, text
    return json.loads(text) if text else None


def test_a_whole_life_of_an_order(sdk, till, notify, served):
    till.some("zhang")
    price = {"total": 38000, "currency": "CNY"}
    opened = good(sdk.pay("复审培训服务费", NUMBER, price, payer={"openid": "zhang"}))
    assert opened["prepay_id"].startswith("wx")
    till.post(f"/pay/orders/{NUMBER}/pay")
    found = good(sdk.query(out_trade_no=NUMBER))
    assert found["trade_state"] == "SUCCESS"
    assert good(sdk.query(transaction_id=found["transaction_id"])) == found
    back = {"refund": 100, "total": 38000, "currency": "CNY"}
    good(sdk.refund("R1", back, out_trade_no=NUMBER, reason="不学了", notify_url=till.url))
    till.pass_time(advance="6s")
    assert good(sdk.query_refund("R1"))["status"] == "SUCCESS"
    code, text = sdk.close(NUMBER)
    assert (code, json.loads(text)["code"]) == (400, "ORDERPAID")
    if sdk.mode == "migrating":
        sdk._core._certificates = []  # a notice by a certificate that this SDK must fetch
    events = [sdk.callback(dict(headers), body) for headers, body in notify.notices]
    assert [one["event_type"] for one in events] == ["TRANSACTION.SUCCESS", "REFUND.SUCCESS"]
    assert events[0]["resource"] == found | {"trade_state": "SUCCESS"}


def test_an_order_that_nobody_pays(sdk, till):
    till.some("zhang")
    price = {"total": 1, "currency": "CNY"}
    good(sdk.pay("x", NUMBER, price, payer={"openid": "zhang"}))
    assert sdk.close(NUMBER)[0] == 204
    assert good(sdk.query(out_trade_no=NUMBER))["trade_state"] == "CLOSED"


def test_a_bill(sdk, till, world):
    till.paid(NUMBER)
    # The day before, so that the clock need not be turned away from the one of the SDK.
    with world.state.turn():
        order = world.pay.orders.find(NUMBER)
        world.pay.orders.save({**order, "paid": order["paid"] - 2 * 86400})
    day = (world.clock.now() + timedelta(hours=8) - timedelta(days=2)).date().isoformat()
    told = good(sdk.trade_bill(day, tar_type="GZIP"))
    code, content = sdk.download_bill(told["download_url"])
    raw = gzip.decompress(content)
    assert (code, hashlib.sha1(raw).hexdigest()) == (200, told["hash_value"])
    assert f"`{NUMBER}," in raw.decode("utf-8-sig")


def test_certificates_are_fetched_and_opened(sdk, till):
    sdk._core._update_certificates()
    found = [f"{one.serial_number:040X}" for one in sdk._core._certificates]
    assert found == ([] if sdk.mode == "public_key" else [till.certificate])


def test_a_forged_answer_is_noticed(sdk, till):
    till.order(NUMBER)
    till.post("/faults", {"path": "*", "kind": "bad_signature"})
    with pytest.raises(Exception, match="failed to verify"):
        sdk.query(out_trade_no=NUMBER)
