"""The doors of WeChat Pay's notices: what is believed, written down, and answered."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from bot.handlers.paying import Paying
from bot.ports import BadNotice, Busy, Return, Trade
from bot.web.app import create_app
from tests.pay_till import MemoryTill
from tests.store.ordering import close, order
from tests.store.people import welder

PAID, RETURNED = "/pay/notify", "/pay/refund-notify"


class MemoryNotices:
    """Implements ``ports.Notices``: a notice is the name of what it tells."""

    def __init__(self):
        self.told = {}

    def tell(self, told):
        name = f"n{len(self.told)}".encode()
        self.told[name] = told
        return name

    def open(self, headers, body):
        if headers.get("Wechatpay-Signature") != "true" or body not in self.told:
            raise BadNotice("signature")
        return self.told[body]


class Door:
    """One order, its payment at WeChat, and the doors."""

    def __init__(self, house):
        self.house, self.till = house, MemoryTill(house.clock)
        self.notices = house.__dict__["notices"] = MemoryNotices()
        self.contact = welder(house)
        self.order_id = order(house, self.contact).id
        self.paying = Paying(house.orders, self.till, house.clock)
        self.number = self.paying.open(self.order_id, "jsapi", "oWelder", "费").number
        self.app = create_app(house)

    def notify(self, told, path=PAID, signature="true"):
        body = self.notices.tell(told)
        headers = {"Wechatpay-Signature": signature}
        return self.app.test_client().post(path, data=body, headers=headers)

    @property
    def order(self):
        return self.house.orders.find(self.order_id)

    def told(self):
        rows = self.house.services.outbox.history("oWelder")
        return [row.message.said[0].key for row in rows if row.message.kind == "news"]

    def counts(self):
        lines = self.app.test_client().get("/metrics").text.splitlines()
        return [line for line in lines if line.startswith("weldmate_notices_total")]

    def refund(self, fen=400):
        now = self.house.clock.now()
        refund = self.house.orders.ask_refund(self.order_id, fen, "wish", "ling", now)
        return self.till.give_back(refund, 400)


@pytest.fixture
def door(house):
    return Door(house)


@pytest.fixture
def lite(lite_house):
    return Door(lite_house)


def says_fail(answer):
    return answer.json == {"code": "FAIL", "message": "not taken"}


def test_a_payment_is_written_down_and_acknowledged_with_nothing(door):
    answer = door.notify(door.till.pay(door.number))
    assert (answer.status_code, answer.data) == (204, b"")
    assert (door.order.state, door.told()) == ("paid", ["pay.told.paid"])


def test_ten_equal_notices_at_once_pay_once(door):
    told = door.till.pay(door.number)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: door.notify(told).status_code, range(10)))
    assert answers == [204] * 10
    assert [one.deed for one in door.order.history] == ["pay"]
    assert door.told() == ["pay.told.paid"]
    assert door.house.orders.books().taken == 400


def test_a_notice_that_comes_again_a_day_later_changes_nothing(lite):
    told = lite.till.pay(lite.number)
    lite.notify(told)
    lite.house.clock.advance(days=1)
    assert lite.notify(told).status_code == 204
    assert [one.deed for one in lite.order.history] == ["pay"]
    assert any('outcome="known"' in line for line in lite.counts())


def test_a_refund_that_is_told_before_its_payment_is_told_again_in_order(lite):
    """Out of order: WeChat has given back what we have not yet heard was paid."""
    told = lite.till.pay(lite.number)
    back = Return("R" * 32, lite.number, 400, "done", lite.house.clock.now())
    assert lite.notify(back, RETURNED).status_code == 404
    lite.notify(told)
    assert lite.order.state == "paid"


def test_the_end_of_a_refund_may_come_before_its_beginning(door):
    door.notify(door.till.pay(door.number))
    asked = door.refund()
    ended = door.till.finish(asked.number)
    assert door.notify(ended, RETURNED).status_code == 204
    assert door.notify(asked, RETURNED).status_code == 204  # "processing", overtaken
    assert (door.order.state, door.told()[-1]) == ("refunded", "pay.told.refunded")


def test_ten_ends_of_a_refund_at_once_give_back_once(door):
    door.notify(door.till.pay(door.number))
    ended = door.till.finish(door.refund(150).number)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: door.notify(ended, RETURNED).status_code, range(10)))
    assert answers == [204] * 10
    assert (door.order.state, door.house.orders.books().kept) == ("paid", 250)
    assert door.told().count("pay.told.refunded") == 1


def test_a_notice_before_our_own_commit_is_told_again(lite):
    """The number is not in the books yet: refused now, believed when it comes back."""
    early = Trade("E" * 32, "paid", 400, "42" * 14, lite.house.clock.now())
    answer = lite.notify(early)
    assert (answer.status_code, says_fail(answer)) == (404, True)
    assert (lite.order.state, lite.told()) == ("unpaid", [])
    assert lite.notify(replace(early, number=lite.number)).status_code == 204
    assert lite.order.state == "paid"


def test_what_is_paid_after_closing_goes_back(door):
    told = door.till.pay(door.number)
    close(door.house, door.contact)
    assert door.notify(told).status_code == 204
    (refund,) = door.order.refunds
    assert (door.order.state, refund.reason, door.told()) == (
        "refunding",
        "late",
        ["pay.told.late"],
    )


def test_another_amount_is_never_acknowledged(lite, caplog):
    told = replace(lite.till.pay(lite.number), fen=399)
    answer = lite.notify(told)
    assert (answer.status_code, says_fail(answer)) == (409, True)
    assert (lite.order.state, lite.told()) == ("unpaid", [])
    (record,) = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert lite.number in record.getMessage()
    assert "399" not in record.getMessage()
    assert any('outcome="differs"' in line for line in lite.counts())


def test_another_amount_of_a_refund_is_never_acknowledged(lite):
    lite.notify(lite.till.pay(lite.number))
    ended = lite.till.finish(lite.refund(150).number)
    assert lite.notify(replace(ended, fen=151), RETURNED).status_code == 409
    assert lite.order.state == "refunding"


def test_a_number_that_is_not_ours_is_an_error_for_an_operator(lite, caplog):
    assert lite.notify(Trade("X" * 32, "paid", 400)).status_code == 404
    assert [one.levelno for one in caplog.records] == [logging.ERROR]


@pytest.mark.parametrize("path", [PAID, RETURNED])
def test_what_is_not_believed_changes_nothing_and_learns_nothing(lite, caplog, path):
    told = lite.till.pay(lite.number)
    answer = lite.notify(told, path, signature="WECHATPAY/SIGNTEST/x")
    assert (answer.status_code, says_fail(answer)) == (401, True)
    assert (lite.order.state, lite.told()) == ("unpaid", [])
    assert "signature" in caplog.text


def test_each_kind_has_its_own_door(lite):
    told = lite.till.pay(lite.number)
    assert lite.notify(told, RETURNED).status_code == 400
    assert lite.order.state == "unpaid"
    lite.notify(told)
    ended = lite.till.finish(lite.refund().number)
    assert lite.notify(ended, PAID).status_code == 400
    assert lite.order.state == "refunding"


def test_a_true_notice_of_nothing_we_keep_is_acknowledged(lite):
    assert lite.notify(None).status_code == 204


@pytest.mark.parametrize("path", [PAID, RETURNED])
def test_more_than_a_notice_is_not_read(lite, path):
    answer = lite.app.test_client().post(path, data=bytes(64 * 1024 + 1))
    assert (answer.status_code, says_fail(answer)) == (413, True)
    assert lite.app.test_client().post(path, data=bytes(64 * 1024)).status_code == 401


def test_what_cannot_be_written_down_now_is_told_again(lite, monkeypatch):
    told = lite.till.pay(lite.number)

    def busy(_desk, _trade, _now):
        raise Busy

    monkeypatch.setattr(type(lite.house.orders), "paid", busy)
    answer = lite.notify(told)
    assert (answer.status_code, says_fail(answer)) == (503, True)


def test_it_is_acknowledged_after_it_was_written_down(lite, monkeypatch):
    """Killed just before the answer: the money is in the books, and the next notice is no news."""
    seen = []

    def killed(name):
        seen.append((name, lite.order.state))
        raise SystemExit

    lite.house.__dict__["failpoint"] = killed
    told = lite.till.pay(lite.number)
    with pytest.raises(SystemExit):
        lite.notify(told)
    assert seen == [("before_acknowledge", "paid")]
    lite.house.__dict__["failpoint"] = lambda _name: None
    assert lite.notify(told).status_code == 204
    assert lite.told() == ["pay.told.paid"]


def test_without_a_merchant_nothing_is_believed(lite):
    told = lite.till.pay(lite.number)
    body = lite.notices.tell(told)
    lite.house.__dict__["notices"] = None
    answer = lite.app.test_client().post(PAID, data=body, headers={"Wechatpay-Signature": "true"})
    assert answer.status_code == 401


def test_nothing_is_there_to_be_read(lite):
    assert lite.app.test_client().get(RETURNED).status_code in {404, 405, 410}
    assert lite.counts() == []
