"""What a person agrees to: by purpose, by wording, and what was agreed is never rewritten."""

from datetime import timedelta

import pytest

from bot.domain.agreement import Agreement
from bot.store.driver import Statement
from tests.store.people import welder


@pytest.fixture
def contact(house):
    return welder(house)


def doing(house, contact, act):
    with house.conversations.open(contact) as conversation:
        return act(conversation.agreements)


def given(house, contact):
    return doing(house, contact, lambda his: his.given())


def test_nobody_has_agreed_to_anything_at_first(house, contact):
    assert given(house, contact) == {}


def test_each_purpose_is_agreed_to_by_itself(house, contact):
    now = house.clock.now()
    doing(house, contact, lambda his: his.give("identity", "2026-11", now))
    assert given(house, contact) == {"identity": Agreement("identity", "2026-11", now)}
    doing(house, contact, lambda his: his.give("face", "2026-11", now))
    doing(house, contact, lambda his: his.withdraw("identity", now))
    assert list(given(house, contact)) == ["face"]


def test_a_new_wording_takes_the_place_of_the_old_and_both_are_written_down(house, contact):
    now = house.clock.now()
    doing(house, contact, lambda his: his.give("identity", "1", now))
    later = now + timedelta(days=1)
    doing(house, contact, lambda his: his.give("identity", "2", later))
    assert given(house, contact)["identity"] == Agreement("identity", "2", later)
    with house.database.read() as connection:
        rows = connection.execute(Statement("SELECT * FROM agreements ORDER BY id")).all()
    assert [(row.version, row.withdrawn_at is None) for row in rows] == [("1", False), ("2", True)]


def test_what_was_withdrawn_may_be_given_again(house, contact):
    now = house.clock.now()
    doing(house, contact, lambda his: his.give("face", "1", now))
    doing(house, contact, lambda his: his.withdraw("face", now))
    doing(house, contact, lambda his: his.withdraw("face", now))
    assert given(house, contact) == {}
    doing(house, contact, lambda his: his.give("face", "1", now + timedelta(hours=1)))
    assert given(house, contact)["face"].given_at == now + timedelta(hours=1)


def test_one_person_agrees_for_himself_alone(house, contact):
    other = welder(house, "oOther")
    doing(house, contact, lambda his: his.give("identity", "1", house.clock.now()))
    assert given(house, other) == {}


def test_who_wants_to_be_forgotten_agrees_no_more(house, contact):
    doing(house, contact, lambda his: his.give("identity", "1", house.clock.now()))
    with house.conversations.open(contact) as conversation:
        conversation.wipe(house.clock.now())
    assert given(house, contact) == {}
