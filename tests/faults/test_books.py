"""A day of 1,000 orders, with faults planted in WeChat's statement and in our own books.

Money moves on three days. WeChat's side is kept by ``tests.statements.Ledger`` and never read
from our books; what is planted is written down beside it, and is exactly what must be found.
"""

import random
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import pytest

from bot.domain.form import Form
from bot.domain.order import Item
from bot.domain.reminders import SHANGHAI
from bot.domain.statement import Line
from bot.handlers.operators import Operators
from bot.ports import Trade
from bot.scheduler.bookkeeper import Bookkeeper
from bot.scheduler.cashier import Cashier
from bot.store.database import Database
from tests.conftest import incoming
from tests.statements import Ledger
from tests.store.people import welder

DAY = date(2026, 11, 24)
DAYS = [DAY + timedelta(days=n) for n in (-1, 0, 1)]
ORDERS = 1000
MIDNIGHTS = 12
SECONDS = 86_400


def instant(day, second):
    return datetime.combine(day, datetime.min.time(), SHANGHAI) + timedelta(seconds=second)


@dataclass
class Shop:
    """A house that sells, beside a WeChat that pays and keeps its own books."""

    house: object
    seed: int
    ledger: Ledger = None
    chance: random.Random = None
    planted: set = field(default_factory=set)
    orders: dict = field(default_factory=dict)

    def __post_init__(self):
        self.ledger = Ledger(self.house.clock)
        self.chance = random.Random(self.seed)
        nobody = Operators(self.house.conversations, self.house.library.words)
        self.cashier = Cashier(
            self.house.orders, self.house.errands, self.ledger, self.house.clock, nobody
        )

    @property
    def now(self):
        return self.house.clock.now()

    def turn(self, day, second):
        self.house.clock.at = instant(day, second)

    def order(self, n):
        """Somebody orders, and opens his payment; returns its number and amount."""
        openid, now = f"oWelder{n}", self.now
        arrival = self.house.conversations.arrive(incoming("hi", openid, at=now), now)
        with self.house.conversations.open(arrival.contact_id) as conversation:
            his = conversation.applications
            his.begin(now)
            his.fill(Form("张大林"), now)
            his.happen("submit", "welder", now)
            his.happen("accept", "operator", now)
            items = (Item("training", "安全培训服务费", self.chance.randint(100, 90_000)),)
            order = conversation.orders.create(items, now)
        payment = self.house.orders.open_payment(order.id, "jsapi", openid, now)
        self.orders[payment.number] = order.id
        return payment.number, payment.fen

    def pay(self, number, fen, *, told=True):
        """WeChat takes the money; ``told``: we learn of it by a notice, or by asking."""
        trade = self.ledger.pays(number, fen)
        if told and self.chance.random() < 0.8:
            for _ in range(self.chance.choice([1, 1, 2])):
                self.house.orders.paid(trade, self.now)
        elif told:
            self.house.clock.advance(seconds=20)
            assert self.cashier.look(number) == "paid"

    def give_back(self, number, ends="done", learnt_after=0):
        """Money goes back; we learn of it so many seconds after WeChat has booked it."""
        order = self.house.orders.find(self.orders[number])
        free = order.fen if self.chance.random() < 0.5 else self.chance.randint(1, order.fen)
        refund = self.house.orders.ask_refund(order.id, free, "wish", "ling", self.now)
        if refund.state == "asked":  # above the limit
            self.house.orders.agree(refund.number, "mei", self.now, yes=True)
        back = self.ledger.give_back(refund, order.fen)
        self.house.clock.advance(seconds=learnt_after)
        self.house.orders.given_back(back, self.now)
        if ends:
            self.house.clock.advance(seconds=5)
            self.house.orders.given_back(self.ledger.ends(refund.number, ends), self.now)
        return refund.number

    def plant(self, kind, number):
        self.planted.add((kind, number))

    def found(self, operators=()):
        """What comparing all three days finds, by day."""
        self.turn(DAYS[-1] + timedelta(days=1), 11 * 3600)
        desk, words = self.house.reconciliations, self.house.library.words
        told = Operators(self.house.conversations, words, operators)
        keeper = Bookkeeper(desk, self.ledger, self.house.clock, told)
        for day in desk.due(self.now):
            keeper.look(day)
        assert desk.due(self.now) == []
        return {
            result.day: sorted((one.kind, one.number) for one in result.differences)
            for result in desk.days()
        }


def a_day(shop):
    """A thousand orders on three days, most on the one that counts; returns what moved on it."""
    chance, moved = shop.chance, []
    moments = sorted(
        (chance.choices(DAYS, [1, 8, 1])[0], chance.randrange(SECONDS - 600)) for _ in range(ORDERS)
    )
    for n, (day, second) in enumerate(moments):
        shop.turn(day, second)
        number, fen = shop.order(n)
        fate = chance.random()
        if fate < 0.08:  # nobody pays
            continue
        shop.pay(number, fen)
        numbers = [number]
        if fate > 0.8:
            ends = chance.choices(["done", "failed", None], [8, 1, 1])[0]
            numbers.append(shop.give_back(number, ends, learnt_after=chance.choice([0, 2, 60])))
        moved += numbers if day == DAY else []
    return moved


def midnights(shop, first):
    """Refunds that WeChat books a moment before midnight, and we a moment after."""
    for n in range(first, first + MIDNIGHTS):
        day = DAYS[n % 2]
        shop.turn(day, SECONDS - 3600)
        number, fen = shop.order(n)
        shop.pay(number, fen)
        shop.turn(day, SECONDS - shop.chance.randint(1, 9))
        shop.give_back(number, shop.chance.choice(["done", "failed", None]), learnt_after=10)


def plant_faults(shop, moved, each=6):
    """Change WeChat's statement of the day, ``each`` times in every way there is."""
    chance = shop.chance
    lines = {line.number: line for line in shop.ledger.true_lines(DAY)}
    ended = [n for n in moved if lines[n].kind == "refund" and lines[n].state != "PROCESSING"]
    states = chance.sample(ended, each)
    rest = [number for number in moved if number not in states]
    dropped, amounts, doubled, undecided = (
        chance.sample(rest, 4 * each)[n * each : (n + 1) * each] for n in range(4)
    )
    foreign = [
        Line(chance.choice(["payment", "refund"]), f"FOREIGN{n:025}", n + 1, "SUCCESS")
        for n in range(each)
    ]

    def changed(line):
        if line.number in amounts:
            return replace(line, fen=line.fen + chance.choice([-1, 1]))
        if line.number in states:
            return replace(line, state={"SUCCESS": "ABNORMAL"}.get(line.state, "SUCCESS"))
        if line.number in undecided and line.kind == "refund":
            return replace(line, state="PROCESSING")
        return line

    def change(true):
        kept = [changed(line) for line in true if line.number not in dropped]
        out = [*foreign, *kept, *(line for line in kept if line.number in doubled)]
        chance.shuffle(out)
        return out

    shop.ledger.changes[DAY] = change
    for kind, numbers in (
        ("missing_there", dropped),
        ("amount", amounts),
        ("doubled", doubled),
        ("state", states),
        ("missing_here", [line.number for line in foreign]),
    ):
        for number in numbers:
            shop.plant(kind, number)


def break_books(shop, first, each=6):
    """Lose in our own books what WeChat has, and believe what it never said."""
    for n in range(first, first + 2 * each):
        shop.turn(DAY, 12 * 3600 + n)
        number, fen = shop.order(n)
        if n % 2:
            shop.pay(number, fen, told=False)
            shop.plant("missing_here", number)
        else:
            shop.house.orders.paid(Trade(number, "paid", fen, "42", shop.now), shop.now)
            shop.plant("missing_there", number)


SEEDS = [6, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(100, 110))]


@pytest.fixture(params=SEEDS)
def shop(lite_house, request, monkeypatch):
    """Its numbers come by seed; nobody cuts the power, so nothing waits for the disk."""
    made = Shop(lite_house, request.param)
    write = Database._write_sqlite
    monkeypatch.setattr(Database, "_write_sqlite", lambda self, _lasting: write(self, False))
    numbers = random.Random(request.param)
    monkeypatch.setattr("bot.store.order_rows.secrets.choice", numbers.choice)
    return made


def test_a_day_of_1000_orders_reconciles_with_every_planted_difference_and_no_other(shop):
    operator = "oOperator"
    welder(shop.house, operator)
    moved = a_day(shop)
    midnights(shop, ORDERS)
    break_books(shop, ORDERS + MIDNIGHTS)
    plant_faults(shop, moved)
    assert len(moved) > 700
    assert len(shop.planted) == 42
    assert shop.found((operator,)) == {DAYS[0]: [], DAY: sorted(shop.planted), DAYS[2]: []}
    told = shop.house.services.outbox.history(operator)
    assert [row.message.scope for row in told] == ["reconcile/2026-11-24"]
