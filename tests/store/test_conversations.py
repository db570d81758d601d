"""The inbox and the lock, the same promises on SQLite and on PostgreSQL."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from bot.domain.certificate import Certificate
from bot.messages import Reply, Said
from bot.ports import Outgoing, Timer
from bot.store.driver import Statement
from bot.store.tables import metadata
from tests.conftest import incoming

HELLO = Reply((Said("k", "hello"),))


def answer(house, message, reply=HELLO):
    arrival = house.conversations.arrive(message, house.clock.now())
    with house.conversations.open(arrival.contact_id) as conversation:
        pending = conversation.next_arrival()
        if pending:
            conversation.finish(pending, reply)
    return arrival


def test_an_arrival_is_recorded_once_and_a_retry_sees_its_reply(house):
    message = incoming("hi")
    first = answer(house, message)
    again = house.conversations.arrive(message, house.clock.now())
    assert first.reply is None
    assert again.id == first.id
    assert again.reply == HELLO


def test_an_openid_stands_in_contacts_alone(house):
    answer(house, incoming("hi", "oWelderOfLiangping"))
    answer(house, incoming(openid="oWelderOfLiangping", kind="unfollow"))
    found = set()
    with house.database.read() as connection:
        for table in metadata.tables:
            for row in connection.execute(Statement(f"SELECT * FROM {table}")):
                if "oWelderOfLiangping" in repr(row):
                    found.add(table)
    assert found == {"contacts"}


def test_arrivals_come_back_in_the_order_in_which_they_arrived(house):
    messages = [incoming(str(n)) for n in range(5)]
    for message in messages:
        contact = house.conversations.arrive(message, house.clock.now()).contact_id
    seen = []
    for _ in messages:
        with house.conversations.open(contact) as conversation:
            arrival = conversation.next_arrival()
            seen.append(arrival.incoming.text)
            conversation.finish(arrival, HELLO)
    assert seen == ["0", "1", "2", "3", "4"]


def test_an_error_inside_rolls_everything_back(house):
    arrival = house.conversations.arrive(incoming("hi"), house.clock.now())
    with pytest.raises(ZeroDivisionError), house.conversations.open(arrival.contact_id) as c:
        c.keep_session("{}", 1)
        c.finish(c.next_arrival(), HELLO)
        raise ZeroDivisionError
    with house.conversations.open(arrival.contact_id) as c:
        assert c.person.session is None
        assert c.next_arrival().id == arrival.id


def test_nine_messages_at_once_are_nine_turns_one_after_another(house):
    turns, inside = [], threading.Lock()

    def one(n):
        arrival = house.conversations.arrive(incoming(str(n), openid="oBurst"), house.clock.now())
        while True:
            with house.conversations.open(arrival.contact_id) as conversation:
                pending = conversation.next_arrival()
                if pending is None:
                    break
                assert inside.acquire(blocking=False), "two turns of one person at once"
                conversation.keep_session("x", conversation.person.turn + 1)
                conversation.finish(pending, Reply((Said("k", pending.incoming.text),)))
                turns.append(pending.id)
                inside.release()
        return n, house.conversations.reply(arrival.id).said[0].text

    with ThreadPoolExecutor(9) as pool:
        for n, told in pool.map(one, range(9)):
            assert told == str(n)
    assert turns == sorted(turns)
    assert len(turns) == 9


def test_a_late_answer_leaves_through_the_outbox(house):
    arrival = house.conversations.arrive(incoming("hi"), house.clock.now())
    assert house.conversations.send_late(arrival.id) is None
    with house.conversations.open(arrival.contact_id) as conversation:
        conversation.finish(conversation.next_arrival(), HELLO)
    (row,) = house.services.outbox.history("oWelder")
    assert (row.message.kind, row.message.said) == ("reply_part", HELLO.said)


def test_giving_up_on_an_answered_arrival_returns_its_answer(house):
    arrival = answer(house, incoming("hi"))
    assert house.conversations.send_late(arrival.id) == HELLO
    assert house.services.outbox.history("oWelder") == []


def test_what_nobody_answered_is_found_by_the_sweep(house):
    arrival = house.conversations.arrive(incoming("hi"), house.clock.now())
    assert house.conversations.undone(60.0) == []
    assert house.conversations.undone(0.0) == [arrival.contact_id]


def test_a_message_grants_five_sends_and_a_tap_three(house):
    arrival = answer(house, incoming("hi"))
    now = house.clock.now()
    with house.conversations.open(arrival.contact_id) as conversation:
        conversation.ledger.grant(incoming("hi"), now)
    with house.conversations.open(arrival.contact_id) as conversation:
        rights = conversation.ledger.rights(now)
        assert (rights.service_left, rights.service_until) == (5, now + timedelta(hours=48))
        conversation.ledger.grant(incoming("x", choice=7), now)
    with house.conversations.open(arrival.contact_id) as conversation:
        assert conversation.ledger.rights(now).tap_left == 3
        assert conversation.ledger.rights(now).service_left == 5


def test_a_changed_date_cancels_what_was_planned_and_owes_the_missed_point(house):
    contact = answer(house, incoming("hi")).contact_id
    now = house.clock.now()
    with house.conversations.open(contact) as conversation:
        saved = conversation.certificates.save(
            Certificate(0, "housing", "n", date(2027, 3, 5)), now
        )
    assert [r.message.point for r in house.services.outbox.history("oWelder")] == [120]
    with house.conversations.open(contact) as conversation:
        conversation.certificates.save(
            Certificate(saved.id, "housing", "n", date(2027, 1, 15)), now
        )
    rows = house.services.outbox.history("oWelder")
    assert [(r.message.point, r.state) for r in rows] == [(120, "cancelled"), (60, "due")]
    assert rows[1].certificate.expires_on == date(2027, 1, 15)


def test_a_deleted_certificate_is_never_spoken_of(house):
    contact = answer(house, incoming("hi")).contact_id
    now = house.clock.now()
    with house.conversations.open(contact) as conversation:
        saved = conversation.certificates.save(
            Certificate(0, "housing", "n", date(2027, 3, 5)), now
        )
        conversation.certificates.delete(saved.id)
        assert conversation.certificates.all() == ()
    assert [r.state for r in house.services.outbox.history("oWelder")] == ["cancelled"]


def test_a_timer_is_single_and_is_taken_once(house):
    contact = answer(house, incoming("hi")).contact_id
    now = house.clock.now()
    with house.conversations.open(contact) as conversation:
        conversation.mailbox.set_timer(Timer("silence", "", now, 1))
        conversation.mailbox.set_timer(Timer("silence", "", now, 2))
    assert house.services.outbox.due_timers(now) == [(contact, "silence")]
    with house.conversations.open(contact) as conversation:
        assert conversation.mailbox.due_timer("silence", now).turn == 2
        assert conversation.mailbox.due_timer("silence", now) is None


def test_unfollowing_cancels_what_is_planned_and_following_again_restores(house):
    contact = answer(house, incoming("hi")).contact_id
    now = house.clock.now()
    with house.conversations.open(contact) as conversation:
        conversation.mailbox.queue(Outgoing("notice", "1", now, HELLO.said))
        conversation.unfollow(now, now)
    assert [r.state for r in house.services.outbox.history("oWelder")] == ["cancelled"]
    with house.conversations.open(contact) as conversation:
        assert conversation.follow(now, now)
        assert not conversation.person.followed
    assert house.services.outbox.forget(now + timedelta(days=60)) == 0


def test_forgetting_leaves_nothing_of_a_person(house):
    contact = answer(house, incoming("secret words")).contact_id
    now = house.clock.now()
    with house.conversations.open(contact) as conversation:
        conversation.request_human("home", "please", now)
        conversation.ledger.consent("tpl", True)
        conversation.unfollow(now, now)
    assert house.services.outbox.forget(now + timedelta(days=29)) == 0
    assert house.services.outbox.forget(now + timedelta(days=31)) == 1
    assert house.conversations.find("oWelder") is None
    assert house.services.humans.list() == []


def test_no_word_of_a_person_is_readable_in_the_file(lite_house, tmp_path):
    answer(lite_house, incoming("unmistakable"), Reply((Said("k", "unmistakable answer"),)))
    lite_house.close()
    for path in tmp_path.glob("test.sqlite*"):
        assert b"unmistakable" not in path.read_bytes()


def test_a_request_for_a_person_is_open_once_and_answered_in_words(house):
    contact = answer(house, incoming("hi")).contact_id
    now = house.clock.now()
    with house.conversations.open(contact) as conversation:
        first = conversation.request_human("home", "help me", now)
        assert conversation.request_human("home", "again", now) == first
    (request,) = house.services.humans.list()
    assert request.words == "help me"
    assert house.services.humans.reply(first, "come at nine", now)
    assert not house.services.humans.reply(first, "twice", now)
    (row,) = house.services.outbox.history("oWelder")
    assert "come at nine" in row.message.said[0].text
