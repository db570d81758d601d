"""The cashier: asks WeChat by itself, and calls a person where nothing goes on by itself."""

import pytest

from bot.handlers.operators import Operators
from bot.handlers.paying import Paying
from bot.scheduler.cashier import Cashier
from tests.pay_till import MemoryTill
from tests.store.ordering import order
from tests.store.people import welder


class Shop:
    def __init__(self, house):
        self.house, self.till = house, MemoryTill(house.clock)
        operators = Operators(house.conversations, house.library.words, ("oOperator",))
        self.cashier = Cashier(house.orders, house.errands, self.till, house.clock, operators)
        self.paying = Paying(house.orders, self.till, house.clock)
        welder(house, "oOperator")
        self.order = order(house, welder(house))

    def opened(self):
        return self.paying.open(self.order.id, "jsapi", "oWelder", "x").number

    def paid(self):
        number = self.opened()
        self.till.pay(number)
        self.look(minutes=1)
        return number

    def look(self, **later):
        self.house.clock.advance(**later)
        return [self.cashier.look(n) for n in self.house.errands.due(self.house.clock.now())]

    def told(self):
        rows = self.house.services.outbox.history("oOperator")
        return [row.message.said[0].key for row in rows]

    @property
    def now(self):
        return self.house.orders.find(self.order.id)

    def refund(self):
        return self.house.orders.ask_refund(
            self.order.id, 400, "wish", "ling", self.house.clock.now()
        )


@pytest.fixture
def shop(house):
    return Shop(house)


def test_a_payment_whose_notice_never_came_is_found(shop):
    shop.paid()
    assert shop.now.state == "paid"


def test_a_payment_of_a_closed_order_is_closed_at_wechat(shop):
    number = shop.opened()
    shop.house.clock.advance(hours=49)
    shop.house.orders.expire(shop.house.clock.now())
    shop.look(minutes=1)
    assert shop.till.slips[number].state == "closed"
    assert shop.now.payments[0].state == "closed"


def test_a_refund_goes_out_and_its_end_is_learnt(shop):
    shop.paid()
    refund = shop.refund()
    assert shop.look(seconds=1) == ["processing"]
    shop.till.finish(refund.number)
    shop.look(minutes=2)
    assert shop.now.state == "refunded"


def test_an_answer_that_was_lost_is_asked_for_again_and_nothing_goes_back_twice(shop):
    shop.paid()
    shop.refund()
    shop.till.fails(done=True)
    assert shop.look(seconds=1) == ["failed"]
    assert shop.look(minutes=1) == ["processing"]
    assert len(shop.till.returns) == 1


def test_a_refund_that_failed_calls_an_operator_once(shop):
    shop.paid()
    refund = shop.refund()
    shop.look(seconds=1)
    shop.till.finish(refund.number, "failed")
    for _ in range(4):
        shop.look(hours=1)
    assert shop.told() == ["books.not_returned"]
    assert shop.now.state == "paid"


def test_a_refund_that_wechat_refuses_for_good_does_not_wait_for_ever(shop):
    shop.paid()
    shop.refund()
    shop.till.fails("refused", "INVALID_REQUEST")
    shop.look(seconds=1)
    shop.look(minutes=1)
    assert (shop.now.state, shop.now.refunds[0].state) == ("paid", "failed")
    assert shop.told() == ["books.not_returned"]


def test_what_an_operator_must_mend_is_told_once_a_day(shop):
    shop.paid()
    shop.refund()
    shop.till.fails("alert", "NOT_ENOUGH", times=6)
    for _ in range(5):
        shop.look(minutes=40)
    assert shop.told() == ["books.stuck"]
    assert shop.now.refunds[0].state == "due"
