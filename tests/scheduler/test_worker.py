"""The worker: rows are the truth, bells are told ids, and the sweeper makes a lost bell harmless."""

import threading
import time
from datetime import timedelta

import pytest
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker

from bot.handlers.router import answer
from bot.messages import Said
from bot.ports import Busy, Outgoing
from bot.scheduler import worker
from bot.scheduler.run import make_sender
from bot.scheduler.worker import Sweeper, make_bells, make_broker, run_worker
from tests.conftest import incoming
from tests.store.people import welder
from tests.talk import NotingCourier

WORDS = (Said("k", "words"),)


class Bell:
    """An actor that is rung and does nothing."""

    def __init__(self, name):
        self.actor_name, self.rung = name, []

    def send(self, *row):
        self.rung.append(row)


class Bells:
    def __init__(self):
        self.deliver, self.fire, self.answer = Bell("deliver"), Bell("fire"), Bell("answer")


@pytest.fixture
def sender(lite_house):
    lite_house.__dict__["courier"] = NotingCourier()
    return make_sender(lite_house)


@pytest.fixture
def bells():
    return Bells()


@pytest.fixture
def sweeper(bells, sender):
    return Sweeper(bells, sender)


def queue(house, scope="1", kind="reply_part"):
    with house.conversations.open(welder(house)) as conversation:
        conversation.mailbox.queue(Outgoing(kind, scope, house.clock.now(), WORDS))


def test_an_idle_sweep_rings_for_nothing(sweeper, bells):
    assert sweeper.sweep() == 0


def test_a_due_row_is_rung_for_once_while_its_ring_is_young(
    sweeper, bells, lite_house, monkeypatch
):
    queue(lite_house)
    assert [sweeper.sweep(), sweeper.sweep()] == [1, 0]
    assert bells.deliver.rung == [(1,)]
    monkeypatch.setattr(worker, "RING_AGAIN_S", 0.0)
    assert sweeper.sweep() == 1


def test_a_row_of_later_is_not_rung_for_before_its_time(sweeper, bells, lite_house):
    with lite_house.conversations.open(welder(lite_house)) as conversation:
        later = lite_house.clock.now() + timedelta(hours=1)
        conversation.mailbox.queue(Outgoing("reply_part", "1", later, WORDS))
    assert sweeper.sweep() == 0
    lite_house.clock.advance(hours=1)
    assert sweeper.sweep() == 1


def test_a_due_timer_is_rung_for(sweeper, bells, lite_house):
    answer(incoming("自查"), lite_house.services)
    lite_house.clock.advance(days=2)
    sweeper.sweep()
    assert [contact for contact, _kind in bells.fire.rung] == [1]


def test_an_arrival_that_nobody_answered_is_rung_for(sweeper, bells, lite_house, monkeypatch):
    lite_house.conversations.arrive(incoming("hi"), lite_house.clock.now())
    assert sweeper.sweep() == 0
    monkeypatch.setattr(worker, "UNDONE_S", 0.0)
    sweeper.sweep()
    assert bells.answer.rung == [(1,)]


def test_a_row_whose_taker_died_is_freed(sweeper, lite_house, sender, monkeypatch):
    queue(lite_house)
    monkeypatch.setattr("bot.store.claim.LEASE_S", -1)
    lite_house.services.outbox.take(1, lite_house.clock.now(), sender.decide)
    sweeper.sweep()
    (row,) = lite_house.services.outbox.history("oWelder")
    assert row.state == "unknown"


def test_rings_that_are_old_are_forgotten(sweeper, monkeypatch):
    sweeper._rung = {("deliver", n): -1e9 for n in range(10_001)}
    sweeper._ring(Bell("deliver"), 10_002)
    assert list(sweeper._rung) == [("deliver", 10_002)]


def test_the_broker_is_redis_when_there_is_one(redis_url):
    assert isinstance(make_broker(""), StubBroker)
    broker = make_broker(redis_url)
    assert isinstance(broker, RedisBroker)
    broker.close()


def test_who_is_busy_is_left_to_the_next_sweep(lite_house, sender, monkeypatch):
    def busy(*_args):
        raise Busy

    monkeypatch.setattr(type(sender), "deliver", busy)
    bells = make_bells(make_broker(""), sender)
    bells.deliver(1)


@pytest.mark.parametrize("redis", [False, True], ids=["embedded", "redis"])
def test_a_worker_sends_wakes_and_answers_until_it_is_stopped(
    lite_house, sender, redis, request, monkeypatch
):
    monkeypatch.setattr(worker, "UNDONE_S", 0.0)
    house, courier = lite_house, lite_house.courier
    answer(incoming("自查"), house.services)
    house.clock.advance(days=1)
    queue(house)
    house.conversations.arrive(incoming("在吗", at=house.clock.now()), house.clock.now())
    stop = threading.Event()
    url = request.getfixturevalue("redis_url") if redis else ""
    thread = threading.Thread(target=run_worker, args=(sender, url, stop))
    thread.start()
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until and not done(house):
            time.sleep(0.05)
    finally:
        stop.set()
        thread.join()
    assert done(house)
    texts = [text for _, _, text in courier.sent]
    assert len(texts) == len(set(texts))
    assert "words" in texts


def done(house):
    now = house.clock.now()
    return house.services.outbox.backlog(now).pending == 0


def test_a_sweep_that_fails_is_followed_by_the_next_one(lite_house, sender, monkeypatch):
    sweeps, stop = [], threading.Event()

    def broken(_sweeper):
        sweeps.append(1)
        if len(sweeps) == 2:
            stop.set()
        raise ZeroDivisionError

    monkeypatch.setattr(Sweeper, "sweep", broken)
    monkeypatch.setitem(worker.SWEEP_S, False, 0.01)
    run_worker(sender, "", stop)
    assert len(sweeps) >= 2
