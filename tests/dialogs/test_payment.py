"""The talk about money: what it costs is said before anything is ordered, and nobody must buy."""

import re
from datetime import timedelta

import pytest

from bot.domain.form import Form
from bot.domain.tax_number import check_sign, read_tax_number
from bot.handlers.acts import act
from bot.ports import Return, Trade
from tests.talk import InProcess

FIRM = "91500101MA5U7Q3X5"
TAX = FIRM + check_sign(FIRM)


@pytest.fixture
def talk(lite_house):
    """A driver whose welder has papers that were accepted."""
    driver = InProcess(lite_house)
    driver.begin("2027-06-15 14:00")
    driver.speak("Li", "[follow]")
    contact = lite_house.conversations.find("oLi")
    with lite_house.conversations.open(contact) as conversation:
        his, now = conversation.applications, lite_house.clock.now()
        his.begin(now)
        his.fill(Form("李大成"), now)
        his.happen("submit", "welder", now)
        his.happen("accept", "operator", now)
    return driver


def says(driver, words):
    return "\n".join(driver.speak("Li", words))


def order(driver):
    orders = driver.house.orders.list()
    return orders[-1] if orders else None


def pay(driver):
    """Pay what waits, as WeChat would tell it."""
    house = driver.house
    payment = house.orders.open_payment(order(driver).id, "jsapi", "oLi", house.clock.now())
    trade = Trade(payment.number, "paid", payment.fen, "42" * 14, house.clock.now())
    house.orders.paid(trade, house.clock.now())
    driver.settle()
    return payment


def buys(driver, what="1"):
    return [says(driver, words) for words in ("缴费", what, "下单")]


def test_he_is_told_the_price_and_that_he_need_not_buy_before_he_is_asked(talk):
    said = says(talk, "缴费")
    assert "官家不收钱" in said
    assert "安全培训服务费（样本）：1.00元" in said
    assert order(talk) is None


def test_all_of_it_is_ordered_and_the_link_is_there(talk):
    _, sure, link = buys(talk)
    assert "一共6.00元" in sure
    assert "点这里去付款" in link
    assert [item.id for item in order(talk).items] == ["training", "mock_exam", "paperwork"]


def test_one_item_is_ordered_by_its_number_or_its_name(talk):
    says(talk, "缴费")
    assert "一共2.00元" in says(talk, "只要模拟练习服务费（样本）")
    says(talk, "下单")
    assert [item.fen for item in order(talk).items] == [200]


@pytest.mark.parametrize("no", ["先不买", "不买", "5"])
def test_nothing_is_ordered_by_who_does_not_want_it(talk, no):
    says(talk, "缴费")
    assert "不买也行" in says(talk, no)
    assert order(talk) is None


@pytest.mark.parametrize("no", ["先不下", "莫下", "不要下单"])
def test_an_order_that_is_denied_is_none(talk, no):
    says(talk, "缴费")
    says(talk, "全都要")
    says(talk, no)
    assert order(talk) is None


def test_an_order_that_waits_is_shown_again_and_can_be_cancelled(talk):
    buys(talk)
    assert "还没付" in says(talk, "缴费")
    says(talk, "2")
    assert "钱会原路退" in says(talk, "不要了")
    assert order(talk).state == "closed"
    assert "一共" not in says(talk, "缴费").split("官家")[0]


def test_who_does_not_pay_is_reminded_after_two_hours_and_on_the_next_morning(talk):
    buys(talk)
    first = talk.turn_clock("Li", "3h")
    second = talk.turn_clock("Li", "18h")
    assert "还没付" in "".join(first)
    assert "明天就关了" in "".join(second)


def test_who_has_paid_is_told_at_once_and_not_reminded(talk):
    buys(talk)
    payment = pay(talk)
    assert "收到您的6.00元" in "".join(talk.service_came("oLi"))
    assert "还没付" not in "".join(talk.turn_clock("Li", "1d"))
    proofs = says(talk, "我的凭证")
    assert "付了6.00元" in proofs
    assert "42" * 14 in proofs
    assert payment.number not in proofs


def test_an_invoice_for_a_firm_is_asked_for_with_a_number_that_holds(talk):
    buys(talk)
    pay(talk)
    assert "抬头写谁" in says(talk, "发票")
    says(talk, "写单位")
    says(talk, "重庆大林建筑工程有限公司")
    assert "税号对不上" in says(talk, TAX[:-1] + ("0" if TAX[-1] != "0" else "1"))
    assert "重庆大林建筑工程有限公司" in says(talk, TAX.lower())
    assert "记下了" in says(talk, "对")
    invoice = order(talk).invoice
    assert (invoice.title, invoice.tax_number) == ("重庆大林建筑工程有限公司", TAX)


def test_an_invoice_for_a_person_needs_a_name_alone(talk):
    buys(talk)
    pay(talk)
    for words in ("我要发票", "个人", "李大成"):
        says(talk, words)
    assert "记下了" in says(talk, "对")
    assert order(talk).invoice.title == "李大成"


def test_who_withdraws_before_he_has_studied_gets_everything_back(talk):
    buys(talk)
    payment = pay(talk)
    says(talk, "进度")
    says(talk, "不办了")
    says(talk, "撤回")
    (refund,) = order(talk).refunds
    assert (refund.fen, refund.reason, refund.state) == (600, "withdrawn", "due")
    now = talk.house.clock.now()
    talk.house.orders.given_back(Return(refund.number, payment.number, 600, "done", now), now)
    talk.settle()
    assert "退给您的6.00元" in "".join(talk.service_came("oLi"))
    assert order(talk).state == "refunded"


def test_whoever_has_nothing_to_pay_is_told_so(lite_house):
    driver = InProcess(lite_house)
    driver.begin("2027-06-15 14:00")
    assert "没有要付的钱" in says(driver, "缴费")
    assert "还没有付过钱" in says(driver, "凭证")
    assert "没有能开发票的付款" in says(driver, "发票")


def test_nothing_is_sold_where_wechat_pay_is_not_configured(talk):
    services = talk.house.services
    object.__setattr__(services, "fees", ())
    assert "不收钱" in says(talk, "缴费")


def test_a_credit_code_is_checked_by_its_last_sign():
    assert read_tax_number(f" {TAX[:8]} {TAX[8:].lower()}") == TAX
    assert read_tax_number("91500101MA5U7Q3X5") is None
    assert read_tax_number("9" * 18) is None
    assert all(read_tax_number(FIRM + s) is None for s in "0123456789ABCDEF" if s != TAX[-1])
    assert re.fullmatch(r"[0-9A-Z]{18}", TAX)


def test_the_order_is_closed_after_two_days(talk):
    buys(talk)
    talk.turn_clock("Li", "2d")
    talk.house.orders.expire(talk.house.clock.now() + timedelta(seconds=1))
    assert order(talk).state == "closed"


@pytest.mark.parametrize("act_name", ["wipe", "withdraw_identity"])
def test_whoever_wants_to_be_forgotten_gets_back_what_he_has_not_had(talk, act_name):
    buys(talk)
    pay(talk)
    house = talk.house
    with house.conversations.open(house.conversations.find("oLi")) as conversation:
        act(act_name, {}, conversation, house.clock.now())
    (refund,) = order(talk).refunds
    assert (refund.fen, refund.reason, refund.state) == (600, "withdrawn", "due")
    assert house.errands.due(house.clock.now()) == [refund.number]


def test_his_own_word_that_the_authority_refused_moves_no_money(talk):
    buys(talk)
    pay(talk)
    house = talk.house
    with house.conversations.open(house.conversations.find("oLi")) as conversation:
        for deed in ("file", "refuse"):
            act("deed", {"deed": deed}, conversation, house.clock.now())
    assert order(talk).refunds == ()
