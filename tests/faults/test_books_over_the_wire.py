"""A few days of money between the bot and the sandbox's WeChat Pay, over HTTP and its bill.

The same as ``test_books``, smaller: every payment and refund is asked for over the wire, the
statement is the file that the stand-in makes, and differences are planted in that file.
"""

import random
import time
from datetime import date, timedelta

import pytest

from bot.clocks import TurnedClock
from bot.config import read_settings
from bot.domain.form import Form
from bot.domain.order import Item
from bot.ports import Asked
from bot.scheduler.run import make_crew
from bot.store.schema import upgrade
from bot.wiring import House
from tests.conftest import incoming
from tests.stand import Stand

DAY = date(2026, 11, 24)
PAYER = "oForeman"


@pytest.fixture
def stand(tmp_path, sqlite_url):
    """A sandbox that sells; this process is the worker beside it."""
    with Stand(tmp_path, sqlite_url, parts=()) as made:
        made.call("POST", "/pay/settings", {"notify": False})
        yield made


@pytest.fixture
def house(stand, sqlite_url, library, ear):
    upgrade(sqlite_url)
    made = House(read_settings(stand.env))
    made.__dict__.update(library=library, ear=ear)
    yield made
    made.close()


class Shop:
    def __init__(self, stand, house, seed):
        self.stand, self.house, self.chance = stand, house, random.Random(seed)
        crew = make_crew(house, house.till)
        self.cashier, self.bookkeeper = crew.cashier, crew.bookkeeper
        self.people = 0
        stand.follow(PAYER)

    def turn(self, to):
        self.stand.turn(to=f"2026-11-{to}+08:00")
        time.sleep(2 * TurnedClock.STALE_S)  # so long the bot believes the hour it has heard

    def sells(self):
        """Somebody orders, his foreman pays, and we learn of it by asking."""
        self.people += 1
        openid, now = f"oWelder{self.people}", self.house.clock.now()
        arrival = self.house.conversations.arrive(incoming("hi", openid, at=now), now)
        with self.house.conversations.open(arrival.contact_id) as conversation:
            his = conversation.applications
            his.begin(now)
            his.fill(Form("张大林"), now)
            his.happen("submit", "welder", now)
            his.happen("accept", "operator", now)
            items = (Item("training", "安全培训服务费", self.chance.randint(100, 20_000)),)
            order = conversation.orders.create(items, now)
        payment = self.house.orders.open_payment(order.id, "jsapi", PAYER, now)
        asked = Asked(payment.number, payment.fen, "安全培训服务费", order.expires_at)
        self.house.till.sheet(asked, PAYER)
        self.stand.call("POST", f"/pay/orders/{payment.number}/pay", {})
        self.house.orders.paid(self.house.till.trade(payment.number), self.house.clock.now())
        return self.house.orders.find(order.id)

    def promise(self, order):
        fen, now = self.chance.randint(1, order.fen), self.house.clock.now()
        return self.house.orders.ask_refund(order.id, fen, "wish", "ling", now)

    def found(self, *days):
        for day in days:
            assert self.bookkeeper.look(day) in {"agreed", "differs"}
        return {
            result.day: sorted((one.kind, one.number) for one in result.differences)
            for result in self.house.reconciliations.days()
        }


def test_days_over_the_wire_reconcile_with_every_planted_difference_and_no_other(stand, house):
    shop = Shop(stand, house, seed=6)
    orders = [shop.sells() for _ in range(24)]
    refunds = [shop.promise(order) for order in orders[:8]]
    for refund in refunds:
        assert shop.cashier.look(refund.number) == "processing"
    abnormal, closed = refunds[0].number, refunds[1].number
    stand.call("POST", f"/pay/refunds/{abnormal}/settle", {"status": "ABNORMAL"})
    stand.call("POST", f"/pay/refunds/{closed}/settle", {"status": "CLOSED"})
    shop.turn("24T12:00:00")
    ends = [shop.cashier.look(refund.number) for refund in refunds]
    assert ends == ["failed", "failed", *["done"] * 6]

    last, late = shop.sells(), shop.sells()
    learnt, lost = shop.promise(last), shop.promise(late)
    shop.turn("24T23:59:55")
    back = house.till.give_back(learnt, last.fen)  # WeChat books it today
    house.till.give_back(lost, late.fen)  # and its answer is lost
    shop.turn("25T00:00:05")
    house.orders.given_back(back, house.clock.now())
    tomorrow = shop.sells()

    numbers = [order.payments[0].number for order in orders]
    plan = {
        "drop": [numbers[10], refunds[2].number],
        "change": [
            {"out_trade_no": numbers[11], "fen": orders[11].fen + 1},
            {"out_refund_no": refunds[3].number, "fen": refunds[3].fen + 1},
            {"out_refund_no": refunds[4].number, "state": "CHANGE"},
            {"out_refund_no": refunds[5].number, "state": "PROCESSING"},  # says nothing yet
        ],
        "add": [
            {"out_trade_no": "FOREIGN1", "fen": 1},
            {"out_trade_no": "FOREIGN2", "out_refund_no": "FOREIGN3", "fen": 2},
        ],
    }
    assert stand.call("POST", f"/pay/bill/{DAY}", plan) == plan
    planted = [
        ("missing_there", numbers[10]),
        ("missing_there", refunds[2].number),
        ("amount", numbers[11]),
        ("amount", refunds[3].number),
        ("state", refunds[4].number),
        ("missing_here", "FOREIGN1"),
        ("missing_here", "FOREIGN3"),
    ]
    shop.turn("26T10:00:30")
    assert tomorrow.state == "paid"
    next_day = DAY + timedelta(days=1)
    assert house.reconciliations.due(house.clock.now()) == [DAY, next_day]
    assert shop.found(DAY, next_day) == {DAY: sorted(planted), next_day: []}


def test_a_statement_that_is_still_made_comes_later(stand, house):
    shop = Shop(stand, house, seed=6)
    shop.sells()
    shop.turn("25T09:00:00")
    assert house.reconciliations.due(house.clock.now()) == []
    assert shop.bookkeeper.look(DAY) == "failed"
    assert house.reconciliations.days()[0].reason == "STATEMENT_CREATING"
    shop.turn("25T10:01:00")
    assert shop.bookkeeper.look(DAY) == "agreed"
