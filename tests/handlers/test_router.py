"""One message, whatever happens in between: answered once, the same way however often asked."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.handlers import speech, text
from bot.handlers.router import answer, drain
from bot.messages import Said
from bot.ports import Busy
from bot.wechat.markup import render
from tests.conftest import incoming


def keys(reply):
    return [said.key for said in reply.said]


def test_a_retry_gets_the_same_answer_and_changes_nothing(house):
    message = incoming("自查")
    first = answer(message, house.services)
    again = answer(message, house.services)
    assert again == first
    assert keys(first) == ["eligibility.hello", "eligibility.issuer"]


def test_a_retry_while_the_first_is_still_running_gets_its_answer(house, monkeypatch):
    message = incoming("自查")
    entered, go = threading.Event(), threading.Event()
    real = text.handle

    def slow(*args):
        entered.set()
        go.wait(2)
        return real(*args)

    monkeypatch.setattr(text, "handle", slow)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(answer, message, house.services)
        entered.wait(2)
        second = pool.submit(answer, message, house.services)
        threading.Timer(0.2, go.set).start()
        assert first.result() == second.result()
        assert first.result()


def test_another_process_gives_the_stored_answer(make_house, database_url):
    from bot.store.schema import upgrade

    upgrade(database_url)
    one, other = make_house(database_url), make_house(database_url)
    message = incoming("自查")
    assert answer(message, one.services) == answer(message, other.services)


def test_nine_photos_at_once_are_nine_answers(house):
    photos = [incoming(kind="image", openid="oNine", media_id=f"m{n}") for n in range(9)]
    with ThreadPoolExecutor(9) as pool:
        replies = list(pool.map(lambda photo: answer(photo, house.services), photos))
    assert all(replies)
    with house.conversations.open(house.conversations.find("oNine")) as conversation:
        assert conversation.person.turn == 9


def test_a_turn_that_fails_gives_a_calm_answer_and_leaves_the_session(house, monkeypatch):
    answer(incoming("自查"), house.services)
    with house.conversations.open(1) as conversation:
        before = conversation.person.session

    def broken(*_args):
        raise ZeroDivisionError

    monkeypatch.setattr(text, "handle", broken)
    message = incoming("1")
    reply = answer(message, house.services)
    assert keys(reply) == ["engine.trouble"]
    assert answer(message, house.services) == reply
    with house.conversations.open(1) as conversation:
        assert conversation.person.session == before
    monkeypatch.undo()
    assert keys(answer(incoming("1"), house.services)) == ["eligibility.status"]


def test_when_the_lock_cannot_be_had_the_answer_goes_the_late_way(house, monkeypatch):
    message = incoming("自查")
    real = house.conversations.open

    def busy(_contact):
        raise Busy

    monkeypatch.setattr(house.conversations, "open", busy)
    assert not answer(message, house.services)
    monkeypatch.setattr(house.conversations, "open", real)
    drain(1, house.services)
    (row,) = house.services.outbox.history("oWelder")
    assert [said.key for said in row.message.said] == ["eligibility.hello", "eligibility.issuer"]


def test_a_menu_tap_of_an_older_release_shows_the_menu(lite_house):
    tap = incoming(kind="click", event_key="gone_since_v1")
    assert keys(answer(tap, lite_house.services)) == ["home.pick"]


def test_nothing_is_said_to_who_leaves(lite_house):
    answer(incoming("自查"), lite_house.services)
    assert not answer(incoming(kind="unfollow"), lite_house.services)


@pytest.mark.parametrize("kind", ["view", "place", "photos", "account", "unknown", "consent"])
def test_events_that_ask_nothing_are_answered_with_nothing(lite_house, kind):
    assert not answer(incoming(kind=kind), lite_house.services)


def test_a_long_answer_is_cut_into_messages_that_fit():
    long = Said("k", "一句话。" * 500)
    parts = speech.messages([Said("a", "短"), long], render)
    assert all(len(render(part).encode()) <= speech.LONGEST for part in parts)
    whole = "".join(said.text for part in parts for said in part)
    assert whole == "短" + long.text


def test_the_rest_of_a_long_answer_waits_in_the_outbox_in_order(lite_house, monkeypatch):
    def talkative(*_args):
        return [Said("k", f"{n}" + "字" * 500) for n in range(4)]

    monkeypatch.setattr(text, "handle", talkative)
    first = answer(incoming("hi"), lite_house.services)
    rows = lite_house.services.outbox.history("oWelder")
    texts = [said.text[0] for row in rows for said in row.message.said]
    assert [first.said[0].text[0], *texts] == ["0", "1", "2", "3"]
    assert all(row.message.due_at > lite_house.clock.now() for row in rows)
