"""A code sent to a phone: once if it may have gone out, again if it may go later."""

import pytest

from bot.handlers.acts import act
from bot.ports import NotSent
from bot.scheduler.texting import Texter
from bot.scheduler.workshop import MOST_TRIES, Workshop
from tests.cloud.doubles import MemorySms
from tests.scheduler.photos import Desk
from tests.talk import NotingCourier

PHONE = "13812345678"


@pytest.fixture
def desk(house):
    desk = Desk(house, NotingCourier())
    desk.does(lambda his: ask(his, desk))
    return desk


def ask(conversation, desk, phone=PHONE):
    return act("send_code", {"phone": phone}, conversation, desk.house.clock.now())


def send(desk, sms):
    workshop = Workshop(desk.house.services, {"code": Texter(desk.house.services, sms, "c1")})
    return [workshop.work(job) for job in desk.house.services.jobs.due(desk.house.clock.now())]


def test_the_code_that_is_sent_is_the_one_that_proves_the_number(desk):
    sms = MemorySms()
    assert send(desk, sms) == ["done"]
    ((phone, template, (code, minutes)),) = sms.sent
    assert (phone, template, minutes) == (PHONE, "c1", "10")
    now = desk.house.clock.now()
    assert desk.does(lambda his: his.phone_codes.check(code, now)) == PHONE
    assert send(desk, sms) == []
    assert desk.told() == []


def test_a_code_that_may_go_later_is_tried_again(desk):
    sms = MemorySms()
    sms.fails = [NotSent("InternalError", again=True)]
    assert send(desk, sms) == ["due"]
    desk.house.clock.advance(minutes=1)
    assert send(desk, sms) == ["done"]
    assert len(sms.sent) == 1


@pytest.mark.parametrize(
    ("error", "tries"),
    [(NotSent("InternalError", again=True), MOST_TRIES), (NotSent("barred", again=False), 1)],
)
def test_that_no_code_will_come_is_told_once(desk, error, tries):
    sms = MemorySms()
    sms.fails = [error] * 9
    ends = []
    for _ in range(6):
        ends += send(desk, sms)
        desk.house.clock.advance(minutes=1)
    assert len(ends) == tries
    assert ends[-1] == "dead"
    (told,) = desk.told()
    assert told.startswith("短信没发出去")


def test_a_new_code_is_a_job_of_its_own(desk):
    sms = MemorySms()
    send(desk, sms)
    desk.house.clock.advance(minutes=2)
    desk.does(lambda his: ask(his, desk))
    assert send(desk, sms) == ["done"]
    assert len(sms.sent) == 2
