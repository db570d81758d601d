"""``weldmate pay``: the operator's money in a terminal."""

import json
import logging

import pytest
from click.testing import CliRunner

from bot.cli import weldmate
from bot.domain.statement import Line
from bot.ports import PayFailed, Return
from tests.statements import Ledger
from tests.store.people import welder
from tests.store.test_orders import PAYER, opened, ordered
from tests.store.test_reconciliations import DAY, turn

TITLE, TAX = "大林建筑有限公司", "91500000MA5U000000"


@pytest.fixture
def ledger(lite_house):
    return Ledger(lite_house.clock)


@pytest.fixture
def order(lite_house, ledger):
    """One order of 4 yuan that was paid on the 24th, as it stands."""
    order = ordered(lite_house, welder(lite_house, PAYER))
    payment = opened(lite_house, order)
    lite_house.orders.paid(ledger.pays(payment.number, 400), lite_house.clock.now())
    return lite_house.orders.find(order.id)


@pytest.fixture
def pay(lite_house, ledger, order, monkeypatch):
    """Run a command; nothing it writes may hold an openid."""
    lite_house.__dict__["till"] = ledger
    monkeypatch.setattr("bot.cli.pay.ready_house", lambda: lite_house)
    monkeypatch.setattr("bot.cli.set_up_logs", lambda _level: None)

    def run(*command):
        result = CliRunner().invoke(weldmate, ["pay", *command], catch_exceptions=False)
        assert PAYER not in result.output
        return result

    return run


def rows(result):
    assert result.exit_code in {0, 1}
    return [json.loads(line) for line in result.stdout.splitlines()]


def invoice(house, order):
    with house.conversations.open(order.contact_id) as conversation:
        conversation.orders.ask_invoice(order.id, TITLE, TAX, house.clock.now())


# orders


def test_orders_are_listed_in_yuan_and_fen_and_shanghais_time(pay):
    line = pay("orders").stdout.rstrip("\n").split("\t")
    assert line == [
        *("1", "paid", "4.00 yuan (400 fen)", "2026-11-24 10:00"),
        *("kept 4.00 yuan (400 fen)", "application 1"),
    ]


def test_orders_are_json_for_other_programs(pay):
    (row,) = rows(pay("orders", "--json", "--state", "paid"))
    assert (row["id"], row["fen"], row["yuan"], row["kept_fen"]) == (1, 400, "4.00", 400)
    assert row["created_at"] == "2026-11-24T10:00:00+08:00"
    assert pay("orders", "--state", "closed").stdout == ""
    assert "'lost' is not one of" in pay("orders", "--state", "lost").stderr


def test_an_order_is_shown_with_its_items_payments_refunds_and_history(pay, lite_house, order):
    refund = lite_house.orders.ask_refund(1, 150, "wish", "ling", lite_house.clock.now())
    shown = pay("show", "1").stdout
    for part in (
        "item\ttraining\t安全培训服务费\t1.00 yuan (100 fen)",
        f"payment\t{order.payments[0].number}\tjsapi\tpaid\t4.00 yuan (400 fen)\t2026-11-24 10:00",
        f"refund\t{refund.number}\tdue\t1.50 yuan (150 fen)\twish\tling",
        "history\t2026-11-24 10:00\tpay\twechat",
    ):
        assert part in shown
    (row,) = rows(pay("show", "1", "--json"))
    assert [item["fen"] for item in row["items"]] == [100, 300]
    assert row["payments"][0]["paid_at"] == "2026-11-24T10:00:00+08:00"
    assert (row["refunds"][0]["asked_by"], row["returning_fen"]) == ("ling", 150)
    assert [one["deed"] for one in row["history"]] == ["pay", "refund"]


def test_an_order_is_found_by_the_number_of_a_payment_or_refund(pay, lite_house, order):
    refund = lite_house.orders.ask_refund(1, 150, "wish", "ling", lite_house.clock.now())
    for number in (order.payments[0].number, refund.number):
        assert rows(pay("show", number, "--json"))[0]["id"] == 1


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("2", 1, "there is no order 2"),
        ("X" * 32, 1, f"there is no order {'X' * 32}"),
        ("0", 2, "write an order's ID, or a number of 32 signs"),
        ("9" * 30, 2, "write an order's ID, or a number of 32 signs"),
        ("一", 2, "write an order's ID, or a number of 32 signs"),
    ],
)
def test_an_order_that_is_not_there_is_a_sentence(pay, name, code, words):
    result = pay("show", name)
    assert (result.exit_code, result.stdout) == (code, "")
    assert words in result.stderr


def test_a_title_shows_among_invoices_alone(pay, lite_house, order, caplog):
    invoice(lite_house, order)
    for command in (("orders",), ("show", "1"), ("orders", "--json"), ("show", "1", "--json")):
        shown = pay(*command).stdout
        assert TITLE not in shown
        assert TAX not in shown
    assert "invoice\tasked" in pay("show", "1").stdout
    line = pay("invoices").stdout
    assert line == f"1\tpaid\t4.00 yuan (400 fen)\t2026-11-24 10:00\t{TITLE}\t{TAX}\n"
    assert "invoices were shown to " in caplog.text
    assert TITLE not in caplog.text


def test_an_invoice_that_was_issued_waits_no_more_and_its_person_is_told(pay, lite_house, order):
    assert "no invoice was asked for" in pay("issued", "1").stderr
    assert "there is no order 9" in pay("issued", "9").stderr
    invoice(lite_house, order)
    assert pay("issued", "1").stdout == "issued\n"
    assert pay("invoices").stdout == ""
    (row,) = rows(pay("invoices", "--all", "--json"))
    assert (row["title"], row["issued_at"]) == (TITLE, "2026-11-24T10:00:00+08:00")
    told = [one.message.said[0].key for one in lite_house.services.outbox.history(PAYER)]
    assert "pay.told.invoice" in told


# refunds


def test_a_part_goes_back_and_then_all_that_is_left(pay, lite_house, order):
    said = pay("refund", "1", "--fen", "150", "--reason", "wish", "--by", "Ling").stdout
    assert "\tdue\t1.50 yuan (150 fen)\twish\tling\t" in said
    (refund,) = lite_house.orders.find(1).refunds
    back = Return(refund.number, order.payments[0].number, 150, "done", lite_house.clock.now())
    lite_house.orders.given_back(back, lite_house.clock.now())
    (row,) = rows(pay("refund", "1", "--all", "--reason", "mistake", "--by", "mei", "--json"))
    assert (row["fen"], row["yuan"], row["state"], row["asked_by"]) == (250, "2.50", "due", "mei")


REFUND = ("refund", "1", "--reason", "wish", "--by", "ling")


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        (REFUND, 2, "Write either --fen or --all."),
        ((*REFUND, "--fen", "1", "--all"), 2, "Write either --fen or --all."),
        ((*REFUND, "--fen", "0"), 2, "0 is not in the range"),
        ((*REFUND, "--fen", "1.5"), 2, "'1.5' is not a valid integer"),
        ((*REFUND, "--fen", "401"), 1, "between 1 and 400 fen can go back, not 401"),
        (("refund", "9", "--all", "--reason", "wish", "--by", "ling"), 1, "there is no order 9"),
        (("refund", "9", "--fen", "1", "--reason", "wish", "--by", "l"), 1, "there is no order 9"),
        (("refund", "1", "--all", "--by", "ling"), 2, "Missing option '--reason'"),
        (("refund", "1", "--all", "--reason", "late", "--by", "ling"), 2, "'late' is not one of"),
        (("refund", "1", "--all", "--reason", "wish"), 2, "Missing option '--by'"),
        (("refund", "1", "--all", "--reason", "wish", "--by", " "), 2, "write your own name"),
        (("refund", "1", "--all", "--reason", "wish", "--by", "Ｒule"), 2, "nobody's name"),
        (("refund", "x", "--all", "--reason", "wish", "--by", "ling"), 2, "'x' is not a valid"),
    ],
)
def test_a_refund_that_cannot_be_is_a_sentence_and_changes_nothing(
    pay, lite_house, command, code, words
):
    result = pay(*command)
    assert (result.exit_code, result.stdout) == (code, "")
    assert words in result.stderr
    assert lite_house.orders.find(1).refunds == ()


def test_nothing_goes_back_twice(pay):
    pay(*REFUND, "--all")
    for how in (("--fen", "1"), ("--all",)):
        result = pay(*REFUND, *how)
        assert result.exit_code == 1
        assert "nothing to give back" in result.stderr


def test_a_second_person_agrees_above_the_limit_and_capitals_make_none(pay, lite_house):
    object.__setattr__(lite_house.orders, "alone_up_to", 399)
    said = pay(*REFUND, "--all").stdout
    (refund,) = lite_house.orders.find(1).refunds
    assert f"weldmate pay agree {refund.number} --by NAME" in said
    for own in ("ling", " LING ", "Ｌing"):
        again = pay("agree", refund.number, "--by", own)
        assert again.exit_code == 1
        assert "whoever asked for it cannot agree" in again.stderr
    assert pay("agree", refund.number, "--by", "mei").stdout == "agreed\n"
    assert "nobody has to agree: it is due" in pay("agree", refund.number, "--by", "mei").stderr
    assert "there is no refund 'x'" in pay("agree", "x", "--by", "mei").stderr


def test_a_second_person_may_not_agree(pay, lite_house):
    object.__setattr__(lite_house.orders, "alone_up_to", 0)
    pay(*REFUND, "--fen", "1")
    (refund,) = lite_house.orders.find(1).refunds
    assert pay("agree", refund.number, "--by", "mei", "--no").stdout == "declined\n"
    assert lite_house.orders.find(1).state == "paid"


# days


def test_a_day_that_agrees_is_kept(pay, lite_house):
    turn(lite_house, 25, 10)
    result = pay("reconcile", "2026-11-24")
    assert (result.exit_code, result.stdout) == (0, "2026-11-24\tagreed\n")
    assert pay("days").stdout == "2026-11-24\tagreed\n"


def test_every_difference_is_shown_with_its_order(pay, lite_house, ledger, order):
    number = order.payments[0].number
    lines = [Line("payment", number, 399, "SUCCESS"), Line("refund", "Y" * 32, 12345, "SUCCESS")]
    ledger.changes[DAY] = lambda _: lines
    turn(lite_house, 25, 10)
    result = pay("reconcile", "2026-11-24")
    assert result.exit_code == 1
    assert sorted(result.stdout.splitlines()) == [
        "2026-11-24\tdiffers\t2",
        f"amount\tpayment\t{number}\torder 1\there 4.00 yuan (400 fen) SUCCESS"
        "\tWeChat 3.99 yuan (399 fen) SUCCESS",
        f"missing_here\trefund\t{'Y' * 32}\torder -\there -\tWeChat 123.45 yuan (12345 fen) SUCCESS",
    ]
    result = pay("reconcile", "2026-11-24", "--json")
    assert result.exit_code == 1
    (row,) = rows(result)
    assert {one["kind"] for one in row["differences"]} == {"amount", "missing_here"}
    assert rows(pay("days", "--json")) == [row]
    assert pay("days").stdout == "2026-11-24\tdiffers\t2\n"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("20261124", "'20261124' is no day: write it like 2026-11-24"),
        ("2026-11-31", "'2026-11-31' is no day"),
        ("yesterday", "'yesterday' is no day"),
        ("2026-11-25", "2026-11-25 is not over in Shanghai"),
        ("2027-01-01", "2027-01-01 is not over in Shanghai"),
        ("2026-08-26", "2026-08-26 is too long ago"),
        ("2026-11-24", "The statement of 2026-11-24 is ready from 2026-11-25 10:00 in Shanghai"),
    ],
)
def test_a_day_that_has_no_statement_is_a_sentence(pay, lite_house, ledger, day, words):
    turn(lite_house, 25, 9, 59)
    result = pay("reconcile", day)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
    assert ledger.asked == []
    assert pay("days").stdout == ""


@pytest.mark.parametrize(
    ("nature", "words"),
    [("again", "try again"), ("refused", "will not give it"), ("alert", "weldmate doctor")],
)
def test_a_statement_that_wechat_does_not_give_leaves_what_was_kept(
    pay, lite_house, ledger, nature, words
):
    turn(lite_house, 25, 10)
    pay("reconcile", "2026-11-24")
    ledger.failures = [PayFailed(nature, "THEIR_CODE")]
    result = pay("reconcile", "2026-11-24")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "(THEIR_CODE)" in result.stderr
    assert words in result.stderr
    assert pay("days").stdout == "2026-11-24\tagreed\n"


def test_where_nothing_is_sold_there_is_no_statement(pay, lite_house):
    lite_house.__dict__["till"] = None
    turn(lite_house, 25, 10)
    result = pay("reconcile", "2026-11-24")
    assert result.exit_code == 2
    assert "WECHATPAY_MCH_ID is empty" in result.stderr


def test_who_moved_money_is_logged_without_whose_it_is(pay, caplog):
    caplog.set_level(logging.INFO)
    pay(*REFUND, "--all")
    assert "order 1: a refund was asked for by " in caplog.text
    assert PAYER not in caplog.text
