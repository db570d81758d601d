"""Jobs: each is done once, failures have their nature, and nothing is tried for ever."""

import threading

import pytest

from bot.scheduler import worker
from bot.scheduler.run import make_sender, make_workshop
from bot.scheduler.worker import Crew, Sweeper
from bot.scheduler.workshop import MOST_TRIES, PAUSE_S, NotDone, Workshop, say
from tests.scheduler.test_worker import Bells
from tests.store.people import welder
from tests.talk import NotingCourier


class Hand:
    """Implements ``workshop.Hand`` with a list of what happens; the last happens for ever."""

    def __init__(self, *ends):
        self.ends, self.done, self.given_up = list(ends), [], []

    def do(self, job, now):
        self.done.append(job.payload)
        end = self.ends.pop(0) if len(self.ends) > 1 else self.ends[0]
        if end:
            raise end

    def give_up(self, job, reason, now):
        self.given_up.append(reason)


@pytest.fixture
def contact(house):
    contact = welder(house)
    add(house, contact)
    return contact


def add(house, contact, kind="dig", scope="1"):
    with house.conversations.open(contact) as conversation:
        conversation.jobs.add(kind, scope, '{"deep": 3}', house.clock.now())


def work(house, hand):
    workshop = Workshop(house.services, {"dig": hand})
    return [workshop.work(job) for job in house.services.jobs.due(house.clock.now())]


def test_a_job_is_done_once_however_often_it_is_asked_for(house, contact):
    add(house, contact)
    hand = Hand(None)
    assert work(house, hand) == ["done"]
    add(house, contact)
    assert work(house, hand) == []
    assert hand.done == ['{"deep": 3}']


def test_a_pause_grows_between_tries_and_they_are_counted(house, contact):
    hand = Hand(NotDone("busy", again=True))
    begun, times = house.clock.now(), []
    for _ in range(3600):
        if ends := work(house, hand):
            times.append((house.clock.now() - begun).total_seconds())
        house.clock.advance(seconds=1)
    assert times == [0, PAUSE_S * 2, PAUSE_S * 6, PAUSE_S * 14]
    assert len(hand.done) == MOST_TRIES
    assert hand.given_up == ["busy"]
    assert ends == []


def test_what_will_never_go_is_given_up_at_once(house, contact):
    hand = Hand(NotDone("refused", again=False))
    assert work(house, hand) == ["dead"]
    assert hand.given_up == ["refused"]


def test_what_went_wrong_unforeseen_is_tried_again_and_ends(house, contact):
    hand = Hand(ZeroDivisionError("of him"))
    ends = []
    for _ in range(9):
        ends += work(house, hand)
        house.clock.advance(minutes=5)
    assert ends == ["due"] * (MOST_TRIES - 1) + ["dead"]
    assert hand.given_up == ["ZeroDivisionError"]  # what it says may quote a person


def test_what_kills_its_workers_is_given_up(house, contact, monkeypatch):
    monkeypatch.setattr("bot.store.jobs.LEASE_S", -1)
    killer = Hand(SystemExit())
    for _ in range(MOST_TRIES):
        with pytest.raises(SystemExit):
            work(house, killer)
    hand = Hand(None)
    assert work(house, hand) == ["dead"]
    assert len(killer.done) == MOST_TRIES
    assert (hand.done, len(hand.given_up)) == ([], 1)


def test_a_kind_that_nobody_does_is_dead(house, contact):
    assert [Workshop(house.services).work(1)] == ["dead"]
    assert house.services.jobs.due(house.clock.now()) == []


def test_a_job_in_hand_is_nobody_elses_however_long_it_takes(house, contact, monkeypatch):
    monkeypatch.setattr("bot.store.jobs.LEASE_S", 0.4)
    monkeypatch.setattr(worker, "HOLD_S", 0.05)
    going, end = threading.Event(), threading.Event()

    class Slow(Hand):
        def do(self, job, now):
            super().do(job, now)
            going.set()
            end.wait(20)

    workshop = Workshop(house.services, {"dig": Slow(None)})
    house.__dict__["courier"] = NotingCourier()
    sweeper = Sweeper(Bells(), make_sender(house), Crew(workshop))
    thread = threading.Thread(target=workshop.work, args=(1,))
    thread.start()
    going.wait(20)
    seen = set()
    for _ in range(12):
        sweeper.sweep()
        end.wait(0.1)
        seen |= set(house.services.jobs.due(house.clock.now()))
    end.set()
    thread.join()
    assert seen == set()
    assert workshop.in_hand == set()


def test_a_job_whose_worker_died_is_anybodys_when_its_lease_is_over(house, contact, monkeypatch):
    monkeypatch.setattr("bot.store.jobs.LEASE_S", 0)
    assert house.services.jobs.take(1, house.clock.now()).tries == 1
    assert house.services.jobs.take(1, house.clock.now()).tries == 2


def test_what_is_not_claimed_any_more_is_not_held(house, contact):
    now = house.clock.now()
    house.services.jobs.take(1, now)
    house.services.jobs.later(1, now, "busy")
    house.services.jobs.hold([1])
    assert house.services.jobs.due(now) == [1]


def test_a_job_is_told_of_once(house, contact):
    house.__dict__["courier"] = NotingCourier()
    job = house.services.jobs.take(1, house.clock.now())
    for _ in range(2):
        say(job, "voice.nothing", house.services, house.clock.now())
    assert len(house.services.outbox.due(house.clock.now())) == 1


def test_there_is_a_hand_for_every_kind_of_job_a_talk_may_ask_for(make_house, sqlite_url):
    house = make_house(
        sqlite_url,
        tencent_secret_id="i",
        tencent_secret_key="k",
        tencent_sms_app_id="1400000000",
        tencent_sms_sign="焊证助手",
        tencent_sms_code_template="c",
    )
    assert set(make_workshop(house).hands) == {"read", "receipt", "listen", "code"}


def test_without_a_cloud_photos_are_read_and_receipts_drawn(lite_house):
    assert set(make_workshop(lite_house).hands) == {"read", "receipt"}
