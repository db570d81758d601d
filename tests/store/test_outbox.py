"""The outbox: owed once, sent at most once, every unsent row with its reason."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from bot.domain import reach
from bot.domain.certificate import Certificate
from bot.domain.reminders import SHANGHAI
from bot.messages import Said
from bot.ports import Delivery, Outgoing
from tests.conftest import incoming

WORDS = (Said("k", "words"),)


def welder(house, openid="oWelder"):
    arrival = house.conversations.arrive(incoming("hi", openid=openid), house.clock.now())
    with house.conversations.open(arrival.contact_id) as conversation:
        conversation.ledger.grant(arrival.incoming, house.clock.now())
        conversation.finish(conversation.next_arrival(), _nothing())
    return arrival.contact_id


def _nothing():
    from bot.messages import Reply

    return Reply()


def queue(house, contact, scope="1", kind="reply_part", **more):
    with house.conversations.open(contact) as conversation:
        conversation.mailbox.queue(Outgoing(kind, scope, house.clock.now(), WORDS, **more))


def certificate(house, contact, expires_on):
    with house.conversations.open(contact) as conversation:
        return conversation.certificates.save(
            Certificate(0, "housing", "", expires_on), house.clock.now()
        ).id


def send(house, message_id, way="service"):
    decide = lambda _wish, _rights: reach.Send(way)
    return house.services.outbox.take(message_id, house.clock.now(), decide)


def states(house, openid="oWelder"):
    return [(row.state, row.reason) for row in house.services.outbox.history(openid)]


def test_a_message_is_queued_once_per_kind_and_scope(house):
    contact = welder(house)
    queue(house, contact)
    queue(house, contact)
    assert len(house.services.outbox.history("oWelder")) == 1


def test_eight_takers_send_once(house):
    contact = welder(house)
    queue(house, contact)
    (due,) = house.services.outbox.due(house.clock.now())
    with ThreadPoolExecutor(8) as pool:
        taken = [row for row in pool.map(lambda _: send(house, due), range(8)) if row]
    assert len(taken) == 1
    assert taken[0].via == "service"


def test_taking_spends_the_right_and_without_it_the_row_is_parked(house):
    contact = welder(house)
    for n in range(6):
        queue(house, contact, str(n))
    for _ in range(6):
        (due,) = house.services.outbox.due(house.clock.now())
        taken = send(house, due)
        if taken:
            house.services.outbox.settle(taken, Delivery("sent"), house.clock.now())
    assert [state for state, _ in states(house)] == ["sent"] * 5 + ["parked"]


def test_a_later_message_never_overtakes_an_earlier_one_of_the_same_person(house):
    contact = welder(house)
    queue(house, contact, "1")
    queue(house, contact, "2")
    (first,) = house.services.outbox.due(house.clock.now())
    assert send(house, first + 1) is None
    taken = send(house, first)
    assert send(house, first + 1) is None
    house.services.outbox.settle(taken, Delivery("sent"), house.clock.now())
    assert send(house, first + 1)


def test_waiting_moves_the_row_and_says_why(house):
    contact = welder(house)
    queue(house, contact)
    (due,) = house.services.outbox.due(house.clock.now())
    later = house.clock.now() + timedelta(hours=3)
    wait = lambda _w, _r: reach.Wait(later, "quiet_hours")
    assert house.services.outbox.take(due, house.clock.now(), wait) is None
    assert states(house) == [("due", "quiet_hours")]
    assert house.services.outbox.due(house.clock.now()) == []
    assert house.services.outbox.due(later) == [due]


def test_what_is_parked_waits_for_the_next_contact_and_is_shown_once(house):
    contact = welder(house)
    queue(house, contact)
    (due,) = house.services.outbox.due(house.clock.now())
    park = lambda _w, _r: reach.Park("no_right")
    house.services.outbox.take(due, house.clock.now(), park)
    with house.conversations.open(contact) as conversation:
        assert conversation.person.waiting == 1
        (row,) = conversation.mailbox.waiting()
        conversation.mailbox.show(row.id, house.clock.now())
    with house.conversations.open(contact) as conversation:
        assert conversation.person.waiting == 0
        assert conversation.mailbox.waiting() == ()
    assert states(house)[0][0] == "shown"


def test_what_may_have_gone_out_counts_against_the_week_even_once_it_was_told(house):
    contact = welder(house)
    queue(house, contact, kind="nudge")
    (due,) = house.services.outbox.due(house.clock.now())
    taken = send(house, due)
    house.services.outbox.settle(taken, Delivery("unknown", "cut"), house.clock.now())
    with house.conversations.open(contact) as conversation:
        (row,) = conversation.mailbox.waiting()
        conversation.mailbox.show(row.id, house.clock.now())
    with house.conversations.open(contact) as conversation:
        assert conversation.ledger.rights(house.clock.now()).unasked_this_week == 1


def test_the_platforms_refusal_ends_the_right_whatever_the_ledger_says(house):
    contact = welder(house)
    queue(house, contact)
    (due,) = house.services.outbox.due(house.clock.now())
    taken = send(house, due)
    house.services.outbox.settle(
        taken, Delivery("parked", "45015", stops="service"), house.clock.now()
    )
    with house.conversations.open(contact) as conversation:
        assert conversation.ledger.rights(house.clock.now()).service(house.clock.now()) == 0


def test_two_clocks_owe_each_point_once(house):
    contact = welder(house)
    certificate(house, contact, house.clock.now().astimezone(SHANGHAI).date() + timedelta(days=181))
    house.clock.advance(days=1)
    day = house.clock.now().astimezone(SHANGHAI).date()
    plan = lambda _: house.services.outbox.plan(day, house.clock.now())
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(plan, range(4))) == 1


def test_a_clock_that_stood_still_owes_the_missed_days(house):
    contact = welder(house)
    start = house.clock.now().astimezone(SHANGHAI).date()
    certificate(house, contact, start + timedelta(days=33))
    house.services.outbox.plan(start, house.clock.now())
    house.clock.advance(days=30)
    house.services.outbox.plan(start + timedelta(days=30), house.clock.now())
    rows = {r.message.point: r.state for r in house.services.outbox.history("oWelder")}
    older = dict.fromkeys((60, 30, 15, 7), "superseded")
    assert rows == {**older, 3: "due"}


def test_a_reminder_is_due_at_the_hour_he_chose(house):
    contact = welder(house)
    day = house.clock.now().astimezone(SHANGHAI).date()
    with house.conversations.open(contact) as conversation:
        conversation.certificates.remind_at(20, house.clock.now())
    certificate(house, contact, day + timedelta(days=90))
    house.services.outbox.plan(day, house.clock.now())
    (row,) = house.services.outbox.history("oWelder")
    assert row.message.due_at == datetime(day.year, day.month, day.day, 20, tzinfo=SHANGHAI)


@pytest.mark.parametrize("why", ["muted", "off", "unfollowed", "revoked"])
def test_nothing_is_owed_to_who_does_not_want_or_cannot(house, why):
    contact = welder(house)
    day = house.clock.now().astimezone(SHANGHAI).date()
    now = house.clock.now()
    with house.conversations.open(contact) as conversation:
        status = "revoked" if why == "revoked" else "valid"
        saved = conversation.certificates.save(
            Certificate(0, "housing", "", day + timedelta(days=90), status), now
        )
        if why == "muted":
            conversation.certificates.mute(saved.id, now)
        if why == "off":
            conversation.certificates.switch_reminders(False, now)
        if why == "unfollowed":
            conversation.unfollow(now, now)
    assert house.services.outbox.plan(day, now) == 0


def test_who_handles_it_is_still_told_in_the_last_week(house):
    contact = welder(house)
    day = house.clock.now().astimezone(SHANGHAI).date()
    saved = certificate(house, contact, day + timedelta(days=8))
    with house.conversations.open(contact) as conversation:
        conversation.certificates.mute(saved, house.clock.now(), 7)
    day += timedelta(days=1)
    house.clock.advance(days=1)
    assert house.services.outbox.plan(day, house.clock.now()) == 1


def test_the_backlog_names_the_next_point_before_any_clock_has_owed_it(house):
    contact = welder(house)
    day = house.clock.now().astimezone(SHANGHAI).date()
    certificate(house, contact, day + timedelta(days=181))
    house.services.outbox.plan(day, house.clock.now())
    nine = datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI)
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    backlog = house.services.outbox.backlog(house.clock.now())
    assert backlog.pending == 0
    assert backlog.next_due_at == midnight + timedelta(days=1)
    assert backlog.next_reminder_at == nine + timedelta(days=1)
    house.clock.at = midnight + timedelta(days=1)
    assert house.services.outbox.backlog(house.clock.now()).pending == 1
    house.services.outbox.plan(day + timedelta(days=1), house.clock.now())
    backlog = house.services.outbox.backlog(house.clock.now())
    assert backlog.pending == 0
    assert backlog.next_reminder_at == nine + timedelta(days=1)


@pytest.mark.parametrize("why", ["muted", "off", "unfollowed"])
def test_the_backlog_does_not_name_a_point_that_nobody_wants_to_hear_of(house, why):
    contact = welder(house)
    now = house.clock.now()
    saved = certificate(house, contact, now.astimezone(SHANGHAI).date() + timedelta(days=200))
    with house.conversations.open(contact) as conversation:
        if why == "muted":
            conversation.certificates.mute(saved, now)
        if why == "off":
            conversation.certificates.switch_reminders(False, now)
        if why == "unfollowed":
            conversation.unfollow(now, now)
    assert house.services.outbox.backlog(now).next_reminder_at is None


def test_when_he_writes_the_ways_of_followers_open_again_and_no_other(house):
    contact = welder(house)
    for n, way in enumerate(("template", "sms", "template")):
        queue(house, contact, scope=str(n))
        (due,) = house.services.outbox.due(house.clock.now())
        taken = send(house, due)
        refused = Delivery("parked", "43004", stops=way)
        house.services.outbox.settle(taken, refused, house.clock.now())
    with house.conversations.open(contact) as conversation:
        assert conversation.ledger.rights(house.clock.now()).closed == {"template", "sms"}
        conversation.ledger.grant(incoming("hi"), house.clock.now())
    with house.conversations.open(contact) as conversation:
        rights = conversation.ledger.rights(house.clock.now())
    assert rights.closed == {"sms"}
    assert rights.service(house.clock.now()) == 5
