"""Money through any order of events: nothing is lost, nothing kept twice, the books agree."""

import contextlib
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.domain.application import NotNow as NotNowHere
from bot.domain.order import NotNow
from bot.handlers.operators import Operators
from bot.handlers.paying import Paying, TooMany
from bot.ports import PayFailed
from bot.scheduler.cashier import Cashier
from bot.store.schema import upgrade
from bot.wiring import House
from tests.conftest import StandingClock, test_settings
from tests.dialogs.real import LIBRARY
from tests.pay_till import MemoryTill
from tests.store.ordering import ITEMS, accept, close, order
from tests.store.people import welder

PAYERS = ("oWelder", "oWife")


class Killed(BaseException):
    """The process dies here."""


class Money(RuleBasedStateMachine):
    """One welder, his wife, two operators, WeChat Pay, and a process that dies."""

    @initialize()
    def begin(self):
        self.folder = tempfile.TemporaryDirectory()
        folder = Path(self.folder.name)
        self.url = f"sqlite:///{folder / 'x.sqlite'}"
        upgrade(self.url)
        self.clock = StandingClock(datetime(2026, 11, 24, 2, tzinfo=UTC))
        self.till = MemoryTill(self.clock)
        self.settings = test_settings(self.url, folder, refund_alone_fen=300)
        self.start()
        self.contact, self.withdrawn = welder(self.house), set()
        accept(self.house, self.contact)

    def start(self):
        self.house = House(self.settings)
        self.house.__dict__["clock"] = self.clock
        self.desk = self.house.orders
        self.paying = Paying(self.desk, self.till, self.clock)
        nobody = Operators(self.house.conversations, LIBRARY.words)
        self.cashier = Cashier(self.desk, self.house.errands, self.till, self.clock, nobody)

    def teardown(self):
        if hasattr(self, "house"):
            self.all_is_told()
            self.house.close()
            self.folder.cleanup()

    @property
    def orders(self):
        return self.desk.list()

    def attempt(self, act):
        """Do it, whatever comes of it but death."""
        try:
            return act()
        except (NotNow, NotNowHere, PayFailed, LookupError, TooMany):
            return None

    # the welder

    @rule()
    def orders_again(self):
        with self.house.conversations.open(self.contact) as conversation:
            application = conversation.applications.current()
        if application is None or application.state == "withdrawn":
            return
        if application.state == "accepted":
            with self.house.conversations.open(self.contact) as conversation:
                conversation.orders.create(ITEMS, self.clock.now())

    @rule()
    def cancels(self):
        self.attempt(lambda: close(self.house, self.contact))

    @rule()
    def withdraws(self):
        def act():
            with self.house.conversations.open(self.contact) as conversation:
                application, now = conversation.applications.current(), self.clock.now()
                conversation.applications.happen("withdraw", "welder", now)
                conversation.orders.give_back(application, "withdrawn", now)
                self.withdrawn.add(application.id)

        self.attempt(act)
        accept(self.house, self.contact)

    @rule(who=st.sampled_from(PAYERS), way=st.sampled_from(["jsapi", "native"]))
    def opens_the_page(self, who, way):
        payer = who if way == "jsapi" else ""
        if orders := self.orders:
            self.attempt(lambda: self.paying.open(orders[-1].id, way, payer, "x"))

    @rule(which=st.integers(0, 9))
    def pays(self, which):
        if live := self.till.live:
            self.till.pay(live[which % len(live)])

    # WeChat

    @rule(which=st.integers(0, 9), times=st.integers(1, 3))
    def a_notice_comes(self, which, times):
        paid = [n for n, slip in self.till.slips.items() if slip.state == "paid"]
        if paid:
            for _ in range(times):
                trade = self.till._trade(paid[which % len(paid)])
                self.attempt(lambda: self.desk.paid(trade, self.clock.now()))  # noqa: B023

    @rule(which=st.integers(0, 9), end=st.sampled_from(["done", "done", "failed"]))
    def a_refund_ends(self, which, end):
        going = [n for n, back in self.till.returns.items() if back.state == "processing"]
        if going:
            self.till.finish(going[which % len(going)], end)

    @rule(which=st.integers(0, 9), times=st.integers(1, 3))
    def a_refund_notice_comes(self, which, times):
        ended = [back for back in self.till.returns.values() if back.state != "processing"]
        if ended:
            for _ in range(times):
                back = ended[which % len(ended)]
                self.attempt(lambda: self.desk.given_back(back, self.clock.now()))  # noqa: B023

    @rule(done=st.booleans())
    def an_answer_will_be_lost(self, done):
        self.till.fails("again", "SYSTEM_ERROR", done=done)

    # we

    @rule(minutes=st.sampled_from([1, 10, 60, 600, 3000]))
    def time_passes(self, minutes):
        self.clock.advance(minutes=minutes)
        self.desk.expire(self.clock.now())

    @rule()
    def the_cashier_looks(self):
        for number in self.house.errands.due(self.clock.now()):
            self.cashier.look(number)

    @rule(fen=st.integers(1, 500), by=st.sampled_from(["ling", "mei"]))
    def an_operator_gives_back(self, fen, by):
        for found in self.orders:
            self.attempt(
                lambda: self.desk.ask_refund(found.id, fen, "wish", by, self.clock.now())  # noqa: B023
            )

    @rule(by=st.sampled_from(["ling", "mei"]), yes=st.booleans())
    def another_agrees_or_not(self, by, yes):
        for found in self.orders:
            for refund in found.refunds:
                self.attempt(
                    lambda: self.desk.agree(refund.number, by, self.clock.now(), yes=yes)  # noqa: B023
                )

    @rule(
        where=st.integers(1, 3),
        what=st.sampled_from(["page", "cashier"]),
        before=st.booleans(),
    )
    @precondition(lambda self: self.orders)
    def the_process_dies(self, where, what, before):
        """At the n-th call to WeChat: before it goes out, or after it has been done."""
        calls = iter(range(1, 100))

        def kill(_what, _number):
            if next(calls) == where:
                if not before:
                    self.till.meanwhile = lambda *_: None
                raise Killed

        self.till.meanwhile = kill
        try:
            if what == "page":
                self.attempt(lambda: self.paying.open(self.orders[-1].id, "jsapi", "oWelder", "x"))
            else:
                self.the_cashier_looks()
        except Killed:
            pass
        finally:
            self.till.meanwhile = lambda *_: None
        self.house.close()
        self.start()

    # what always holds

    @invariant()
    def the_books_never_say_more_than_wechat(self):
        if not hasattr(self, "house"):
            return
        books = self.desk.books()
        taken, returned = self.at_wechat()
        assert 0 <= books.taken <= taken
        assert 0 <= books.returned <= returned
        assert books.free >= 0
        for found in self.orders:
            numbers = {one.number for one in found.payments}
            assert len(numbers.intersection(self.till.live)) <= 1, "two live payments"
            assert sum(one.state == "open" for one in found.payments) <= 1

    def at_wechat(self):
        taken = sum(s.asked.fen for s in self.till.slips.values() if s.state == "paid")
        returned = sum(b.fen for b in self.till.returns.values() if b.state == "done")
        return taken, returned

    def all_is_told(self):
        """Let everything be asked until nothing is left to be asked: then both sides agree."""
        self.till.faults.clear()
        for _ in range(12):
            self.clock.advance(hours=12)
            self.desk.expire(self.clock.now())
            for number in self.house.errands.due(self.clock.now()):
                self.cashier.look(number)
            for number, back in list(self.till.returns.items()):
                if back.state == "processing":
                    self.till.finish(number)
        books = self.desk.books()
        assert (books.taken, books.returned) == self.at_wechat()
        assert self.till.live == []
        for found in self.orders:
            paid = [one for one in found.payments if one.state == "paid"]
            kept = sum(one.fen for one in paid) - sum(
                refund.fen for refund in found.refunds if refund.state == "done"
            )
            failed = any(refund.state == "failed" for refund in found.refunds)
            assert kept <= found.fen or failed, "money is kept twice"
            if not failed and found.state in {"closed", "refunded"}:
                assert kept == 0
            if not failed and found.application_id in self.withdrawn:
                assert kept == 0, "he withdrew before he had anything of it"
            assert not [one for one in found.payments if one.state == "open"]
            assert not [one for one in found.refunds if one.state in {"due", "processing"}]


TestMoney = Money.TestCase
TestMoney.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)


def test_two_payments_of_one_order_are_never_both_kept(lite_house, clock):
    """The worst case by itself: both were on the way when the first was closed."""
    contact, till = welder(lite_house), MemoryTill(clock)
    made = order(lite_house, contact)
    paying = Paying(lite_house.orders, till, clock)
    first = paying.open(made.id, "jsapi", "oWelder", "x").number
    second = {}

    def pay_first(what, number):
        if what == "close" and number == first and not second:
            second["paid"] = till.pay(first)

    till.meanwhile = pay_first
    with contextlib.suppress(NotNow):
        paying.open(made.id, "native", "", "x")
    found = lite_house.orders.find(made.id)
    assert (found.state, [one.state for one in found.payments]) == ("paid", ["paid"])
    assert till.live == []
