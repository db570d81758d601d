"""Codes by phone: a pause, five a day, five tries, ten minutes, once."""

from datetime import datetime

import pytest

from bot.domain.reminders import SHANGHAI
from bot.store.cipher import Unreadable
from bot.store.driver import Statement
from tests.store.people import welder

PHONE = "13812345678"


@pytest.fixture
def contact(house):
    return welder(house)


def make(house, contact, phone=PHONE):
    with house.conversations.open(contact) as conversation:
        return conversation.phone_codes.make(phone, house.clock.now())


def check(house, contact, code):
    with house.conversations.open(contact) as conversation:
        return conversation.phone_codes.check(code, house.clock.now())


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_code_proves_the_number_it_was_sent_to(house, contact):
    code, why_not = make(house, contact)
    assert len(code) == 6
    assert code.isdigit()
    assert why_not == ""
    assert check(house, contact, code) == PHONE


def test_it_proves_it_once(house, contact):
    code, _ = make(house, contact)
    check(house, contact, code)
    assert check(house, contact, code) == ""


def test_a_minute_must_pass_before_the_next(house, contact):
    make(house, contact)
    house.clock.advance(seconds=59)
    assert make(house, contact) == ("", "soon")
    house.clock.advance(seconds=1)
    assert make(house, contact)[1] == ""


def test_the_pause_is_not_shortened_by_another_number(house, contact):
    make(house, contact)
    assert make(house, contact, "13912345678") == ("", "soon")


def test_a_new_code_replaces_the_old_and_its_number(house, contact):
    old, _ = make(house, contact)
    house.clock.advance(minutes=1)
    new, _ = make(house, contact, "13912345678")
    if old != new:
        assert check(house, contact, old) == ""
    assert check(house, contact, new) == "13912345678"


def test_five_a_day_in_shanghai(house, contact):
    house.clock.at = datetime(2026, 11, 24, 23, 0, tzinfo=SHANGHAI)
    for _ in range(5):
        assert make(house, contact)[1] == ""
        house.clock.advance(minutes=2)
    assert make(house, contact) == ("", "many")
    house.clock.at = datetime(2026, 11, 25, 0, 0, tzinfo=SHANGHAI)
    assert make(house, contact)[1] == ""


def test_the_fifth_try_may_be_right_and_the_sixth_never_is(house, contact):
    code, _ = make(house, contact)
    for _ in range(4):
        assert check(house, contact, wrong(code)) == ""
    assert check(house, contact, code) == PHONE
    house.clock.advance(minutes=1)
    code, _ = make(house, contact)
    for _ in range(5):
        check(house, contact, wrong(code))
    assert check(house, contact, code) == ""


def test_ten_minutes_and_no_longer(house, contact):
    code, _ = make(house, contact)
    house.clock.advance(minutes=10)
    assert check(house, contact, code) == PHONE
    house.clock.advance(minutes=1)
    code, _ = make(house, contact)
    house.clock.advance(minutes=10, microseconds=1)
    assert check(house, contact, code) == ""


@pytest.mark.parametrize("typed", ["", " ", "12345", "一二三四五六", "000000 or 1=1", "é" * 6])
def test_anything_else_is_a_wrong_code(lite_house, typed):
    contact = welder(lite_house)
    make(lite_house, contact)
    assert check(lite_house, contact, typed) == ""


def test_there_is_no_code_before_one_was_made(house, contact):
    assert check(house, contact, "123456") == ""


def test_a_code_is_good_for_him_alone(house, contact):
    other = welder(house, "oOther")
    code, _ = make(house, contact)
    assert check(house, other, code) == ""


def test_being_forgotten_is_no_way_round_the_limit(house, contact):
    code, _ = make(house, contact)
    with house.conversations.open(contact) as conversation:
        conversation.wipe(house.clock.now())
    assert check(house, contact, code) == ""
    assert make(house, contact) == ("", "soon")
    for _ in range(4):
        house.clock.advance(minutes=2)
        assert make(house, contact)[1] == ""
    house.clock.advance(minutes=2)
    assert make(house, contact) == ("", "many")


@pytest.mark.parametrize(
    "move",
    [
        "UPDATE phone_codes SET code = phone",
        "UPDATE phone_codes SET phone = code, code = phone",
        "UPDATE phone_codes SET code = (SELECT p.code FROM phone_codes p WHERE p.contact_id = 2)"
        " WHERE contact_id = 1",
    ],
)
def test_a_code_that_was_moved_does_not_open(lite_house, move):
    contact, other = welder(lite_house), welder(lite_house, "oOther")
    code, _ = make(lite_house, contact)
    make(lite_house, other)
    with lite_house.database.write() as connection:
        connection.execute(Statement(move))
    with pytest.raises(Unreadable):
        check(lite_house, contact, code)
