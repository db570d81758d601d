"""What WeChat Pay is asked, and what of its answers is believed; told by a script."""

import base64
import gzip
import hashlib
import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from bot.domain.order import Refund
from bot.domain.statement import Line
from bot.ports.till import Asked, PayFailed, Return, Trade
from tests.pay.conftest import APP, KEY_ID, MERCHANT, NUMBER, REFUND, SERIAL, paid, refunded
from tests.pay.test_statement import bill, payment

ASKED = Asked(NUMBER, 12345, "培训服务费 1 项", datetime(2026, 11, 26, 2, tzinfo=UTC))
BACK = Refund(REFUND, NUMBER, 40, "wish", "due", "li", datetime(2026, 11, 25, tzinfo=UTC))
AT = datetime(2026, 11, 24, 1, 59, 58, tzinfo=UTC)


def failed(call, *values):
    with pytest.raises(PayFailed) as error:
        call(*values)
    return error.value.nature, error.value.code


def proved(merchant, signature, *lines):
    """Check a signature of ours with the merchant's public key."""
    message = "".join(f"{line}\n" for line in lines).encode()
    public = merchant.private.public_key()
    public.verify(base64.b64decode(signature), message, PKCS1v15(), SHA256())
    return True


def test_a_payment_inside_wechat_is_opened_and_its_sheet_signed(till, script, merchant):
    script.say({"prepay_id": "wx201410272009395522657a690389285100"})
    sheet = till.sheet(ASKED, "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
    assert set(sheet) == {"appId", "timeStamp", "nonceStr", "package", "signType", "paySign"}
    assert sheet["package"] == "prepay_id=wx201410272009395522657a690389285100"
    assert (sheet["appId"], sheet["signType"]) == (APP, "RSA")
    lines = (sheet[name] for name in ("appId", "timeStamp", "nonceStr", "package"))
    assert proved(merchant, sheet["paySign"], *lines)
    ((method, path, headers, body),) = script.asked
    assert (method, path) == ("POST", "/v3/pay/transactions/jsapi")
    assert json.loads(body) == {
        "appid": APP,
        "mchid": MERCHANT,
        "description": "培训服务费 1 项",
        "out_trade_no": NUMBER,
        "time_expire": "2026-11-26T10:00:00+08:00",
        "notify_url": "https://bot.example.org/pay/notify",
        "amount": {"total": 12345, "currency": "CNY"},
        "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
    }
    scheme, _, rest = headers["Authorization"].partition(" ")
    told = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    assert (scheme, told["mchid"], told["serial_no"]) == (
        "WECHATPAY2-SHA256-RSA2048",
        MERCHANT,
        SERIAL,
    )
    signed = (method, path, told["timestamp"], told["nonce_str"], body.decode())
    assert proved(merchant, told["signature"], *signed)


def test_each_mode_asks_for_the_signature_it_can_prove(make_till, script, merchant):
    answer = {"code_url": "weixin://wxpay/bizpayurl?pr=NwY5Mz9"}
    script.say(answer)
    make_till().code(ASKED)
    script.say(answer, serial=merchant.certificate_serial)
    by_certificate = {"wechatpay_public_key_id": "", "wechatpay_public_key_file": None}
    make_till(**by_certificate).code(ASKED)
    serials = [headers.get("Wechatpay-Serial") for _, _, headers, _ in script.asked]
    assert serials == [KEY_ID, None]


def test_a_payment_by_a_code_is_opened_for_anybody(till, script):
    script.say({"code_url": "weixin://wxpay/bizpayurl?pr=NwY5Mz9"})
    assert till.code(ASKED) == "weixin://wxpay/bizpayurl?pr=NwY5Mz9"
    ((_, path, _, body),) = script.asked
    assert path == "/v3/pay/transactions/native"
    assert "payer" not in json.loads(body)


@pytest.mark.parametrize(
    ("state", "stands"),
    [("SUCCESS", "paid"), ("REFUND", "paid"), ("NOTPAY", "open"), ("USERPAYING", "open"),
     ("PAYERROR", "open"), ("CLOSED", "closed"), ("REVOKED", "closed")],
)  # fmt: skip
def test_a_payment_is_asked_about(till, script, state, stands):
    script.say(paid(trade_state=state))
    told = (100, "4200000925202101284997714292", AT) if stands == "paid" else ()
    assert till.trade(NUMBER) == Trade(NUMBER, stands, *told)
    ((method, path, _, _),) = script.asked
    assert (method, path) == ("GET", f"/v3/pay/transactions/out-trade-no/{NUMBER}?mchid={MERCHANT}")


def test_an_open_payment_needs_no_amount(till, script):
    bare = {"appid": APP, "mchid": MERCHANT, "out_trade_no": NUMBER, "trade_state": "NOTPAY"}
    script.say(bare)
    assert till.trade(NUMBER) == Trade(NUMBER, "open")


def test_one_that_was_never_there_is_closed(till, script):
    script.say({"code": "ORDER_NOT_EXIST", "message": "订单不存在"}, 404)
    assert till.trade(NUMBER) == Trade(NUMBER, "closed")
    script.say({"code": "ORDERNOTEXIST"}, 404)  # as older pages spell it
    assert till.trade(NUMBER) == Trade(NUMBER, "closed")


def test_a_page_that_is_not_found_is_no_word_of_wechat(till, script):
    script.say(b"<html>", 404, signed=False)
    assert failed(till.trade, NUMBER) == ("again", "http_404")


def test_a_payment_is_closed(till, script):
    script.say(None, 204)
    till.close(NUMBER)
    for code, status in (("ORDER_CLOSED", 400), ("ORDER_NOT_EXIST", 404)):
        script.say({"code": code}, status)
        till.close(NUMBER)
    method, path, _, body = script.asked[0]
    assert (method, path) == ("POST", f"/v3/pay/transactions/out-trade-no/{NUMBER}/close")
    assert json.loads(body) == {"mchid": MERCHANT}


def test_one_that_is_paid_or_being_paid_is_not_closed(till, script):
    for code in ("ORDERPAID", "ORDER_PAID"):
        script.say({"code": code}, 400)
        assert failed(till.close, NUMBER) == ("refused", "ORDERPAID")
    script.say({"code": "USERPAYING"}, 202)
    assert failed(till.close, NUMBER) == ("again", "USERPAYING")


def test_money_is_given_back(till, script):
    script.say(refunded("status", status="PROCESSING", success_time=None))
    assert till.give_back(BACK, 100) == Return(REFUND, NUMBER, 40, "processing")
    ((method, path, _, body),) = script.asked
    assert (method, path) == ("POST", "/v3/refund/domestic/refunds")
    assert json.loads(body) == {
        "out_refund_no": REFUND,
        "out_trade_no": NUMBER,
        "amount": {"refund": 40, "total": 100, "currency": "CNY"},
        "notify_url": "https://bot.example.org/pay/refund-notify",
    }


def test_a_refund_is_asked_about(till, script):
    script.say(refunded("status"))
    assert till.given_back(REFUND) == Return(REFUND, NUMBER, 40, "done", AT)
    script.say({"code": "RESOURCE_NOT_EXISTS"}, 404)
    assert failed(till.given_back, REFUND) == ("refused", "RESOURCE_NOT_EXISTS")
    assert script.asked[0][1] == f"/v3/refund/domestic/refunds/{REFUND}"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"mchid": "1900000110"}, ("alert", "foreign_merchant")),
        ({"appid": "wx0000000000000002"}, ("alert", "foreign_account")),
        ({"out_trade_no": REFUND}, ("alert", "foreign_number")),
        ({"amount": {"total": 100, "currency": "USD"}}, ("alert", "foreign_currency")),
        ({"amount": None}, ("again", "garbled")),
        ({"trade_state": "ODD"}, ("again", "garbled")),
        ({"transaction_id": ""}, ("again", "garbled")),
        ({"success_time": 1}, ("again", "garbled")),
    ],
)
def test_a_payment_that_is_not_the_one_asked_about_is_not_believed(till, script, change, told):
    script.say(paid(**change))
    assert failed(till.trade, NUMBER) == told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"out_refund_no": NUMBER}, ("alert", "foreign_number")),
        ({"out_trade_no": REFUND}, ("alert", "foreign_number")),
        ({"amount": {"refund": 41}}, ("alert", "foreign_number")),
        ({"amount": {"refund": 40, "currency": "HKD"}}, ("alert", "foreign_currency")),
        ({"status": "ODD"}, ("again", "garbled")),
    ],
)
def test_a_refund_that_is_not_the_one_asked_for_is_not_believed(till, script, change, told):
    script.say(refunded("status", **change))
    assert failed(till.give_back, BACK, 100) == told


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (500, "SYSTEM_ERROR", ("again", "SYSTEM_ERROR")),
        (500, "SYSTEMERROR", ("again", "SYSTEM_ERROR")),
        (429, "FREQUENCY_LIMITED", ("again", "FREQUENCY_LIMITED")),
        (429, "NEW_LIMIT", ("again", "NEW_LIMIT")),
        (500, "BANK_ERROR", ("again", "BANK_ERROR")),
        (403, "RULE_LIMIT", ("again", "RULE_LIMIT")),
        (503, "SERVICE_UNAVAILABLE", ("again", "SERVICE_UNAVAILABLE")),
        (502, "", ("again", "http_502")),
        (403, "", ("again", "http_403")),
        (400, "ORDERPAID", ("refused", "ORDERPAID")),
        (400, "ORDER_CLOSED", ("refused", "ORDER_CLOSED")),
        (400, "PARAM_ERROR", ("refused", "PARAM_ERROR")),
        (400, "INVALID_REQUEST", ("refused", "INVALID_REQUEST")),
        (403, "OUT_TRADE_NO_USED", ("refused", "OUT_TRADE_NO_USED")),
        (500, "OPENID_MISMATCH", ("refused", "OPENID_MISMATCH")),
        (400, "NEW_CODE", ("refused", "NEW_CODE")),
        (401, "SIGN_ERROR", ("alert", "SIGN_ERROR")),
        (401, "NEW_CODE", ("alert", "NEW_CODE")),
        (403, "NO_AUTH", ("alert", "NO_AUTH")),
        (403, "NOAUTH", ("alert", "NO_AUTH")),
        (400, "APPID_MCHID_NOT_MATCH", ("alert", "APPID_MCHID_NOT_MATCH")),
        (403, "NOT_ENOUGH", ("alert", "NOT_ENOUGH")),
        (403, "ACCOUNTERROR", ("alert", "ACCOUNT_ERROR")),
        (403, "USER_ACCOUNT_ABNORMAL", ("alert", "USER_ACCOUNT_ABNORMAL")),
        (400, "a person's name", ("again", "http_400")),
        (400, ["ORDERPAID"], ("again", "http_400")),
    ],
)
def test_a_refusal_says_what_to_do(till, script, status, code, told):
    script.say({"code": code, "message": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}, status)
    assert failed(till.code, ASKED) == told


def test_no_answer_may_mean_that_it_was_done(till, script):
    script.say({"code_url": "x"}, wait_s=0.6)
    assert failed(till.code, ASKED) == ("again", "timeout")
    script.say(cut=True)
    assert failed(till.code, ASKED) == ("again", "cut")
    script.server.server_close()
    assert failed(till.code, ASKED) == ("again", "cut")


@pytest.mark.parametrize(
    "answer",
    [b"", b"<html>", b"[1]", b"\xff", b"{}", b'{"code_url": ""}', b'{"code_url": 1}', b"[" * 9999],
)
def test_what_is_signed_and_no_answer_is_garbled(till, script, answer):
    script.say(answer)
    told = failed(till.code, ASKED)
    assert told == ("again", "signature" if answer == b"\xff" else "garbled")


def test_an_answer_that_wechat_did_not_sign_is_not_believed(till, script, merchant):
    good = {"code_url": "weixin://wxpay/bizpayurl?pr=NwY5Mz9"}
    other = script.platform.signed(b"{}")["Wechatpay-Signature"]
    now = datetime.now(UTC)
    script.say(good, signed=False)
    script.say(good, headers={"Wechatpay-Signature": other})
    script.say(good, headers={"Wechatpay-Signature": f"WECHATPAY/SIGNTEST/{other}"})
    script.say(good, headers={"Wechatpay-Serial": merchant.certificate_serial})
    script.say(good, headers={"Wechatpay-Serial": "PUB_KEY_ID_9"})
    script.say(good, at=now - timedelta(minutes=6))
    script.say(good, at=now + timedelta(minutes=6))
    for asked in range(1, 8):
        assert failed(till.code, ASKED) == ("again", "signature")
        assert len(script.asked) == asked, "an unknown serial asks nobody"


@pytest.mark.parametrize(
    "number", ["", "short", "../../../v3/certificates", "a?mchid=1", "a b c d", "x" * 65]
)
def test_a_number_that_would_change_the_address_goes_nowhere(till, script, number):
    assert failed(till.trade, number) == ("refused", "number")
    assert failed(till.close, number) == ("refused", "number")
    assert failed(till.given_back, number) == ("refused", "number")
    assert script.asked == []


def test_a_statement_is_fetched_from_nowhere_but_our_address(till, script):
    plain = bill([payment(NUMBER, "123.45")])
    digest = hashlib.sha1(plain).hexdigest()
    for host in (script.base, "https://api2.mch.weixin.qq.com", "https://evil.example"):
        url = f"{host}/v3/billdownload/file?token=abc"
        script.say({"hash_type": "SHA1", "hash_value": digest, "download_url": url})
        file = {"Content-Type": "application/octet-stream"}
        script.say(gzip.compress(plain), signed=False, headers=file)
        lines = till.statement(date(2026, 11, 23))
        assert lines == (Line("payment", NUMBER, 12345, "SUCCESS"),)
        asked, fetched = (path for _, path, _, _ in script.asked[-2:])
        assert asked == "/v3/bill/tradebill?bill_date=2026-11-23&bill_type=ALL&tar_type=GZIP"
        assert fetched == "/v3/billdownload/file?token=abc"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("NO_STATEMENT_EXIST", ("refused", "NO_STATEMENT_EXIST")),
        ("STATEMENT_CREATING", ("again", "STATEMENT_CREATING")),
    ],
)
def test_a_day_without_a_statement_is_told(till, script, code, told):
    script.say({"code": code}, 400)
    assert failed(till.statement, date(2026, 11, 23)) == told


def test_a_statement_that_is_not_the_one_announced_is_not_read(till, script):
    plain = bill([payment(NUMBER, "123.45")])
    told = {"hash_type": "SHA1", "hash_value": "0" * 40, "download_url": "https://h/v3/x?t=1"}
    script.say(told)
    script.say(plain, signed=False)
    assert failed(till.statement, date(2026, 11, 23)) == ("alert", "statement_hash")
    script.say({**told, "hash_type": "MD5"})
    assert failed(till.statement, date(2026, 11, 23)) == ("alert", "statement_hash")
    script.say({**told, "download_url": None})
    assert failed(till.statement, date(2026, 11, 23)) == ("again", "garbled")
    script.say(told)
    script.say(b"<html>", 404, signed=False)
    assert failed(till.statement, date(2026, 11, 23)) == ("again", "http_404")


def test_no_person_and_no_key_stands_in_the_log(till, script, caplog):
    caplog.set_level("DEBUG")
    script.say({"prepay_id": "wx2014"})
    till.sheet(ASKED, "oSecretPayer")
    script.say({"code": "ORDERPAID", "message": "oSecretPayer"}, 400)
    failed(till.sheet, ASKED, "oSecretPayer")
    script.say({}, signed=False)
    failed(till.sheet, ASKED, "oSecretPayer")
    ours = [record.getMessage() for record in caplog.records if record.name == "bot.pay.wire"]
    assert [re.sub(r"\d+ ms", "MS", line) for line in ours] == [
        "wechat pay: pay: done in MS",
        "wechat pay: pay: ORDERPAID, refused, in MS",
        "wechat pay: an answer is not believed: header",
        "wechat pay: pay: signature, again, in MS",
    ]
    for secret in ("oSecretPayer", "signature=", NUMBER, "培训"):
        assert secret not in caplog.text
