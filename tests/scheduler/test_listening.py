"""A voice is made into words by a worker, and answered as if it had been typed."""

import json

import pytest

from bot.handlers.router import answer
from bot.ports import NotRecognised, SendFailed
from bot.scheduler.listening import Listener
from bot.scheduler.run import make_sender
from bot.scheduler.workshop import MOST_TRIES, Workshop
from tests.conftest import incoming
from tests.talk import NotingCourier


class Ears:
    """Implements ``ports.Recogniser`` with a list of what to do next."""

    def __init__(self, *heard):
        self.heard = list(heard)

    def listen(self, sound, format):
        assert (sound, format) == (b"#!AMR\n", "amr")
        found = self.heard.pop(0) if len(self.heard) > 1 else self.heard[0]
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def listening(make_house, database_url):
    from bot.store.schema import upgrade

    upgrade(database_url)
    house = make_house(database_url, tencent_secret_id="i", tencent_secret_key="k")
    house.__dict__["courier"] = NotingCourier()
    return house


def said_by(house):
    sender = make_sender(house)
    for message in house.services.outbox.due(house.clock.now()):
        sender.deliver(message)
    return [text for _, _, text in house.courier.sent]


def work(house, ears, fetch=lambda _media: b"#!AMR\n"):
    hands = {"listen": Listener(house.services, fetch, ears)}
    workshop = Workshop(house.services, hands)
    return [workshop.work(job) for job in house.services.jobs.due(house.clock.now())]


def voice(house):
    message = incoming("", kind="voice", media_id="m1", at=house.clock.now(),
                       fields={"Format": "amr"})  # fmt: skip
    return message, answer(message, house.services)


def test_a_voice_is_answered_as_if_it_had_been_typed(listening):
    _, reply = voice(listening)
    assert [said.key for said in reply.said] == ["voice.listening"]
    assert work(listening, Ears("证过期了咋办")) == ["done"]
    (told,) = said_by(listening)
    assert told.startswith("我听到的是：“证过期了咋办”")
    assert "过期" in told.partition("\n")[2]
    assert work(listening, Ears("x")) == []


def test_a_voice_sent_twice_is_heard_once(listening):
    message, first = voice(listening)
    assert answer(message, listening.services) == first
    assert work(listening, Ears("1")) == ["done"]
    assert len(said_by(listening)) == 1


def test_a_job_done_twice_by_a_dying_worker_says_it_once(listening):
    voice(listening)
    (job,) = listening.services.jobs.due(listening.clock.now())
    listener = Listener(listening.services, lambda _media: b"#!AMR\n", Ears("菜单"))
    taken = listening.services.jobs.take(job, listening.clock.now())
    listener._answer(taken, "菜单", listening.clock.now())
    listener._answer(taken, "菜单", listening.clock.now())
    assert len(said_by(listening)) == 1


def test_what_was_heard_gives_no_second_right_to_send(listening):
    voice(listening)
    with listening.conversations.open(1) as conversation:
        before = conversation.ledger.rights(listening.clock.now())
    work(listening, Ears("菜单"))
    with listening.conversations.open(1) as conversation:
        assert conversation.ledger.rights(listening.clock.now()) == before


def test_silence_in_a_voice_is_told_kindly(listening):
    voice(listening)
    assert work(listening, Ears("")) == ["done"]
    assert said_by(listening)[0].startswith("这条语音没听清")


def test_a_busy_cloud_is_asked_again_a_counted_number_of_times(listening):
    voice(listening)
    busy = Ears(NotRecognised("InternalError", again=True))
    ends = []
    for _ in range(MOST_TRIES + 2):
        ends += work(listening, busy)
        listening.clock.advance(minutes=5)
    assert ends == ["due"] * (MOST_TRIES - 1) + ["dead"]
    assert "转文字" in said_by(listening)[0]


@pytest.mark.parametrize(
    "error", [NotRecognised("AuthFailure", again=False), SendFailed("never", 40007, "gone")]
)
def test_a_voice_that_cannot_be_heard_tells_how_to_type_it(listening, error):
    def fetch(_media):
        if isinstance(error, SendFailed):
            raise error
        return b"#!AMR\n"

    voice(listening)
    assert work(listening, Ears(error), fetch) == ["dead"]
    assert "转文字" in said_by(listening)[0]


def test_two_workers_do_not_take_the_same_job(listening):
    voice(listening)
    now = listening.clock.now()
    (job,) = listening.services.jobs.due(now)
    taken = listening.services.jobs.take(job, now)
    assert json.loads(taken.payload) == {"media": "m1", "format": "amr"}
    assert listening.services.jobs.take(job, now) is None
    assert listening.services.jobs.due(now) == []


def test_without_a_service_a_voice_is_told_how_to_type(lite_house):
    lite_house.__dict__["courier"] = NotingCourier()
    _, reply = voice(lite_house)
    assert "转文字" in reply.said[0].text
    assert lite_house.services.jobs.due(lite_house.clock.now()) == []
