"""WeChat Pay that misbehaves, and one that was killed."""

import json

import pytest
import requests
from cryptography.exceptions import InvalidSignature

from sandbox.app import create_app
from sandbox.state import State
from sandbox.world import World
from tests.sandbox.pay.conftest import API_KEY, KEY_ID, MCH, SERIAL, Till
from tests.sandbox.test_process import running

JSAPI = "/v3/pay/transactions/jsapi"
TRADE = "/v3/pay/transactions/out-trade-no/{out_trade_no}"
QUERY = f"/v3/pay/transactions/out-trade-no/A00000000001?mchid={MCH}"


@pytest.mark.parametrize(
    ("code", "status"),
    [("SYSTEM_ERROR", 500), ("FREQUENCY_LIMITED", 429), ("NO_AUTH", 403), ("PARAM_ERROR", 400)],
)
def test_an_error_by_its_code(till, code, status):
    till.order()
    till.post("/faults", {"path": TRADE, "kind": "code", "code": code})
    assert till.error("GET", QUERY) == (status, code)
    assert till.trade()["trade_state"] == "NOTPAY"


def test_answers_that_are_none(till):
    till.order()
    till.post("/faults", {"path": TRADE, "kind": "http_500"})
    assert till.ask("GET", QUERY).status_code == 500
    till.post("/faults", {"path": TRADE, "kind": "garbage"})
    answer = till.ask("GET", QUERY)
    assert (answer.status_code, answer.get_json(silent=True)) == (200, None)
    assert "Wechatpay-Signature" not in answer.headers


def test_answers_that_are_not_wechats(till):
    till.order()
    till.post("/faults", [{"path": "*", "kind": "unsigned"}])
    answer = till.ask("GET", QUERY)
    assert (answer.status_code, answer.headers.get("Wechatpay-Signature")) == (200, None)
    till.post("/faults", [{"path": TRADE, "kind": "bad_signature"}])
    answer = till.ask("GET", QUERY)
    with pytest.raises(InvalidSignature):
        till.verify(answer.headers, answer.get_data())


@pytest.mark.parametrize(("kind", "there"), [("cut_before", False), ("cut_after", True)])
def test_an_answer_that_is_lost(till, served, kind, there):
    till.some("zhang")
    till.post("/faults", {"path": JSAPI, "kind": kind})
    body = json.dumps(till.row())
    headers = {"Authorization": till.authorization("POST", JSAPI, body)}
    with pytest.raises(requests.ConnectionError):
        requests.post(served + JSAPI, body.encode(), headers=headers, timeout=3)
    assert bool(till.get("/pay/orders")["orders"]) is there


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "code", "path": JSAPI},
        {"kind": "errcode", "path": JSAPI, "errcode": 1},
        {"kind": "http_500", "path": "notice"},
        {"kind": "abnormal", "path": "push"},
    ],
)
def test_a_fault_that_cannot_strike_is_refused(till, rule):
    assert till.refused("/faults", rule).endswith(".")


def test_settings_that_cannot_be_are_refused_whole(till):
    before = till.get("/pay/settings")
    for row in (
        {"mode": "both"},
        {"migrating_share": 2},
        {"refund_seconds": -1},
        {"notify": 1},
        {"signtest_chance": True},
        {"balance_fen": 1.5},
        {"none": 1},
    ):
        assert till.refused("/pay/settings", {"mode": "migrating", **row}).endswith(".")
    assert till.get("/pay/settings") == before


def test_everything_is_forgotten_at_a_reset(till):
    till.paid()
    till.post("/pay/settings", {"mode": "migrating"})
    till.post("/reset")
    assert till.get("/pay/orders") == {"orders": []}
    assert till.get("/pay/settings")["mode"] == "public_key"


def test_a_sandbox_without_a_merchant_sells_nothing(account):
    client = create_app(World(account, State())).test_client()
    assert client.post(JSAPI).status_code == 404
    assert client.get("/control/pay/orders").status_code == 404


@pytest.mark.slow
def test_orders_and_what_waits_outlive_a_restart(bot, notify, merchant, tmp_path, world):
    options = ("--state", str(tmp_path / "s.sqlite"), "--pay-dir", str(merchant.folder))
    options += ("--mch-id", MCH, "--merchant-serial", SERIAL)
    options += ("--api-v3-key", API_KEY, "--public-key-id", KEY_ID)
    till = Till(world, notify.url)  # for its signatures alone
    notify.answers = [500]
    with running(bot, *options) as (process, base):

        def control(path, row):
            return requests.post(f"{base}/control{path}", json=row, timeout=5).json()

        control("/followers", {"openid": "zhang"})
        body = json.dumps(till.row())
        headers = {"Authorization": till.authorization("POST", JSAPI, body)}
        answer = requests.post(base + JSAPI, body.encode(), headers=headers, timeout=5)
        till.verify(answer.headers, answer.content)
        control("/pay/orders/A00000000001/pay", {})
        control("/clock", {"advance": "1s"})
        assert len(notify.notices) == 1
        process.kill()
        process.wait(5)
    with running(bot, *options) as (_, base):
        requests.post(f"{base}/control/clock", json={"advance": "20s"}, timeout=10)
        (order,) = requests.get(f"{base}/control/pay/orders", timeout=5).json()["orders"]
    assert [one["status"] for one in order["notices"][0]["tries"]] == [500, 204]
    assert len(notify.notices) == 2


@pytest.mark.slow
def test_a_merchant_that_is_half_told_is_one_sentence(bot, tmp_path):
    with running(bot, "--pay-dir", str(tmp_path)) as (process, _):
        assert process.wait(10) == 1
        assert "--merchant-serial" in process.stderr.read()
