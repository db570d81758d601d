"""The clock: it only says when; the database says once."""

import threading
import time
from datetime import timedelta

from bot.scheduler import clock as scheduler
from bot.scheduler.clock import run_clock, tick
from tests.store.people import at, rows, save, today, welder
from tests.store.test_orders import ordered

DAY = timedelta(days=1)


def test_a_tick_owes_what_is_owed_today_and_the_next_one_nothing(house):
    contact = welder(house)
    save(house, contact, today(house) + 181 * DAY)
    assert tick(house.services) == 0
    house.clock.advance(days=1)
    assert tick(house.services) == 1
    assert tick(house.services) == 0
    assert rows(house) == [(180, "due", "")]


def test_a_tick_after_midnight_in_shanghai_is_the_next_day(house):
    contact = welder(house)
    save(house, contact, today(house) + 181 * DAY)
    at(house, today(house), 23, 59)
    assert tick(house.services) == 0
    house.clock.advance(minutes=1)
    assert tick(house.services) == 1


def test_a_tick_forgets_whose_time_has_come(house):
    welder(house)
    now = house.clock.now()
    with house.conversations.open(1) as conversation:
        conversation.unfollow(now, now)
    assert tick(house.services) == 0
    house.clock.advance(days=31)
    assert tick(house.services) == 1
    assert house.conversations.find("oWelder") is None


def test_a_tick_closes_what_nobody_has_paid(house):
    order = ordered(house, welder(house))
    assert tick(house.services, house.orders) == 0
    house.clock.advance(hours=48)
    assert tick(house.services, house.orders) == 1
    assert tick(house.services, house.orders) == 0
    assert house.orders.find(order.id).state == "closed"


def test_the_clock_ticks_at_once_and_until_it_is_stopped(lite_house, monkeypatch):
    ticks, stop = [], threading.Event()

    def note(*_):
        ticks.append(time.monotonic())
        if len(ticks) == 3:
            stop.set()

    monkeypatch.setattr(scheduler, "tick", note)
    began = time.monotonic()
    run_clock(lite_house.services, 0.05, stop)
    assert ticks[0] - began < 1
    assert len(ticks) >= 3


def test_a_tick_that_fails_is_followed_by_the_next_one(lite_house, monkeypatch):
    ticks, stop = [], threading.Event()

    def broken(*_):
        ticks.append(1)
        if len(ticks) == 2:
            raise ZeroDivisionError
        if len(ticks) == 3:
            stop.set()

    monkeypatch.setattr(scheduler, "tick", broken)
    run_clock(lite_house.services, 0.05, stop)
    assert len(ticks) >= 3
