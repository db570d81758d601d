"""One try to send one row: its claim, its lease, and how it ends, whatever became of its taker."""

from datetime import timedelta

import pytest

from bot.domain import reach
from bot.domain.reach import MOST_TRIES
from bot.messages import Said
from bot.ports import Delivery, Outgoing
from tests.store.people import rows, save, send, today, welder

WORDS = (Said("k", "words"),)


@pytest.fixture
def due(house):
    """A message that is due now."""
    contact = welder(house)
    with house.conversations.open(contact) as conversation:
        conversation.mailbox.queue(Outgoing("notice", "1", house.clock.now(), WORDS))
    (row,) = house.services.outbox.due(house.clock.now())
    return row


@pytest.fixture
def no_lease(monkeypatch):
    """Every lease is over as soon as it began."""
    monkeypatch.setattr("bot.store.claim.LEASE_S", -1)


def state(house):
    ((_, *found),) = rows(house)
    return tuple(found)


def recover(house):
    return house.services.outbox.recover(house.clock.now())


def settle(house, taken, *delivery, **more):
    house.services.outbox.settle(taken, Delivery(*delivery, **more), house.clock.now())


def waiting(house):
    with house.conversations.open(1) as conversation:
        return conversation.person.waiting


def test_a_taker_that_died_leaves_an_unknown_and_nothing_is_sent_again(house, due, no_lease):
    assert send(house, due)
    assert recover(house) == 1
    assert recover(house) == 0
    assert state(house) == ("unknown", "taker_died")
    assert waiting(house) == 1
    assert house.services.outbox.due(house.clock.now()) == []


def test_a_taker_within_his_lease_is_left_alone(house, due):
    assert send(house, due)
    assert recover(house) == 0
    assert state(house) == ("sending", "")


def test_a_template_whose_taker_died_goes_again_under_the_same_row(house, due, no_lease):
    assert send(house, due, "template")
    recover(house)
    assert house.services.outbox.due(house.clock.now()) == [due]
    house.clock.advance(minutes=9)
    assert send(house, due, "template").id == due


def test_a_template_that_may_have_gone_out_is_not_sent_once_its_key_is_forgotten(
    house, due, no_lease
):
    assert send(house, due, "template")
    recover(house)
    house.clock.advance(minutes=10)
    assert send(house, due, "template") is None
    assert state(house) == ("unknown", "cut_after_request")
    assert waiting(house) == 1


@pytest.mark.parametrize(
    "decision",
    [
        reach.Send("service"),
        reach.Send("subscription"),
        reach.Park("no_right"),
        reach.Drop("weekly_cap"),
    ],
)
def test_a_template_that_may_have_gone_out_goes_no_other_way(house, due, no_lease, decision):
    assert send(house, due, "template")
    recover(house)
    take = lambda _wish, _rights: decision
    assert house.services.outbox.take(due, house.clock.now(), take) is None
    assert state(house) == ("unknown", "cut_after_request")


def test_a_template_that_may_have_gone_out_does_not_wait_for_the_morning(house, due, no_lease):
    assert send(house, due, "template")
    recover(house)
    morning = house.clock.now() + timedelta(hours=11)
    wait = lambda _wish, _rights: reach.Wait(morning, "quiet_hours")
    assert house.services.outbox.take(due, house.clock.now(), wait) is None
    assert state(house) == ("unknown", "cut_after_request")


def test_what_the_platform_refused_may_be_tried_for_days(house, due):
    for _ in range(3):
        taken = send(house, due, "template")
        later = house.clock.now() + timedelta(minutes=15)
        settle(house, taken, "due", "40164", retry_at=later, refused=True)
        house.clock.at = later
    assert send(house, due, "template")


def test_a_refusal_does_not_unsay_that_an_earlier_try_may_have_gone_out(house, due):
    pause = timedelta(minutes=5)
    for refused in (False, True):
        taken = send(house, due, "template")
        later = house.clock.now() + pause
        settle(house, taken, "due", "-1", retry_at=later, refused=refused)
        house.clock.at = later
    assert send(house, due, "template") is None
    assert state(house) == ("unknown", "cut_after_request")


def test_a_template_is_not_tried_for_ever(house, due, no_lease):
    for _ in range(MOST_TRIES):
        assert send(house, due, "template")
        recover(house)
    assert state(house) == ("unknown", "taker_died")


@pytest.mark.parametrize("way", ["service", "template"])
def test_a_taker_slower_than_his_lease_still_says_what_happened(house, due, no_lease, way):
    taken = send(house, due, way)
    recover(house)
    settle(house, taken, "sent", remote_id="7")
    assert state(house) == ("sent", "")
    assert waiting(house) == 0
    assert house.services.outbox.due(house.clock.now()) == []


def test_a_slow_taker_says_nothing_about_the_try_of_the_next_one(house, due, no_lease):
    first = send(house, due, "template")
    recover(house)
    second = send(house, due, "template")
    settle(house, second, "sent", remote_id="7")
    settle(house, first, "parked", "43004")
    assert state(house) == ("sent", "")


def test_a_slow_taker_changes_nothing_that_was_told_meanwhile(house, due, no_lease):
    taken = send(house, due)
    recover(house)
    with house.conversations.open(1) as conversation:
        conversation.mailbox.show(due, house.clock.now())
    settle(house, taken, "due", "-1", retry_at=house.clock.now(), refused=True)
    assert state(house) == ("shown", "perhaps_sent")


def test_a_reminder_that_may_have_gone_out_is_not_owed_again(house, no_lease):
    contact = welder(house)
    save(house, contact, today(house) + timedelta(days=85))
    house.clock.advance(days=1)
    (due,) = house.services.outbox.due(house.clock.now())
    assert send(house, due, "template")
    recover(house)
    for on in (False, True):
        with house.conversations.open(contact) as conversation:
            conversation.certificates.switch_reminders(on, house.clock.now())
    assert rows(house) == [(90, "cancelled", "reminders_off")]


def test_a_reminder_that_is_forbidden_now_may_be_owed_again(house):
    contact = welder(house)
    save(house, contact, today(house) + timedelta(days=85))
    house.clock.advance(days=1)
    (due,) = house.services.outbox.due(house.clock.now())
    drop = lambda _wish, _rights: reach.Drop("reminders_off")
    house.services.outbox.take(due, house.clock.now(), drop)
    assert rows(house) == [(90, "cancelled", "reminders_off")]
    with house.conversations.open(contact) as conversation:
        conversation.certificates.owe_missed(house.clock.now())
    assert rows(house) == [(90, "due", "")]
