"""What cannot be read or served any more is ended with a calm word; it blocks nobody."""

from datetime import timedelta

import pytest

from bot.domain import reach
from bot.handlers import router
from bot.handlers.router import answer, wake
from bot.messages import Said
from bot.ports import Outgoing
from tests.conftest import incoming
from tests.store.people import save, send, today, welder

WORDS = (Said("k", "words"),)
DAY = timedelta(days=1)


def damage(house, table, column):
    with house.database.write() as connection:
        connection.raw.execute(
            f"UPDATE {table} SET {column} = '\\x010203' WHERE {column} IS NOT NULL"
        )


def keys(reply):
    return [said.key for said in reply.said]


@pytest.fixture
def broken_talk(monkeypatch):
    def broken(*_args):
        raise KeyError("poison")

    monkeypatch.setattr(router, "talk", broken)


def test_a_timer_whose_talk_fails_fires_once(house, broken_talk):
    answer(incoming("自查"), house.services)
    house.clock.advance(days=2)
    ((contact, kind),) = house.services.outbox.due_timers(house.clock.now())
    assert not wake(contact, kind, house.services)
    assert house.services.outbox.due_timers(house.clock.now()) == []
    with house.conversations.open(contact) as conversation:
        assert conversation.person.turn == 1


def test_an_arrival_that_does_not_open_is_answered_with_an_apology(house):
    message = incoming("自查")
    house.conversations.arrive(message, house.clock.now())
    damage(house, "arrivals", "body")
    assert keys(answer(message, house.services)) == ["engine.trouble"]
    assert keys(answer(incoming("菜单"), house.services)) == ["home.pick"]
    assert house.conversations.undone(0.0) == []


def test_an_arrival_that_does_not_open_does_not_block_the_next_one(house):
    house.conversations.arrive(incoming("自查"), house.clock.now())
    damage(house, "arrivals", "body")
    assert keys(answer(incoming("菜单"), house.services)) == ["home.pick"]


def test_a_session_that_does_not_open_is_as_one_of_another_release(house):
    answer(incoming("自查"), house.services)
    damage(house, "contacts", "session")
    assert keys(answer(incoming("1"), house.services))[0] == "engine.moved_on"
    assert keys(answer(incoming("自查"), house.services))[-1] == "eligibility.issuer"


def test_a_message_that_does_not_open_dies_and_the_next_one_goes(house):
    contact = welder(house)
    with house.conversations.open(contact) as conversation:
        conversation.mailbox.queue(Outgoing("reply_part", "1", house.clock.now(), WORDS))
    damage(house, "outbox", "said")
    with house.conversations.open(contact) as conversation:
        conversation.mailbox.queue(Outgoing("reply_part", "2", house.clock.now(), WORDS))
    (first,) = house.services.outbox.due(house.clock.now())
    assert send(house, first) is None
    assert rows_of(house) == [("dead", "unreadable"), ("due", "")]
    (second,) = house.services.outbox.due(house.clock.now())
    assert send(house, second)


def test_what_waits_and_does_not_open_dies_and_the_talk_goes_on(house):
    contact = welder(house)
    save(house, contact, today(house) + 85 * DAY)
    house.clock.advance(days=1)
    with house.conversations.open(contact) as conversation:
        conversation.mailbox.queue(Outgoing("human_reply", "1", house.clock.now(), WORDS))
    park = lambda _wish, _rights: reach.Park("no_right")
    while due := house.services.outbox.due(house.clock.now()):
        house.services.outbox.take(due[0], house.clock.now(), park)
    damage(house, "outbox", "said")
    said = keys(answer(incoming("菜单", at=house.clock.now()), house.services))
    assert said[:2] == ["waiting.intro", "expiry.ahead"]
    assert rows_of(house) == [("shown", "no_right"), ("dead", "unreadable")]
    assert keys(answer(incoming("菜单"), house.services)) == ["home.pick"]


def rows_of(house):
    """(state, reason) of his rows, read without opening them."""
    with house.database.read() as connection:
        found = connection.raw.execute("SELECT state, reason FROM outbox ORDER BY id").fetchall()
    return [tuple(row) for row in found]


def test_a_reminder_of_a_number_that_does_not_open_dies(house):
    contact = welder(house)
    save(house, contact, today(house) + 85 * DAY)
    house.clock.advance(days=1)
    damage(house, "certificates", "number")
    (due,) = house.services.outbox.due(house.clock.now())
    assert send(house, due) is None
    assert rows_of(house) == [("dead", "unreadable")]
