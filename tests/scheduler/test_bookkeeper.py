"""The bookkeeper: compares a day once, tells operators where it differs, and comes again."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import date, timedelta

import pytest

from bot.domain.statement import Line
from bot.handlers.operators import Operators
from bot.ports import Busy, PayFailed, Reconciled
from bot.scheduler import worker
from bot.scheduler.bookkeeper import Bookkeeper
from bot.scheduler.run import make_crew, make_sender
from bot.scheduler.worker import Sweeper, make_bells, make_broker
from tests.scheduler.test_worker import Bell
from tests.statements import Ledger
from tests.store.people import welder
from tests.store.test_orders import opened, ordered
from tests.store.test_reconciliations import DAY, turn
from tests.talk import NotingCourier

FOREIGN = Line("payment", "X" * 32, 12345, "SUCCESS")


@pytest.fixture
def ledger(house):
    return Ledger(house.clock)


@pytest.fixture
def bookkeeper(house, ledger):
    """One whose day holds an order that was paid; it is the next morning."""
    welder(house, "oOperator")
    payment = opened(house, ordered(house, welder(house)))
    house.orders.paid(ledger.pays(payment.number, payment.fen), house.clock.now())
    turn(house, 25, 10)
    return keeper(house, ledger)


def keeper(house, ledger, operators=("oOperator",)):
    told = Operators(house.conversations, house.library.words, operators)
    return Bookkeeper(house.reconciliations, ledger, house.clock, told)


def told(house, openid="oOperator"):
    """(scope, words) of what an operator is told of the books."""
    rows = house.services.outbox.history(openid)
    return [
        (row.message.scope, row.message.said[0].text)
        for row in rows
        if row.message.scope.startswith("reconcile/")
    ]


def foreign(ledger, day=DAY):
    ledger.changes[day] = lambda lines: [*lines, FOREIGN]


def test_a_day_that_agrees_is_kept_and_nobody_is_told(house, bookkeeper):
    assert bookkeeper.look(DAY) == "agreed"
    assert house.reconciliations.days() == [Reconciled(DAY, "agreed")]
    assert told(house) == []


def test_a_day_is_compared_once(house, bookkeeper, ledger):
    assert [bookkeeper.look(DAY), bookkeeper.look(DAY)] == ["agreed", ""]
    assert ledger.asked == [DAY]


def test_two_workers_do_not_compare_a_day_at_once(house, bookkeeper, ledger):
    with ThreadPoolExecutor(4) as pool:
        ended = list(pool.map(lambda _: bookkeeper.look(DAY), range(4)))
    assert sorted(ended) == ["", "", "", "agreed"]
    assert ledger.asked == [DAY]


def test_operators_are_told_how_many_and_neither_numbers_nor_amounts(
    house, bookkeeper, ledger, caplog
):
    foreign(ledger)
    assert bookkeeper.look(DAY) == "differs"
    ((scope, words),) = told(house)
    assert scope == "reconcile/2026-11-24"
    assert "2026年11月24日" in words
    assert "1处" in words
    assert "weldmate pay reconcile 2026-11-24" in words
    for secret in (FOREIGN.number, "12345", "123.45", "oOperator"):
        assert secret not in words
        assert secret not in caplog.text
    (line,) = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert line.getMessage() == "books of 2026-11-24 differ: 1 missing_here"
    assert house.reconciliations.days()[0].differences[0].there == FOREIGN


def test_the_welder_is_told_nothing_of_the_books(house, bookkeeper, ledger):
    foreign(ledger)
    bookkeeper.look(DAY)
    assert told(house, "oWelder") == []


def test_an_operator_who_never_wrote_is_named_by_his_place_and_others_are_told(
    house, ledger, bookkeeper, caplog
):
    foreign(ledger)
    keeper(house, ledger, ("oNobody", "oOperator")).look(DAY)
    assert len(told(house)) == 1
    assert "OPERATOR_OPENIDS: number 1 has never written" in caplog.text
    assert "oNobody" not in caplog.text


def test_who_dies_before_the_result_is_kept_is_followed_and_tells_nobody_twice(
    house, bookkeeper, ledger, monkeypatch
):
    foreign(ledger)

    def dies(*_):
        raise Busy

    with monkeypatch.context() as patch:
        patch.setattr(type(house.reconciliations), "keep", dies)
        with pytest.raises(Busy):
            bookkeeper.look(DAY)
    assert bookkeeper.look(DAY) == ""
    house.clock.advance(minutes=15)
    assert bookkeeper.look(DAY) == "differs"
    assert len(told(house)) == 1


def test_a_day_without_a_statement_is_a_day_without_movements(house, ledger, bookkeeper):
    ordered(house, welder(house, "oAnother"))  # ordered, not paid
    turn(house, 26, 10)
    assert bookkeeper.look(date(2026, 11, 25)) == "agreed"
    ledger.changes[DAY] = lambda _lines: []
    assert bookkeeper.look(DAY) == "differs"


def test_a_statement_that_is_still_made_is_asked_for_again_and_nobody_is_told(
    house, bookkeeper, ledger
):
    ledger.failures = [PayFailed("again", "STATEMENT_CREATING")]
    assert bookkeeper.look(DAY) == "failed"
    assert house.reconciliations.days() == [Reconciled(DAY, "failed", (), "STATEMENT_CREATING")]
    assert bookkeeper.look(DAY) == ""
    house.clock.advance(minutes=15)
    assert bookkeeper.look(DAY) == "agreed"
    assert told(house) == []


@pytest.mark.parametrize(
    "failure", [PayFailed("alert", "NO_AUTH"), PayFailed("refused", "PARAM_ERROR"), KeyError("x")]
)
def test_what_somebody_must_see_to_is_told_once_and_tried_again(
    house, bookkeeper, ledger, failure, caplog
):
    ledger.failures = [failure, failure]
    for _ in range(2):
        assert bookkeeper.look(DAY) == "failed"
        house.clock.advance(minutes=15)
    ((scope, words),) = told(house)
    assert scope == "reconcile/2026-11-24/failed"
    assert "没有拿到" in words
    assert "ERROR" in {one.levelname for one in caplog.records}
    foreign(ledger)
    assert bookkeeper.look(DAY) == "differs"
    assert [scope for scope, _ in told(house)][1:] == ["reconcile/2026-11-24"]


def test_a_statement_that_is_late_for_a_day_is_told(house, bookkeeper, ledger):
    ledger.failures = [PayFailed("again", "SYSTEM_ERROR")] * 2
    bookkeeper.look(DAY)
    assert told(house) == []
    house.clock.advance(days=1)
    bookkeeper.look(DAY)
    assert len(told(house)) == 1


def midnight(house, ledger, learnt):
    """A refund that WeChat books a second before midnight, and we when we learn of it."""
    turn(house, 24, 12)
    order = ordered(house, welder(house, "oLate"))
    payment = opened(house, order, payer="oLate")
    house.orders.paid(ledger.pays(payment.number, 400), house.clock.now())
    refund = house.orders.ask_refund(order.id, 400, "wish", "ling", turn(house, 24, 23, 59, 59))
    back = ledger.give_back(refund, 400)
    if learnt:
        house.orders.given_back(back, turn(house, 25, 0, 0, 4))
    return refund


@pytest.mark.parametrize("learnt", [True, False])
def test_a_refund_at_midnight_is_no_difference_on_either_day(house, bookkeeper, ledger, learnt):
    midnight(house, ledger, learnt)
    turn(house, 26, 10)
    assert bookkeeper.look(DAY) == "agreed"
    assert bookkeeper.look(DAY + timedelta(days=1)) == "agreed"


def test_statements_of_days_beside_are_asked_for_where_they_may_explain_something(
    house, bookkeeper, ledger
):
    midnight(house, ledger, learnt=True)
    turn(house, 26, 10)
    bookkeeper.look(DAY)
    assert ledger.asked == [DAY]
    ledger.asked.clear()
    bookkeeper.look(DAY + timedelta(days=1))  # the day after it is not ready
    assert ledger.asked == [DAY + timedelta(days=1), DAY]


def test_a_refund_at_midnight_of_another_amount_is_told_once_on_wechats_day(
    house, bookkeeper, ledger
):
    number = midnight(house, ledger, learnt=True).number
    ledger.moved[number].fen = 399
    turn(house, 26, 10)
    assert bookkeeper.look(DAY) == "differs"
    assert bookkeeper.look(DAY + timedelta(days=1)) == "agreed"
    (found,) = house.reconciliations.days()[1].differences
    assert (found.kind, found.here.fen, found.there.fen) == ("amount", 400, 399)


def test_a_refund_that_wechat_has_nowhere_is_found(house, bookkeeper, ledger):
    number = midnight(house, ledger, learnt=True).number
    del ledger.moved[number]
    turn(house, 26, 10)
    assert bookkeeper.look(DAY) == "agreed"
    assert bookkeeper.look(DAY + timedelta(days=1)) == "differs"


# the worker


@pytest.fixture
def crew(house, ledger):
    house.__dict__["courier"] = NotingCourier()
    return make_crew(house, ledger)


def rung(house, crew):
    """Days and numbers that one sweep rings for."""
    names = [field.name for field in fields(worker.Bells)]
    bells = worker.Bells(**{name: Bell(name) for name in names})
    Sweeper(bells, make_sender(house), crew).sweep()
    return bells.reconcile.rung, bells.settle.rung


def test_a_sweep_rings_for_days_and_for_what_was_not_told(house, bookkeeper, ledger, crew):
    another = opened(house, ordered(house, welder(house, "oAnother")), payer="oAnother")
    ledger.pays(another.number, another.fen)
    house.clock.advance(seconds=20)
    assert rung(house, crew) == ([("2026-11-24",)], [(another.number,)])
    bells = make_bells(make_broker(""), make_sender(house), crew)
    bells.settle(another.number)
    bells.reconcile("2026-11-24")
    assert rung(house, crew) == ([], [])
    assert [order.state for order in house.orders.list()] == ["paid", "paid"]
    assert [one.state for one in house.reconciliations.days()] == ["agreed"]


def test_where_nothing_is_sold_wechat_pay_is_not_asked(house, bookkeeper, ledger, crew):
    alone = make_crew(house, None)
    assert rung(house, alone) == ([], [])
    bells = make_bells(make_broker(""), make_sender(house), alone)
    bells.settle("X" * 32)
    bells.reconcile("2026-11-24")
    assert ledger.asked == []


def test_a_busy_operator_leaves_the_day_to_a_later_sweep(house, bookkeeper, crew, monkeypatch):
    def busy(*_):
        raise Busy

    monkeypatch.setattr(type(crew.bookkeeper), "look", busy)
    make_bells(make_broker(""), make_sender(house), crew).reconcile(DAY.isoformat())
