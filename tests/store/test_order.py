"""The nearest deadline first: in claiming, under the cap, and when what waits is shown."""

from datetime import date, timedelta

import pytest

from bot.domain import reach
from bot.domain.reminders import DAY_AFTER
from bot.messages import Said
from bot.ports import Delivery, Outgoing
from bot.scheduler.run import make_sender
from tests.store.people import at, plan, rows, save, send, today, welder
from tests.talk import NotingCourier

DAY = timedelta(days=1)
WORDS = (Said("k", "words"),)


@pytest.fixture
def sender(house):
    """The real sender; every send takes 300 ms."""

    class Slow(NotingCourier):
        def service(self, openid, said):
            super().service(openid, said)
            house.clock.advance(milliseconds=300)

    house.__dict__["courier"] = Slow()
    return make_sender(house)


def save_for(house, contact, points):
    """Certificates that have these points tomorrow, and nothing else owed."""
    for point in points:
        save(house, contact, today(house) + (point + 1) * DAY)
    with house.conversations.open(contact) as conversation:
        conversation.mailbox.cancel_reminders("cleared")


def send_due(house, sender):
    """Send until nothing is due; return the points in the order in which they were told."""
    told = []
    while due := house.services.outbox.due(house.clock.now()):
        for message_id in due:
            if sender.deliver(message_id) == "sent":
                told += [
                    row.message.point
                    for row in house.services.outbox.history("oWelder")
                    if row.id == message_id
                ]
    return told


def test_four_certificates_on_one_day_and_the_nearest_deadline_is_told_first(house, sender):
    contact = welder(house)
    save_for(house, contact, (180, 120, 90, 1))
    at(house, today(house) + DAY, 9)
    plan(house)
    assert send_due(house, sender) == [1, 90, 120]
    waits = [(point, reason) for point, state, reason in rows(house) if state == "due"]
    assert waits == [(180, "weekly_cap")]


def test_of_two_certificates_at_one_point_the_nearer_deadline_is_told_first(house):
    contact = welder(house)
    save(house, contact, today(house) + 50 * DAY)
    save(house, contact, today(house) + 40 * DAY)
    house.clock.advance(days=1)
    terms = []
    while due := house.services.outbox.due(house.clock.now()):
        taken = send(house, due[0], "template")
        assert taken.message.point == 60
        terms.append(taken.message.term)
        house.services.outbox.settle(taken, Delivery("sent"), house.clock.now())
    assert terms == sorted(terms)
    assert len(terms) == 2


def test_a_nearer_deadline_that_must_wait_holds_the_farther_one_back(house):
    contact = welder(house)
    save_for(house, contact, (120, 30))
    at(house, today(house) + DAY, 9)
    plan(house)
    near = house.services.outbox.due(house.clock.now())
    later = house.clock.now() + timedelta(hours=3)
    wait = lambda _wish, _rights: reach.Wait(later, "weekly_cap")
    assert house.services.outbox.take(near[0], house.clock.now(), wait) is None
    (far,) = house.services.outbox.due(house.clock.now())
    assert send(house, far) is None
    assert [row for row in rows(house) if row[1] == "due"] == [
        (120, "due", "nearer_first"),
        (30, "due", "weekly_cap"),
    ]
    assert house.services.outbox.due(house.clock.now()) == []
    assert house.services.outbox.due(later) == near


def test_answers_go_before_reminders_and_nudges_after_them(house):
    contact = welder(house)
    save_for(house, contact, (30,))
    at(house, today(house) + DAY, 9)
    now = house.clock.now()
    with house.conversations.open(contact) as conversation:
        conversation.mailbox.queue(Outgoing("nudge", "1", now - DAY, WORDS))
    plan(house)
    with house.conversations.open(contact) as conversation:
        conversation.mailbox.queue(Outgoing("human_reply", "1", now, WORDS))
    kinds = []
    while due := house.services.outbox.due(now):
        taken = send(house, due[0], "template")
        kinds.append(taken.message.kind)
        house.services.outbox.settle(taken, Delivery("sent"), now)
    assert kinds == ["human_reply", "expiry", "nudge"]


def test_one_send_to_a_person_at_a_time(house):
    contact = welder(house)
    save_for(house, contact, (30,))
    at(house, today(house) + DAY, 9)
    plan(house)
    (first,) = house.services.outbox.due(house.clock.now())
    assert send(house, first)
    save(house, contact, today(house) + 2 * DAY)
    at(house, today(house) + DAY, 9)
    (nearer,) = house.services.outbox.due(house.clock.now())
    assert send(house, nearer) is None


def test_what_waits_is_shown_by_the_nearest_deadline(house):
    contact = welder(house)
    save_for(house, contact, (180, 90, 1, 60))
    at(house, today(house) + DAY, 9)
    plan(house)
    with house.conversations.open(contact) as conversation:
        conversation.mailbox.queue(Outgoing("human_reply", "1", house.clock.now(), WORDS))
    park = lambda _wish, _rights: reach.Park("no_right")
    while due := house.services.outbox.due(house.clock.now()):
        house.services.outbox.take(due[0], house.clock.now(), park)
    with house.conversations.open(contact) as conversation:
        points = [row.message.point for row in conversation.mailbox.waiting()]
    assert points == [1, 60, 90, 180, None]


@pytest.mark.parametrize("hour", [9, 23])
def test_the_cap_never_costs_a_certificate_its_last_week(house, sender, hour):
    contact = welder(house)
    with house.conversations.open(contact) as conversation:
        conversation.certificates.remind_at(hour, house.clock.now())
    expires_on = today(house) + 20 * DAY
    save(house, contact, expires_on)
    told = {}
    for _ in range(23):
        at(house, today(house) + DAY, hour)
        welder(house)  # he writes, so that a right is held
        plan(house)
        for point in send_due(house, sender):
            told[point] = (expires_on - today(house)) // DAY
    assert told == {30: 19, 15: 15, 7: 7, 3: 3, 1: 1, 0: 0, DAY_AFTER: -1}


def test_the_last_week_counts_and_the_rest_gives_way(house, sender):
    contact = welder(house)
    start = today(house)
    save_for(house, contact, (7, 3, 1, 60))
    at(house, start + DAY, 9)
    plan(house)
    assert send_due(house, sender) == [1, 3, 7]
    assert [row for row in rows(house) if row[0] == 60] == [(60, "due", "weekly_cap")]
    told = {}
    for _ in range(8):
        at(house, today(house) + DAY, 9)
        welder(house)
        for point in send_due(house, sender):
            told[point] = (today(house) - start) // DAY
    assert told == {60: 8}


def test_what_is_due_already_is_reserved_as_what_is_to_come(house):
    contact = welder(house)
    at(house, date(2026, 11, 24), 10)
    save(house, contact, date(2026, 12, 11))  # 30 tomorrow, 15 on the 26th
    soon = save(house, contact, date(2026, 12, 9))  # 15 tomorrow, 7 on the 2nd
    with house.conversations.open(contact) as conversation:
        assert conversation.ledger.rights(house.clock.now()).reserved == 3
        assert conversation.ledger.rights(house.clock.now() + DAY).reserved == 4
        conversation.certificates.mute(soon, house.clock.now())
        assert conversation.ledger.rights(house.clock.now()).reserved == 2
