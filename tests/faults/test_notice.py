"""Notices of WeChat Pay over the real wire: killed at any point, ten at once, and probed."""

import time

import pytest

from bot.config import read_settings
from bot.handlers.paying import Paying
from bot.wiring import House
from tests.stand import Stand
from tests.store.ordering import order

OPENID = "oWelder"


class Door:
    """A welder's order with an open payment, and both sides of it."""

    def __init__(self, stand):
        self.stand = stand
        stand.follow(OPENID)
        self.house = House(read_settings(stand.env))
        self.id = order(self.house, self.house.conversations.find(OPENID)).id
        self.paying = Paying(self.house.orders, self.house.till, self.house.clock)
        self.number = self.paying.open(self.id, "jsapi", OPENID, "培训服务费").number

    def pays(self):
        return self.stand.call("POST", f"/pay/orders/{self.number}/pay", {})

    @property
    def order(self):
        return self.house.orders.find(self.id)

    @property
    def notice(self):
        (notice,) = self.stand.call("GET", f"/pay/orders/{self.number}")["notices"]
        return notice

    def told(self):
        rows = self.house.services.outbox.history(OPENID)
        return [row.message.said[0].key for row in rows if row.message.kind == "news"]


@pytest.fixture
def door(sqlite_url, tmp_path):
    with Stand(tmp_path, sqlite_url, parts=("web",)) as stand:
        made = Door(stand)
        yield made
        made.house.close()


def until(true, seconds=20):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("point", ["before_commit", "after_commit", "before_acknowledge"])
def test_a_kill_while_a_notice_is_taken_costs_one_retry_and_nothing_else(door, point):
    door.stand.arm(point)
    door.pays()
    until(lambda: door.notice["tries"])
    assert not door.stand.failpoint.exists()
    assert door.notice["state"] == "waits"
    assert door.order.state == ("unpaid" if point == "before_commit" else "paid")
    door.stand.until(f"{door.stand.bot}/ready")
    door.stand.turn(advance="15s")
    until(lambda: len(door.notice["tries"]) == 2)
    assert door.notice["tries"][-1]["status"] == 204
    assert [one.deed for one in door.order.history] == ["pay"]
    assert door.told() == ["pay.told.paid"]


def test_ten_at_once_are_one_and_all_are_acknowledged(door):
    door.pays()
    until(lambda: door.notice["tries"])
    tries = door.stand.call("POST", f"/pay/notices/{door.notice['id']}/again", {"copies": 10})
    assert {one["status"] for one in tries["tries"]} == {204}
    assert [one.deed for one in door.order.history] == ["pay"]
    assert door.told() == ["pay.told.paid"]


def test_a_probe_is_refused(door):
    assert door.stand.call("POST", "/pay/probe", {})["status"] == 401
    assert door.order.state == "unpaid"
