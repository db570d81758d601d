"""What ports promise of WeChat Pay, stated of the adapter against the sandbox's stand-in."""

import secrets
import time
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from bot.clocks import SystemClock, TurnedClock
from bot.domain.order import Refund
from bot.domain.reminders import SHANGHAI
from bot.domain.statement import Line
from bot.pay.client import WeChatTill
from bot.pay.examine import pay_problems
from bot.pay.keys import read_keys
from bot.pay.notices import WeChatNotices
from bot.pay.wire import Wire
from bot.ports.till import Asked, BadNotice, PayFailed, Return, Trade
from tests.conftest import test_settings
from tests.sandbox.conftest import APP_ID, account, bot, limit_s, served
from tests.sandbox.pay.conftest import (
    API_KEY,
    KEY_ID,
    MCH,
    SERIAL,
    Till,
    merchant,
    notify,
    world,
)

__all__ = ["account", "bot", "limit_s", "merchant", "notify", "served", "world"]

ORDER = "/v3/pay/transactions/{}"
BY_NUMBER = "/v3/pay/transactions/out-trade-no/{out_trade_no}"
REFUNDS = "/v3/refund/domestic/refunds"


@pytest.fixture(params=["public_key", "certificates"])
def mode(request, world):
    """Which keys WeChat signs with, and the settings of one who has no others."""
    world.pay.settings.change({"mode": request.param})
    folder = world.pay.merchant.folder
    change = (
        {
            "wechatpay_public_key_id": KEY_ID,
            "wechatpay_public_key_file": folder / "platform_public_key.pem",
        }
        if request.param == "public_key"
        else {"wechatpay_platform_certs": folder / "certificates"}
    )
    return SimpleNamespace(name=request.param, change=change)


@pytest.fixture
def settings(world, served, mode, tmp_path):
    return test_settings(
        "sqlite:///none",
        tmp_path,
        wechat_app_id=APP_ID,
        wechatpay_mch_id=MCH,
        wechatpay_cert_serial=SERIAL,
        wechatpay_private_key_file=world.pay.merchant.folder / "merchant_key.pem",
        wechatpay_api_v3_key=API_KEY,
        wechatpay_api_base=served,
        **mode.change,
    )


@pytest.fixture
def keys(settings):
    return read_keys(settings)


@pytest.fixture
def clock(served):
    return TurnedClock(f"{served}/control/clock")


@pytest.fixture
def till(keys, served, clock, notify):
    """A till of its own, with little patience; notices go to ``notify``."""
    public_base = notify.url.removesuffix("/pay/notify")
    wire = Wire(keys, APP_ID, served, clock, timeout_s=(1, 0.5))
    return WeChatTill(keys, APP_ID, wire, public_base, clock)


@pytest.fixture
def control(world, notify):
    made = Till(world, notify.url)
    made.some("zhang")
    return made


@pytest.fixture
def notices(keys, clock, notify, control):
    """Return what was told since, opened."""
    opener = WeChatNotices(keys, APP_ID, clock)

    def told():
        control.settled()
        heard, notify.notices[:] = list(notify.notices), []
        return [opener.open(headers, body) for headers, body in heard]

    return told


@pytest.fixture
def asked(clock):
    return Asked(number(), 38000, "复审培训服务费", clock.now() + timedelta(hours=2))


def number():
    return secrets.token_hex(16).upper()


def failed(call, *values):
    with pytest.raises(PayFailed) as error:
        call(*values)
    return error.value.nature, error.value.code


def back(asked, fen=38000):
    return Refund(number(), asked.number, fen, "wish", "due", "li", asked.until)


def test_a_payment_lives(till, control, asked, notices):
    assert till.trade(asked.number) == Trade(asked.number, "closed")
    sheet = till.sheet(asked, "zhang")
    assert sheet["package"].startswith("prepay_id=wx")
    assert till.trade(asked.number) == Trade(asked.number, "open")
    control.post(f"/pay/orders/{asked.number}/pay")
    paid = till.trade(asked.number)
    assert (paid.state, paid.fen) == ("paid", 38000)
    assert notices() == [paid]
    assert failed(till.sheet, asked, "zhang") == ("refused", "ORDERPAID")
    assert failed(till.close, asked.number) == ("refused", "ORDERPAID")


def test_the_same_payment_may_be_opened_again(till, control, asked):
    first, second = till.sheet(asked, "zhang"), till.sheet(asked, "zhang")
    assert first["nonceStr"] != second["nonceStr"]
    assert len(control.get("/pay/orders")["orders"]) == 1


def test_a_code_is_scanned_by_anybody(till, control, asked, notices):
    assert till.code(asked).startswith("weixin://")
    control.some("li")
    control.post(f"/pay/orders/{asked.number}/pay", {"openid": "li"})
    (told,) = notices()
    assert told == till.trade(asked.number)


@pytest.mark.usefixtures("control")
def test_a_payment_is_closed_once_and_for_all(till, asked):
    till.close(asked.number)
    till.sheet(asked, "zhang")
    till.close(asked.number)
    till.close(asked.number)
    assert till.trade(asked.number) == Trade(asked.number, "closed")
    assert failed(till.sheet, asked, "zhang") == ("refused", "ORDER_CLOSED")


def test_its_time_runs_out_by_business_time(till, control, asked):
    till.sheet(asked, "zhang")
    control.pass_time(advance="3h")
    time.sleep(2 * TurnedClock.STALE_S)
    assert till.trade(asked.number) == Trade(asked.number, "closed")


def test_money_goes_back_in_parts(till, control, asked, notices):
    till.sheet(asked, "zhang")
    control.post(f"/pay/orders/{asked.number}/pay")
    notices()
    part = back(asked, 8000)
    assert till.give_back(part, 38000) == Return(part.number, asked.number, 8000, "processing")
    assert till.give_back(part, 38000).state == "processing"
    control.post(f"/pay/refunds/{part.number}/settle")
    done = till.given_back(part.number)
    assert (done.state, done.fen) == ("done", 8000)
    assert notices() == [done]
    assert till.trade(asked.number).state == "paid"
    assert till.trade(asked.number).fen == 38000


@pytest.mark.parametrize("end", ["ABNORMAL", "CLOSED"])
def test_a_refund_that_fails_is_told(till, control, asked, notices, end):
    till.sheet(asked, "zhang")
    control.post(f"/pay/orders/{asked.number}/pay")
    notices()
    all_of_it = back(asked)
    till.give_back(all_of_it, 38000)
    control.post(f"/pay/refunds/{all_of_it.number}/settle", {"status": end})
    failed_one = Return(all_of_it.number, asked.number, 38000, "failed")
    assert till.given_back(all_of_it.number) == failed_one
    assert notices() == [failed_one]


def test_a_refund_nobody_asked_for_is_not_there(till, asked):
    assert failed(till.given_back, number()) == ("refused", "RESOURCE_NOT_EXISTS")
    nature, _ = failed(till.give_back, back(asked), 38000)
    assert nature == "refused"


def test_a_refund_without_money_wants_an_operator(till, control, asked):
    till.sheet(asked, "zhang")
    control.post(f"/pay/orders/{asked.number}/pay")
    control.post("/pay/settings", {"balance_fen": 0})
    assert failed(till.give_back, back(asked), 38000) == ("alert", "NOT_ENOUGH")


CALLS = {
    ORDER.format("jsapi"): lambda till, asked: till.sheet(asked, "zhang"),
    ORDER.format("native"): lambda till, asked: till.code(asked),
    BY_NUMBER: lambda till, asked: till.trade(asked.number),
    f"{BY_NUMBER}/close": lambda till, asked: till.close(asked.number),
    REFUNDS: lambda till, asked: till.give_back(back(asked), 38000),
    f"{REFUNDS}/{{out_refund_no}}": lambda till, asked: till.given_back(number()),
}


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"kind": "slow", "seconds": 0.8}, ("again", "timeout")),
        ({"kind": "http_500"}, ("again", "http_500")),
        ({"kind": "garbage"}, ("again", "signature")),
        ({"kind": "cut_before"}, ("again", "cut")),
        ({"kind": "cut_after"}, ("again", "cut")),
        ({"kind": "code", "code": "SYSTEM_ERROR"}, ("again", "SYSTEM_ERROR")),
        ({"kind": "code", "code": "FREQUENCY_LIMITED"}, ("again", "FREQUENCY_LIMITED")),
        ({"kind": "code", "code": "PARAM_ERROR"}, ("refused", "PARAM_ERROR")),
        ({"kind": "code", "code": "NO_AUTH"}, ("alert", "NO_AUTH")),
    ],
)
def test_every_call_says_what_a_fault_means(till, control, asked, fault, told):
    for path, call in CALLS.items():
        control.post("/faults", [{"path": path, **fault}])
        assert failed(call, till, asked) == told
        assert control.get("/faults")["faults"] == []


def test_a_day_is_told_to_the_fen(till, control, asked, clock):
    day = clock.now().astimezone(SHANGHAI).date()
    others = [replace(asked, number=number(), fen=fen) for fen in (1, 99, 12345678)]
    for one in (asked, *others):
        till.sheet(one, "zhang")
        control.post(f"/pay/orders/{one.number}/pay")
    ends = {"SUCCESS": "SUCCESS", "ABNORMAL": "ABNORMAL", "CLOSED": "CLOSED"}
    refunds = [back(asked, fen) for fen in (100, 200, 300)]
    for refund, end in zip(refunds, ends, strict=True):
        control.post(
            "/faults", [{"path": REFUNDS, "kind": end.lower()}] if end != "SUCCESS" else []
        )
        till.give_back(refund, asked.fen)
        control.post(f"/pay/refunds/{refund.number}/settle", {"status": end})
    assert failed(till.statement, day)[1] in {"NO_STATEMENT_EXIST", "STATEMENT_CREATING"}
    control.pass_time(to=f"{day + timedelta(days=1)}T10:00:01+08:00")
    time.sleep(2 * TurnedClock.STALE_S)
    lines = till.statement(day)
    payments = [Line("payment", one.number, one.fen, "SUCCESS") for one in (asked, *others)]
    returns = [
        Line("refund", one.number, one.fen, end)
        for one, end in zip(refunds, ends.values(), strict=True)
    ]
    assert sorted(lines, key=str) == sorted([*payments, *returns], key=str)
    control.post("/faults", [{"path": "/v3/bill/tradebill", "kind": "unsigned"}])
    assert failed(till.statement, day) == ("again", "signature")
    nobody = day - timedelta(days=7)
    assert failed(till.statement, nobody) == ("refused", "NO_STATEMENT_EXIST")


@pytest.mark.parametrize("kind", ["bad_signature", "unsigned"])
def test_an_answer_wechat_did_not_sign_is_not_believed(till, control, asked, kind):
    for path in (ORDER.format("jsapi"), BY_NUMBER, f"{BY_NUMBER}/close"):
        till.sheet(asked, "zhang")
        control.post("/faults", [{"path": path, "kind": kind}])
        assert failed(CALLS[path], till, asked) == ("again", "signature")
    control.post("/faults", [{"path": ORDER.format("native"), "kind": kind}])
    another = replace(asked, number=number())
    assert failed(till.code, another) == ("again", "signature")


def test_a_refund_that_was_cut_is_asked_for_once(till, control, asked):
    till.sheet(asked, "zhang")
    control.post(f"/pay/orders/{asked.number}/pay")
    once = back(asked, 100)
    for kind in ("cut_after", "cut_before", "bad_signature"):
        control.post("/faults", [{"path": REFUNDS, "kind": kind}])
        nature, _ = failed(till.give_back, once, 38000)
        assert nature == "again"
    till.give_back(once, 38000)
    assert len(control.get("/pay/refunds")["refunds"]) == 1


def test_a_notice_that_is_not_true_is_refused(control, till, asked, notices, notify):
    for kind, reason in (("unsigned", "header"), ("bad_signature", "signature")):
        one = Asked(number(), 1, "一", asked.until)
        till.sheet(one, "zhang")
        control.post("/faults", [{"path": "notice", "kind": kind}])
        control.post(f"/pay/orders/{one.number}/pay")
        with pytest.raises(BadNotice, match=reason):
            notices()
    control.post("/pay/probe", {"url": notify.url})
    with pytest.raises(BadNotice, match="probe"):
        notices()


@pytest.mark.parametrize("mode", ["public_key"], indirect=True)
def test_a_merchant_on_the_move_is_told_by_both_keys(world, control, till, asked, settings, notify):
    world.pay.settings.change({"mode": "migrating"})
    folder = world.pay.merchant.folder
    both = read_keys(replace(settings, wechatpay_platform_certs=folder / "certificates"))
    opener = WeChatNotices(both, APP_ID, SystemClock())
    numbers = {number() for _ in range(12)}
    for one in numbers:
        till.sheet(replace(asked, number=one), "zhang")
        control.post(f"/pay/orders/{one}/pay")
    control.settled()
    assert {opener.open(*heard).number for heard in notify.notices} == numbers
    assert {headers["Wechatpay-Serial"] for headers, _ in notify.notices} == set(both.public)


def test_the_doctor_finds_nothing(settings, clock):
    assert list(pay_problems(settings, clock.now())) == []
