"""What found no way is told at the next contact: the nearest deadline first, each paper once."""

from datetime import timedelta

from bot.domain import reach
from bot.handlers.router import answer
from bot.ports import Delivery
from tests.conftest import incoming
from tests.store.people import at, plan, rows, save, send, today, welder

DAY = timedelta(days=1)


def park_all(house):
    park = lambda _wish, _rights: reach.Park("no_right")
    while due := house.services.outbox.due(house.clock.now()):
        house.services.outbox.take(due[0], house.clock.now(), park)


def unknown_all(house):
    while due := house.services.outbox.due(house.clock.now()):
        taken = send(house, due[0], "template")
        house.services.outbox.settle(taken, Delivery("unknown", "cut"), house.clock.now())


def told(house):
    """The pieces of his next answer that tell what waited."""
    said = answer(incoming("在吗", at=house.clock.now()), house.services).said
    return [piece.text for piece in said if piece.key.startswith("expiry.ahead")]


def test_the_three_nearest_deadlines_are_told_and_the_rest_next_time(house):
    contact = welder(house)
    start = today(house)
    for left in (181, 91, 2, 61):
        save(house, contact, start + left * DAY)
    at(house, start + DAY, 9)
    plan(house)
    park_all(house)
    assert [n for text in told(house) for n in ("1天", "60天", "90天", "180天") if n in text] == [
        "1天", "60天", "90天",
    ]  # fmt: skip
    assert ["180天" in text for text in told(house)] == [True]
    assert told(house) == []


def test_several_points_of_one_certificate_are_told_in_one_piece(house):
    contact = welder(house)
    start = today(house)
    save(house, contact, start + 61 * DAY)
    for left in (60, 30):
        at(house, start + (61 - left) * DAY, 9)
        plan(house)
        unknown_all(house)
    assert len(told(house)) == 1
    assert told(house) == []
    assert [state for _, state, _ in rows(house)] == ["superseded", "shown", "shown"]


def test_what_may_have_been_told_of_a_former_date_is_not_told_of_the_new_one(house):
    contact = welder(house)
    saved = save(house, contact, today(house) + 61 * DAY)
    at(house, today(house) + DAY, 9)
    plan(house)
    unknown_all(house)
    save(house, contact, today(house) + 700 * DAY, saved)
    assert told(house) == []
    with house.conversations.open(contact) as conversation:
        assert conversation.person.waiting == 0
