"""Who follows: events get lost and come late, and only a follower can write."""

from datetime import timedelta

import pytest

from bot.handlers.router import answer
from bot.ports import Delivery
from tests.conftest import incoming
from tests.store.people import rows, save, send, today

MINUTE = timedelta(minutes=1)


@pytest.fixture
def say(house):
    """Let the welder do something now, or at another moment by the platform's clock."""

    def do(words="", kind="text", late=timedelta(), **more):
        at = house.clock.now() - late
        return answer(incoming(words, kind=kind, at=at, **more), house.services)

    return do


def person(house):
    with house.conversations.open(house.conversations.find("oWelder")) as conversation:
        return conversation.person


@pytest.mark.parametrize(
    ("kind", "more"),
    [("text", {}), ("image", {"media_id": "m"}), ("click", {"event_key": "home"}),
     ("scan", {"event_key": "gate"}), ("follow", {})],
)  # fmt: skip
def test_who_writes_follows_although_the_event_was_lost(house, say, kind, more):
    say("hi")
    save(house, 1, today(house) + timedelta(days=100))
    say(kind="unfollow")
    house.clock.advance(days=1)
    say("x" if kind == "text" else "", kind=kind, **more)
    assert person(house).followed
    assert rows(house) == [(120, "due", "")]
    assert house.services.outbox.forget(house.clock.now() + timedelta(days=99)) == 0


@pytest.mark.parametrize("kind", ["template_result", "account", "unknown", "consent"])
def test_what_is_no_deed_of_his_does_not_make_him_a_follower(house, say, kind):
    say("hi")
    say(kind="unfollow")
    house.clock.advance(minutes=1)
    say(kind=kind)
    assert not person(house).followed


def test_an_unfollow_that_comes_after_a_later_message_changes_nothing(house, say):
    say("hi")
    save(house, 1, today(house) + timedelta(days=100))
    house.clock.advance(minutes=9)
    say(kind="follow")
    say(kind="unfollow", late=5 * MINUTE)
    assert person(house).followed
    assert rows(house) == [(120, "due", "")]


def test_a_message_that_comes_after_a_later_unfollow_does_not_bring_him_back(house, say):
    say(kind="follow")
    house.clock.advance(minutes=9)
    say(kind="unfollow")
    assert say("hi", late=5 * MINUTE)
    assert not person(house).followed
    assert house.services.outbox.forget(house.clock.now() + timedelta(days=31)) == 1


def test_following_and_leaving_in_the_same_second_count_in_the_order_in_which_they_came(house, say):
    say(kind="follow")
    say(kind="unfollow")
    assert not person(house).followed
    say(kind="follow")
    assert person(house).followed


def test_who_comes_back_is_told_so_and_who_never_left_is_welcomed(house, say):
    assert say(kind="follow").said[0].key == "follow.welcome"
    say(kind="unfollow")
    house.clock.advance(minutes=1)
    assert say(kind="follow").said[0].key == "follow.back"
    assert say(kind="follow", late=-MINUTE).said[0].key == "follow.welcome"


@pytest.mark.parametrize(("deed", "kind"), [("hi", "text"), ("", "follow")])
def test_a_way_that_was_closed_opens_again_when_he_shows_that_he_follows(house, say, deed, kind):
    say("hi")
    save(house, 1, today(house) + timedelta(days=100))
    house.clock.advance(days=1)
    (due,) = house.services.outbox.due(house.clock.now())
    taken = send(house, due, "template")
    refused = Delivery("parked", "43004", stops="template")
    house.services.outbox.settle(taken, refused, house.clock.now())
    assert closed(house) == {"template"}
    say(kind="unfollow")
    house.clock.advance(days=1)
    say(deed, kind=kind)
    assert closed(house) == set()


def closed(house):
    with house.conversations.open(1) as conversation:
        return conversation.ledger.rights(house.clock.now()).closed
