"""Opening payments: one that can be paid at a time, whoever asks, fails or is killed when."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.domain.order import NotNow
from bot.handlers.paying import NEW_A_MINUTE, Paying, TooMany, settle
from bot.ports import PayFailed
from tests.pay_till import MemoryTill
from tests.store.ordering import close, order
from tests.store.people import welder

OWN, OTHER = "oWelder", "oWife"


class Desk:
    """One order, and all who want to pay it."""

    def __init__(self, house):
        self.house, self.till = house, MemoryTill(house.clock)
        self.contact = welder(house)
        self.id = order(house, self.contact).id
        self.paying = Paying(house.orders, self.till, house.clock)

    def sheet(self, payer=OWN):
        return self.paying.open(self.id, "jsapi", payer, "训练服务费")

    def code(self):
        return self.paying.open(self.id, "native", "", "训练服务费")

    @property
    def order(self):
        return self.house.orders.find(self.id)

    @property
    def payments(self):
        return [(one.number, one.state) for one in self.order.payments]


@pytest.fixture
def desk(lite_house):
    return Desk(lite_house)


@pytest.fixture
def both(house):
    return Desk(house)


def test_the_same_payer_gets_the_same_payment_anew(desk):
    first, second = desk.sheet(), desk.sheet()
    assert first.number == second.number
    assert first.sheet["package"] != second.sheet["package"]  # WeChat's is good for two hours
    assert desk.till.live == [first.number]


def test_the_asked_is_the_same_every_time(desk):
    desk.sheet()
    desk.house.clock.advance(hours=3)
    desk.sheet()  # the till refuses other values under the same number
    (slip,) = desk.till.slips.values()
    assert (slip.asked.fen, slip.asked.until) == (400, desk.order.expires_at)


@pytest.mark.parametrize("then", [lambda desk: desk.sheet(OTHER), lambda desk: desk.code()])
def test_another_payer_or_way_closes_the_first(desk, then):
    first = desk.sheet()
    second = then(desk)
    assert desk.payments == [(first.number, "closed"), (second.number, "open")]
    assert desk.till.live == [second.number]


def test_what_was_paid_meanwhile_is_found_when_it_is_to_be_closed(desk):
    first = desk.sheet()
    desk.till.pay(first.number)
    with pytest.raises(NotNow):
        desk.code()
    assert (desk.order.state, desk.payments) == ("paid", [(first.number, "paid")])


def test_ten_who_pay_at_once_leave_one_that_can_be_paid(both):
    def one(n):
        try:
            return both.sheet(OWN if n % 2 else OTHER)
        except (PayFailed, TooMany):
            return None

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(one, range(10)))
    assert len(both.till.live) <= 1
    assert both.till.live == [number for number, state in both.payments if state == "open"]


def test_a_number_closed_while_it_was_on_its_way_is_not_handed_out(desk):
    """Another payer comes between our row and WeChat: closing what was never there is done."""
    others = []

    def meanwhile(what, number):
        if what == "sheet" and not others:
            others.append(number)
            others.append(desk.sheet(OTHER).number)

    desk.till.meanwhile = meanwhile
    mine = desk.sheet()
    assert mine.number not in others
    assert desk.till.live == [mine.number]
    assert [state for _, state in desk.payments] == ["closed", "closed", "open"]


def test_a_payment_opened_while_it_was_called_closed_is_closed(desk):
    """WeChat does not know it, it is opened, and only then do we write down what WeChat said."""
    desk.till.fails()
    with pytest.raises(PayFailed):
        desk.sheet()
    ((number, _),) = desk.payments
    trade = desk.till.trade(number)
    assert desk.sheet().number == number
    settle(desk.house.orders, desk.till, desk.house.clock, trade)
    assert (desk.payments, desk.till.live) == ([(number, "closed")], [])


def test_an_order_closed_while_it_was_on_its_way_leaves_nothing_to_pay(desk):
    def meanwhile(what, _number):
        if what == "sheet":
            close(desk.house, desk.contact)

    desk.till.meanwhile = meanwhile
    with pytest.raises(NotNow):
        desk.sheet()
    assert desk.till.live == []


def test_an_answer_that_was_lost_is_asked_for_again(desk):
    desk.till.fails(done=True)
    with pytest.raises(PayFailed):
        desk.sheet()
    again = desk.sheet()
    assert desk.payments == [(again.number, "open")]
    assert desk.till.slips[again.number].prepays == 2


def test_a_number_that_is_used_up_is_replaced_once(desk):
    first = desk.sheet()
    desk.till.close(first.number)  # an operator, at WeChat's own console
    second = desk.sheet()
    assert desk.payments == [(first.number, "closed"), (second.number, "open")]
    desk.till.fails("refused", "PARAM_ERROR", times=9)
    with pytest.raises(PayFailed):
        desk.sheet()


def test_what_is_refused_twice_is_not_tried_for_ever(desk):
    desk.till.meanwhile = lambda what, _number: what == "sheet" and desk.till.fails("refused", "X")
    with pytest.raises(PayFailed) as caught:
        desk.sheet()
    assert caught.value.code == "X"
    assert len(desk.payments) == 2


def test_only_so_many_new_payments_are_made_in_a_minute(desk):
    for _ in range(NEW_A_MINUTE):
        desk.paying.end(desk.sheet().number)
    with pytest.raises(TooMany):
        desk.sheet()
    desk.house.clock.advance(minutes=1)
    assert desk.sheet()


@pytest.mark.parametrize("left", [timedelta(), timedelta(seconds=59)])
def test_nothing_is_opened_that_wechat_would_not_keep_open(desk, left):
    desk.house.clock.at = desk.order.expires_at - left
    with pytest.raises(NotNow):
        desk.sheet()
    assert desk.till.asked == []
