"""Opening, paying, asking, closing."""

import pytest

from tests.sandbox.pay.conftest import MCH

JSAPI, NATIVE = "/v3/pay/transactions/jsapi", "/v3/pay/transactions/native"
CLOSE = "/v3/pay/transactions/out-trade-no/A00000000001/close"
ORDER = "/pay/orders/A00000000001"


def test_an_order_is_opened_paid_and_told(till, notify):
    assert till.order().startswith("wx")
    assert till.trade()["trade_state"] == "NOTPAY"
    assert "transaction_id" not in till.trade()
    till.post(f"{ORDER}/pay")
    trade = till.trade()
    assert (trade["trade_state"], trade["trade_state_desc"]) == ("SUCCESS", "支付成功")
    assert trade["payer"] == {"openid": "zhang"}
    assert trade["amount"]["total"] == 38000
    assert trade["success_time"].endswith("+08:00")
    assert (
        till.good("GET", f"/v3/pay/transactions/id/{trade['transaction_id']}?mchid={MCH}") == trade
    )
    till.settled()
    assert till.opened(notify.notices[0]) == ("TRANSACTION.SUCCESS", trade)


def test_who_has_paid_may_be_written_to(till):
    till.paid()
    assert "payment" in {one["reason"] for one in till.get("/followers/zhang")["allowance"]}


def test_the_same_request_gives_another_prepay_id(till):
    assert till.order() != till.order()
    assert len(till.get(ORDER)["tickets"]) == 2


def test_a_number_with_other_values_is_refused(till):
    till.order()
    for row in (till.row(description="x"), till.row(amount={"total": 1, "currency": "CNY"})):
        assert till.error("POST", JSAPI, row) == (403, "OUT_TRADE_NO_USED")
    assert till.error("POST", NATIVE, till.row()) == (403, "OUT_TRADE_NO_USED")


def test_an_order_that_is_over_is_not_opened_again(till):
    till.order()
    till.good("POST", CLOSE, {"mchid": MCH}, status=204)
    till.good("POST", CLOSE, {"mchid": MCH}, status=204)
    assert till.trade()["trade_state"] == "CLOSED"
    assert till.error("POST", JSAPI, till.row()) == (400, "ORDER_CLOSED")
    assert "ORDER_CLOSED" in till.refused(f"{ORDER}/pay")
    till.paid("B00000000001")
    assert till.error("POST", JSAPI, till.row("B00000000001")) == (400, "ORDERPAID")
    path = CLOSE.replace("A0", "B0")
    assert till.error("POST", path, {"mchid": MCH}) == (400, "ORDERPAID")
    assert "ORDERPAID" in till.refused("/pay/orders/B00000000001/pay")


def test_an_order_closes_when_its_time_has_come(till, world):
    end = world.clock.seconds() + 1800
    stamp = till.world.clock.now().fromtimestamp(end).astimezone().isoformat(timespec="seconds")
    till.order(time_expire=stamp)
    till.pass_time(advance="29m")
    assert till.trade()["trade_state"] == "NOTPAY"
    till.pass_time(advance="2m")
    assert till.trade()["trade_state"] == "CLOSED"
    till.order("B00000000001")
    till.pass_time(advance="8d")
    assert till.trade("B00000000001")["trade_state"] == "CLOSED"


@pytest.mark.parametrize(
    "changes",
    [
        {"mchid": "1900000108"},
        {"description": ""},
        {"description": "焊" * 43},
        {"out_trade_no": "A0001"},
        {"out_trade_no": "A" * 33},
        {"out_trade_no": "A0000000焊"},
        {"attach": "x" * 129},
        {"notify_url": "https://a.example/pay?x=1"},
        {"notify_url": "http://a.example/pay"},
        {"notify_url": "ftp://127.0.0.1/pay"},
        {"amount": {"total": 0, "currency": "CNY"}},
        {"amount": {"total": 1.5, "currency": "CNY"}},
        {"amount": {"total": True, "currency": "CNY"}},
        {"amount": {"total": 1, "currency": "USD"}},
        {"amount": None},
        {"payer": {"openid": "nobody"}},
        {"payer": None},
        {"time_expire": "2026-13-01T00:00:00+08:00"},
        {"time_expire": "2020-01-01T00:00:00+08:00"},
        {"time_expire": "2099-01-01T00:00:00+08:00"},
        {"time_expire": "tomorrow"},
    ],
)
def test_a_request_that_is_wrong_opens_nothing(till, changes):
    till.some("zhang")
    assert till.error("POST", JSAPI, till.row(**changes)) == (400, "PARAM_ERROR")
    assert till.get("/pay/orders") == {"orders": []}


def test_an_account_that_is_not_the_merchants(till):
    till.some("zhang")
    found = till.error("POST", JSAPI, till.row(appid="wx1111111111111111"))
    assert found == (400, "APPID_MCHID_NOT_MATCH")


def test_a_code_may_be_paid_by_anybody(till):
    till.some("wang")
    row = till.row()
    del row["payer"]
    url = till.good("POST", NATIVE, row)["code_url"]
    assert url.startswith("weixin://wxpay/bizpayurl?pr=")
    assert till.refused(f"{ORDER}/pay").startswith("Name the openid")
    till.post(f"{ORDER}/pay", {"openid": "wang"})
    trade = till.trade()
    assert (trade["payer"]["openid"], trade["trade_type"]) == ("wang", "NATIVE")


def test_an_order_is_paid_by_nobody_but_its_payer(till):
    till.order()
    till.some("wang")
    assert "somebody else" in till.refused(f"{ORDER}/pay", {"openid": "wang"})


def test_what_was_never_there(till):
    path = "/v3/pay/transactions/{}?mchid=" + MCH
    for name in ("out-trade-no/none00", "id/4200000000"):
        assert till.error("GET", path.format(name)) == (404, "ORDER_NOT_EXIST")
    assert till.error("POST", CLOSE, {"mchid": MCH}) == (404, "ORDER_NOT_EXIST")
    till.order()
    path = "/v3/pay/transactions/out-trade-no/A00000000001"
    assert till.error("GET", path) == (400, "PARAM_ERROR")


def test_an_unpaid_order_can_be_in_the_making(till):
    till.order()
    for state in ("USERPAYING", "PAYERROR", "NOTPAY"):
        till.post(ORDER, {"trade_state": state})
        assert till.trade()["trade_state"] == state
    assert till.refused(ORDER, {"trade_state": "SUCCESS"}).endswith(".")
