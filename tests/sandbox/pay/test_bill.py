"""The bill of a day: when it is ready, what it says, and what was planted in it."""

import csv
import gzip
import hashlib
import io
from datetime import UTC, datetime

import pytest

from sandbox.pay import statement
from sandbox.push import Patience
from sandbox.state import State
from sandbox.world import World

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)  # noon in Shanghai
DAY = "2026-11-24"
BILL = f"/v3/bill/tradebill?bill_date={DAY}"


@pytest.fixture
def world(account, merchant):
    state = State()
    made = World(account, state, 7, Patience(gap_s=0, step_s=3), NOW, merchant)
    yield made
    made.close()
    state.close()


def read(till, more="", packed=False):
    """Return the lines of the bill by column, and its sums."""
    told = till.good("GET", BILL + more)
    path = told["download_url"].removeprefix(till.world.account.base_url)
    answer = till.ask("GET", path)
    assert answer.status_code == 200
    assert "Wechatpay-Signature" not in answer.headers
    raw = gzip.decompress(answer.get_data()) if packed else answer.get_data()
    assert (told["hash_type"], told["hash_value"]) == ("SHA1", hashlib.sha1(raw).hexdigest())
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert all(value.startswith("`") for row in rows[1:-2] for value in row)
    bare = [[value.removeprefix("`") for value in row] for row in rows]
    lines = [dict(zip(bare[0], row, strict=True)) for row in bare[1:-2]]
    return lines, dict(zip(bare[-2], bare[-1], strict=True))


def back(till, number, fen, order="A00000000001"):
    amount = {"refund": fen, "total": 38000, "currency": "CNY"}
    row = {"out_trade_no": order, "out_refund_no": number, "amount": amount}
    till.good("POST", "/v3/refund/domestic/refunds", row)


def test_a_bill_is_ready_at_ten_of_the_next_day(till):
    till.paid()
    assert till.error("GET", BILL) == (400, "NO_STATEMENT_EXIST")
    till.pass_time(to="2026-11-25T09:59:00+08:00")
    assert till.error("GET", BILL) == (400, "STATEMENT_CREATING")
    till.pass_time(to="2026-11-25T10:00:01+08:00")
    ((line,), sums) = read(till)
    assert (line["商户订单号"], line["交易状态"]) == ("A00000000001", "SUCCESS")
    assert (line["订单金额"], line["应结订单金额"], line["手续费"]) == (
        "380.00",
        "380.00",
        "2.28000",
    )
    assert line["交易时间"].startswith(DAY + " 12:")
    assert (sums["总交易单数"], sums["订单总金额"], sums["手续费总金额"]) == (
        "1",
        "380.00",
        "2.28000",
    )


def test_a_bill_may_be_asked_for_within_three_months(till):
    till.paid()
    till.pass_time(to="2027-02-24T12:00:00+08:00")
    assert len(read(till)[0]) == 1
    till.pass_time(advance="1d")
    assert till.error("GET", BILL) == (400, "INVALID_REQUEST")


def test_a_day_without_money_has_no_bill(till):
    till.order()
    till.pass_time(advance="2d")
    assert till.error("GET", BILL) == (400, "NO_STATEMENT_EXIST")


@pytest.mark.parametrize(
    "query", ["2026-11-31", "20261124", "2026-11-24&bill_type=X", "2026-11-24&tar_type=ZIP", ""]
)
def test_a_query_that_is_wrong(till, query):
    path = f"/v3/bill/tradebill?bill_date={query}"
    assert till.error("GET", path) == (400, "PARAM_ERROR")


def test_refunds_stand_on_the_day_on_which_they_were_asked_for(till):
    till.paid(description="培训,一\n期", attach="a,b")
    back(till, "R1", 10001)
    till.pass_time(advance="10s")
    till.post("/pay/settings", {"refund_seconds": 86400 * 9})
    back(till, "R2", 5)
    till.pass_time(to="2026-11-25T12:00:00+08:00")
    back(till, "R3", 7)
    lines, sums = read(till)
    assert [line["交易状态"] for line in lines] == ["SUCCESS", "REFUND", "REFUND"]
    assert [line["商户退款单号"] for line in lines] == ["0", "R1", "R2"]
    assert [line["退款状态"] for line in lines] == ["", "SUCCESS", "PROCESSING"]
    assert [line["退款金额"] for line in lines] == ["0.00", "100.01", "0.05"]
    assert {line["商品名称"] for line in lines} == {"培训\\ 一\\n期"}
    assert (sums["总交易单数"], sums["退款总金额"], sums["订单总金额"]) == ("3", "100.06", "380.00")
    assert sums["申请退款总金额"] == "100.06"
    successes, _ = read(till, "&bill_type=SUCCESS")
    assert [len(successes), "商户退款单号" in successes[0]] == [1, False]
    refunds, sums = read(till, "&bill_type=REFUND")
    assert [line["商户退款单号"] for line in refunds] == ["R1", "R2"]
    assert refunds[0]["退款成功时间"].startswith(DAY)
    assert refunds[1]["退款成功时间"] == ""


def test_a_bill_may_be_packed(till):
    till.paid()
    till.pass_time(advance="2d")
    assert len(read(till, "&tar_type=GZIP", packed=True)[0]) == 1


def test_differences_can_be_planted(till):
    for number in ("A00000000001", "B00000000001", "C00000000001"):
        till.paid(number)
    back(till, "R1", 100)
    back(till, "R2", 100, "B00000000001")
    till.pass_time(advance="2d")
    plan = {
        "drop": ["A00000000001", "R1"],
        "add": [
            {"out_trade_no": "X1", "fen": 1},
            {"out_trade_no": "X1", "out_refund_no": "Y1", "fen": 1},
        ],
        "change": [
            {"out_trade_no": "B00000000001", "fen": 37999},
            {"out_trade_no": "C00000000001", "state": "REVOKED"},
            {"out_refund_no": "R2", "fen": 99, "state": "CHANGE"},
        ],
    }
    assert till.post(f"/pay/bill/{DAY}", plan) == plan == till.get(f"/pay/bill/{DAY}")
    lines, sums = read(till)
    found = {
        (
            one["商户订单号"],
            one["商户退款单号"],
            one["交易状态"],
            one["订单金额"],
            one["退款金额"],
            one["退款状态"],
        )
        for one in lines
    }
    assert found == {
        ("B00000000001", "0", "SUCCESS", "379.99", "0.00", ""),
        ("C00000000001", "0", "REVOKED", "380.00", "0.00", ""),
        ("B00000000001", "R2", "REFUND", "0.00", "0.99", "CHANGE"),
        ("X1", "0", "SUCCESS", "0.01", "0.00", ""),
        ("X1", "Y1", "REFUND", "0.00", "0.01", "SUCCESS"),
    }
    assert (sums["订单总金额"], sums["退款总金额"]) == ("760.00", "1.00")


@pytest.mark.parametrize(
    "plan",
    [
        {"drop": [1]},
        {"drop": "A"},
        {"more": []},
        {"add": [{"out_trade_no": "X"}]},
        {"add": [{"fen": 1}]},
        {"change": [{"fen": 1}]},
        {"change": [{"out_trade_no": "X", "fen": "1"}]},
        {"change": [1]},
    ],
)
def test_a_plan_that_cannot_be_is_refused(till, plan):
    assert till.refused(f"/pay/bill/{DAY}", plan).endswith(".")
    assert till.refused("/pay/bill/today", {}).endswith(".")


def test_an_address_is_good_for_five_minutes_and_for_the_merchant(till, monkeypatch):
    till.paid()
    till.pass_time(advance="2d")
    url = till.good("GET", BILL)["download_url"]
    path = url.removeprefix(till.world.account.base_url)
    assert till.error("GET", path, headers={"Authorization": None}) == (401, "SIGN_ERROR")
    assert till.error("GET", path + "x") == (400, "INVALID_REQUEST")
    monkeypatch.setattr(statement, "LINK_S", -1)
    late = till.good("GET", BILL)["download_url"].removeprefix(till.world.account.base_url)
    assert till.error("GET", late) == (400, "INVALID_REQUEST")
    assert till.ask("GET", path).status_code == 200


def test_no_more_addresses_than_a_few_are_kept(till, world):
    till.paid()
    till.pass_time(advance="2d")
    for _ in range(statement.LINKS + 5):
        till.good("GET", BILL)
    assert len(world.state.all("pay_bill")) == statement.LINKS
