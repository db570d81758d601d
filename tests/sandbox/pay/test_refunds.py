"""Money that goes back."""

import pytest

REFUNDS = "/v3/refund/domestic/refunds"


def row(till, number="R00000000001", fen=38000, **changes):
    amount = {"refund": fen, "total": 38000, "currency": "CNY"}
    more = {"out_trade_no": "A00000000001", "notify_url": till.url, **changes}
    return {"out_refund_no": number, "amount": amount, "reason": "不学了", **more}


def test_a_refund_is_processed_then_done_then_told(till, notify):
    till.paid()
    asked = till.good("POST", REFUNDS, row(till))
    assert (asked["status"], asked["amount"]["refund"]) == ("PROCESSING", 38000)
    assert till.trade()["trade_state"] == "REFUND"
    till.pass_time(advance="6s")
    found = till.good("GET", f"{REFUNDS}/R00000000001")
    assert (found["status"], found["refund_id"]) == ("SUCCESS", asked["refund_id"])
    event, told = till.opened(notify.notices[-1])
    assert (event, told["refund_status"]) == ("REFUND.SUCCESS", "SUCCESS")
    assert told["success_time"] == found["success_time"]
    (listed,) = till.get("/pay/refunds")["refunds"]
    assert [one["state"] for one in listed["notices"]] == ["told"]
    assert [one["event"] for one in till.get("/pay/orders")["orders"][0]["notices"]] == [
        "TRANSACTION.SUCCESS"
    ]


def test_the_same_number_goes_back_once(till):
    transaction = till.paid()
    first = till.good("POST", REFUNDS, row(till, fen=100))
    assert till.good("POST", REFUNDS, row(till, fen=100)) == first
    assert till.error("POST", REFUNDS, row(till, fen=101)) == (400, "INVALID_REQUEST")
    by_other = row(till, fen=100, transaction_id=transaction)
    assert till.error("POST", REFUNDS, by_other) == (400, "PARAM_ERROR")
    del by_other["out_trade_no"]
    assert till.good("POST", REFUNDS, by_other) == first
    assert till.get("/pay/orders")["orders"][0]["returned_fen"] == 100


def test_no_more_goes_back_than_came(till):
    till.paid()
    till.good("POST", REFUNDS, row(till, fen=30000))
    assert till.error("POST", REFUNDS, row(till, "R2", fen=8001)) == (400, "INVALID_REQUEST")
    till.good("POST", REFUNDS, row(till, "R3", fen=8000))
    assert till.error("POST", REFUNDS, row(till, "R4", fen=1)) == (400, "INVALID_REQUEST")


def test_no_more_than_fifty_parts(till):
    till.paid()
    for n in range(50):
        till.good("POST", REFUNDS, row(till, f"R{n}", fen=1))
    assert till.error("POST", REFUNDS, row(till, "R50", fen=1)) == (400, "INVALID_REQUEST")


def test_not_after_a_year(till):
    till.paid()
    till.pass_time(advance="366d")
    assert till.error("POST", REFUNDS, row(till)) == (400, "INVALID_REQUEST")


def test_what_cannot_go_back(till):
    assert till.error("POST", REFUNDS, row(till)) == (404, "RESOURCE_NOT_EXISTS")
    till.order()
    assert till.error("POST", REFUNDS, row(till)) == (404, "RESOURCE_NOT_EXISTS")
    till.paid("B00000000001")
    wrong = row(till, out_trade_no="B00000000001")
    wrong["amount"]["total"] = 37000
    assert till.error("POST", REFUNDS, wrong) == (400, "INVALID_REQUEST")
    assert till.error("GET", f"{REFUNDS}/none") == (404, "RESOURCE_NOT_EXISTS")


@pytest.mark.parametrize(
    "changes",
    [
        {"out_refund_no": "R 1"},
        {"out_refund_no": "R" * 65},
        {"reason": "焊" * 27},
        {"amount": {"refund": 1, "total": 38000}},
        {"amount": {"refund": 0, "total": 38000, "currency": "CNY"}},
        {"notify_url": "http://a.example/"},
    ],
)
def test_a_request_that_is_wrong(till, changes):
    till.paid()
    assert till.error("POST", REFUNDS, {**row(till), **changes}) == (400, "PARAM_ERROR")


def test_the_till_may_be_empty(till):
    till.post("/pay/settings", {"balance_fen": 0})
    till.paid()
    assert till.get("/pay/settings")["balance_fen"] == 38000
    till.post("/pay/settings", {"balance_fen": 99})
    assert till.error("POST", REFUNDS, row(till, fen=100)) == (403, "NOT_ENOUGH")
    till.good("POST", REFUNDS, row(till, fen=99))
    assert till.get("/pay/settings")["balance_fen"] == 0


@pytest.mark.parametrize(("kind", "left"), [("abnormal", 0), ("closed", 38000)])
def test_a_refund_may_fail(till, notify, kind, left):
    till.paid()
    till.post("/faults", {"path": REFUNDS, "kind": kind})
    till.good("POST", REFUNDS, row(till))
    till.pass_time(advance="6s")
    status = kind.upper()
    assert till.good("GET", f"{REFUNDS}/R00000000001")["status"] == status
    assert till.opened(notify.notices[-1])[0] == f"REFUND.{status}"
    assert 38000 - till.get("/pay/orders")["orders"][0]["returned_fen"] == left


def test_a_refund_can_be_ended_by_hand(till):
    till.post("/pay/settings", {"refund_seconds": 86400})
    till.paid()
    till.good("POST", REFUNDS, row(till))
    path = "/pay/refunds/R00000000001/settle"
    assert till.post(path, {"status": "ABNORMAL"})["status"] == "ABNORMAL"
    assert till.refused(path).endswith(".")
    till.pass_time(advance="2d")
    assert till.good("GET", f"{REFUNDS}/R00000000001")["status"] == "ABNORMAL"
