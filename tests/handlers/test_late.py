"""A late answer is said once: by the outbox, or by the retry that comes before it leaves."""

import pytest

from bot.handlers.router import answer, drain
from bot.ports import Busy, Delivery
from tests.conftest import incoming
from tests.store.people import send


@pytest.fixture
def late(house, monkeypatch):
    """A message whose lock could not be had in time; WeChat got an empty answer."""
    message = incoming("自查")

    def busy(_contact):
        raise Busy

    monkeypatch.setattr(house.conversations, "open", busy)
    assert not answer(message, house.services)
    monkeypatch.undo()
    return message


def keys(said):
    return [piece.key for piece in said]


HELLO = ["eligibility.hello", "eligibility.issuer"]


def test_a_retry_that_comes_first_takes_the_late_answer_back(house, late):
    first = answer(late, house.services)
    assert keys(first.said) == HELLO
    assert house.services.outbox.due(house.clock.now()) == []
    assert answer(late, house.services) == first


def test_a_retry_after_somebody_else_answered_takes_it_back_as_well(house, late):
    drain(1, house.services)
    assert len(house.services.outbox.due(house.clock.now())) == 1
    assert keys(answer(late, house.services).said) == HELLO
    assert house.services.outbox.due(house.clock.now()) == []


@pytest.mark.parametrize("end", [None, "sent", "unknown"])
def test_a_retry_says_nothing_when_the_late_answer_is_on_its_way(house, late, end):
    drain(1, house.services)
    (due,) = house.services.outbox.due(house.clock.now())
    taken = send(house, due)
    assert keys(taken.message.said) == HELLO
    if end:
        house.services.outbox.settle(taken, Delivery(end), house.clock.now())
    assert not answer(late, house.services)


def test_a_late_answer_that_was_shown_with_another_one_is_not_repeated(house, late):
    drain(1, house.services)
    (due,) = house.services.outbox.due(house.clock.now())
    taken = send(house, due)
    parked = Delivery("parked", "45015", stops="service")
    house.services.outbox.settle(taken, parked, house.clock.now())
    assert HELLO[0] in keys(answer(incoming("在吗"), house.services).said)
    assert not answer(late, house.services)


def test_what_was_given_up_is_answered_without_waiting_for_the_platform(house, late):
    assert house.conversations.undone(20.0) == [1]
    drain(1, house.services)
    assert house.conversations.undone(20.0) == []


def test_a_retry_while_everything_is_busy_says_nothing_and_the_answer_is_sent(
    house, late, monkeypatch
):
    drain(1, house.services)

    def busy(_arrival):
        raise Busy

    monkeypatch.setattr(house.conversations, "reply", busy)
    assert not answer(late, house.services)
    assert len(house.services.outbox.due(house.clock.now())) == 1


def test_when_even_giving_up_is_not_possible_the_sweep_answers(house, monkeypatch):
    def busy(*_args):
        raise Busy

    monkeypatch.setattr(house.conversations, "open", busy)
    monkeypatch.setattr(house.conversations, "send_late", busy)
    assert not answer(incoming("自查"), house.services)
    monkeypatch.undo()
    assert house.conversations.undone(0.0) == [1]
