"""Who may ask, and how every answer is signed."""

import time

import pytest
from cryptography.exceptions import InvalidSignature

from tests.sandbox.pay.conftest import KEY_ID, MCH

QUERY = f"/v3/pay/transactions/out-trade-no/A00000000001?mchid={MCH}"


def test_a_signed_request_is_answered_and_signed(till):
    till.order()
    answer = till.ask("GET", QUERY)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert till.verify(answer.headers, answer.get_data()) == KEY_ID


@pytest.mark.parametrize(
    "changes",
    [
        {"mchid": "1900000108"},
        {"serial_no": "0" * 40},
        {"timestamp": "x"},
        {"timestamp": str(int(time.time()) - 400)},
        {"timestamp": str(int(time.time()) + 4000)},
    ],
)
def test_a_wrong_authorization_is_refused_without_a_signature(till, changes):
    answer = till.ask("GET", QUERY, **changes)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "SIGN_ERROR")
    assert "Wechatpay-Signature" not in answer.headers


@pytest.mark.parametrize("header", [None, "Bearer x", 'WECHATPAY2-SHA256-RSA2048 mchid="1"'])
def test_a_request_without_a_good_header_is_refused(till, header):
    assert till.error("GET", QUERY, headers={"Authorization": header}) == (401, "SIGN_ERROR")


def test_a_signature_of_another_body_method_or_address_is_refused(till):
    path = "/v3/pay/transactions/jsapi"
    other = till.authorization("POST", path, "{}")
    answer = till.ask("POST", path, till.row(), headers={"Authorization": other})
    assert answer.status_code == 401
    told = answer.get_json()["detail"]["sign_information"]
    assert (told["method"], told["url"]) == ("POST", path)
    for header in (till.authorization("POST", QUERY, ""), till.authorization("GET", path, "")):
        assert till.error("GET", QUERY, headers={"Authorization": header})[0] == 401


def test_what_is_signed_is_the_address_as_it_was_sent(till):
    till.order()
    assert till.ask("GET", f"{QUERY}&x=%E7%84%8A%2f").status_code == 200


def test_headers_that_wechat_demands(till):
    path = "/v3/refund/domestic/refunds/none"
    assert till.error("GET", path, headers={"Accept": None}) == (400, "INVALID_REQUEST")


def test_another_path_or_method_has_no_body(till):
    for method, path, status in (
        ("GET", "/v3/none", 404),
        ("GET", "/v3/pay/transactions/jsapi", 405),
    ):
        answer = till.ask(method, path)
        assert (answer.status_code, answer.get_data()) == (status, b"")


def test_the_answer_is_signed_as_the_request_wishes(till):
    till.order()

    def serial(wished):
        answer = till.ask("GET", QUERY, headers={"Wechatpay-Serial": wished})
        assert answer.status_code == 200
        return till.verify(answer.headers, answer.get_data())

    def refused(wished):
        return till.error("GET", QUERY, headers={"Wechatpay-Serial": wished})

    assert serial(None) == KEY_ID
    assert refused(till.certificate) == (400, "PARAM_ERROR")
    till.post("/pay/settings", {"mode": "migrating"})
    assert serial(None) == till.certificate
    assert serial(till.certificate) == till.certificate
    assert serial(KEY_ID) == KEY_ID
    till.post("/pay/settings", {"mode": "certificates"})
    assert serial(None) == till.certificate
    assert refused(KEY_ID) == (400, "PARAM_ERROR")
    assert refused("0" * 40) == (400, "PARAM_ERROR")


def test_a_refusal_of_who_is_known_is_signed(till):
    answer = till.ask("GET", QUERY)
    assert (answer.status_code, answer.get_json()["code"]) == (404, "ORDER_NOT_EXIST")
    till.verify(answer.headers, answer.get_data())
    with pytest.raises(InvalidSignature):
        till.verify(answer.headers, answer.get_data() + b" ")


def test_certificates_are_there_unless_there_is_a_public_key(till, world):
    path = "/v3/certificates"
    assert till.error("GET", path) == (404, "RESOURCE_NOT_EXISTS")
    till.post("/pay/settings", {"mode": "certificates"})
    answer = till.ask("GET", path, headers={"Wechatpay-Serial": None})
    (row,) = answer.get_json()["data"]
    assert row["serial_no"] == till.certificate == till.verify(answer.headers, answer.get_data())
