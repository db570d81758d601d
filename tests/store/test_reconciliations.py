"""Days compared with WeChat's statements: whose movements they are, when they are due, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest

from bot.domain.reminders import SHANGHAI
from bot.domain.statement import Difference, Line
from bot.ports import Reconciled, Return, Trade
from tests.store.people import welder
from tests.store.test_orders import opened, ordered

DAY = date(2026, 11, 24)


@pytest.fixture
def books(house):
    return house.reconciliations


def turn(house, day, hour=0, minute=0, second=0):
    """Turn the clock to a time of November in Shanghai."""
    house.clock.at = datetime(2026, 11, day, hour, minute, second, tzinfo=SHANGHAI)
    return house.clock.at


def paid(house, openid="oWelder"):
    """An order of 400 fen that is paid now; returns it as it stands."""
    order = ordered(house, welder(house, openid))
    payment = opened(house, order, payer=openid)
    now = house.clock.now()
    house.orders.paid(Trade(payment.number, "paid", payment.fen, "4", now), now)
    return house.orders.find(order.id)


def refund(house, order, *states, fen=400):
    """A refund of an order, told of in these states now; returns its number."""
    now, payment = house.clock.now(), order.payments[-1].number
    asked = house.orders.ask_refund(order.id, fen, "wish", "ling", now)
    for state in states:
        at = now if state == "done" else None
        house.orders.given_back(Return(asked.number, payment, fen, state, at), now)
    return asked.number


def named(lines):
    return [(line.kind, line.number, line.fen, line.state) for line in lines]


def test_a_day_runs_from_midnight_to_midnight_in_shanghai(house, books):
    numbers = []
    for n, moment in enumerate([(23, 23, 59, 59), (24, 0), (24, 23, 59, 59), (25, 0)]):
        turn(house, *moment)
        numbers.append(paid(house, f"oWelder{n}").payments[0].number)
    assert named(books.movements(DAY)) == [
        ("payment", number, 400, "SUCCESS") for number in numbers[1:3]
    ]


def test_what_is_open_or_closed_did_not_move(house, books):
    order = ordered(house, welder(house))
    first = opened(house, order)
    house.orders.closed(first.number, house.clock.now())
    opened(house, order, "native")
    assert books.movements(DAY) == []


@pytest.mark.parametrize(
    ("states", "state"),
    [
        (("processing",), "PROCESSING"),
        (("processing", "done"), "SUCCESS"),
        (("done",), "SUCCESS"),
        (("failed",), "ABNORMAL"),
    ],
)
def test_a_refund_is_of_the_day_on_which_wechat_took_it(house, books, states, state):
    order = paid(house)
    number = refund(house, order, *states, fen=150)
    assert named(books.movements(DAY))[1:] == [("refund", number, 150, state)]
    house.clock.advance(days=1)
    if state == "PROCESSING":
        end = Return(number, order.payments[0].number, 150, "done", house.clock.now())
        house.orders.given_back(end, house.clock.now())
        assert named(books.movements(DAY))[1:] == [("refund", number, 150, "SUCCESS")]
    assert books.movements(DAY + timedelta(days=1)) == []


def test_a_refund_that_wechat_was_not_told_of_is_no_movement_and_yet_near(house, books):
    number = refund(house, paid(house))
    assert len(books.movements(DAY)) == 1
    line = ("refund", number, 400, "PROCESSING")
    assert named(books.near(DAY)) == [line]
    assert named(books.near(DAY - timedelta(days=1))) == []


def test_a_refund_somebody_must_agree_to_is_not_near(house, books):
    object.__setattr__(house.orders, "alone_up_to", 0)
    refund(house, paid(house))
    assert books.near(DAY) == []


def test_refunds_of_the_days_beside_are_near_and_payments_are_not(house, books):
    numbers = []
    for n, day in enumerate([22, 23, 24, 25, 26]):
        turn(house, day, 12)
        numbers.append(refund(house, paid(house, f"oWelder{n}"), "processing"))
    assert [line.number for line in books.near(DAY)] == [numbers[1], numbers[3]]


def test_nothing_is_due_before_there_are_orders(house, books):
    assert books.due(house.clock.now()) == []


def test_a_day_is_due_from_ten_of_the_next_until_it_was_compared(house, books):
    ordered(house, welder(house))
    assert books.due(turn(house, 25, 9, 59)) == []
    now = turn(house, 25, 10)
    assert books.due(now) == [DAY]
    assert books.take(DAY, now)
    assert books.due(now) == []
    books.keep(Reconciled(DAY, "agreed"), now)
    assert books.due(turn(house, 26, 9)) == []
    assert books.due(turn(house, 26, 10)) == [date(2026, 11, 25)]


def test_days_before_the_first_order_and_older_than_a_week_are_never_due(house, books):
    turn(house, 11, 12)
    ordered(house, welder(house))
    assert [day.day for day in books.due(turn(house, 14, 11))] == [11, 12, 13]
    assert [day.day for day in books.due(turn(house, 24, 11))] == [*range(17, 24)]


def test_a_day_that_failed_comes_back_after_a_pause(house, books):
    ordered(house, welder(house))
    now = turn(house, 25, 10)
    assert books.take(DAY, now)
    books.keep(Reconciled(DAY, "failed", reason="busy"), now)
    assert (books.due(now), books.take(DAY, now)) == ([], False)
    house.clock.advance(minutes=14, seconds=59)
    assert not books.take(DAY, house.clock.now())
    house.clock.advance(seconds=1)
    assert books.due(house.clock.now()) == [DAY]
    assert books.take(DAY, house.clock.now())
    assert not books.take(DAY, house.clock.now())


def test_a_claim_whose_worker_died_is_anybodys_after_the_pause(house, books):
    ordered(house, welder(house))
    assert books.take(DAY, turn(house, 25, 10))
    assert books.days() == [Reconciled(DAY, "comparing")]
    now = turn(house, 25, 10, 15)
    assert books.due(now) == [DAY]
    assert books.take(DAY, now)


@pytest.mark.parametrize("state", ["agreed", "differs"])
def test_a_day_that_was_compared_is_nobodys(house, books, state):
    ordered(house, welder(house))
    books.keep(Reconciled(DAY, state), turn(house, 25, 10))
    now = turn(house, 26, 10)
    assert not books.take(DAY, now)
    assert DAY not in books.due(now)


def test_two_who_claim_a_day_at_once_are_one(house, books):
    now = house.clock.now()
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: books.take(DAY, now), range(8)))
    assert taken.count(True) == 1


def test_a_day_has_one_result_and_the_latest_counts(house, books):
    now = house.clock.now()
    here, there = Line("refund", "R", 100, "SUCCESS"), Line("refund", "R", 99, "ABNORMAL")
    found = (
        Difference("amount", "R", here, there),
        Difference("missing_here", "S", None, there),
        Difference("missing_there", "T", here, None),
    )
    books.keep(Reconciled(DAY, "failed", reason="busy"), now)
    books.keep(Reconciled(DAY, "differs", found), now)
    books.keep(Reconciled(date(2026, 11, 25), "failed", reason="signature"), now)
    assert books.days() == [
        Reconciled(date(2026, 11, 25), "failed", (), "signature"),
        Reconciled(DAY, "differs", found),
    ]
    books.keep(Reconciled(DAY, "agreed"), now)
    assert books.days()[1] == Reconciled(DAY, "agreed")
