"""What is kept for a time: warned of a week before, forgotten under the lock, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.domain.form import Form
from bot.ports import Sight
from bot.scheduler.clock import tick
from bot.store import forgetting
from bot.store.driver import Statement
from tests.conftest import incoming
from tests.store.people import welder
from tests.store.test_applications import FRONT, FULL, current, doing, opened, photographed, query

DAY = timedelta(days=1)


@pytest.fixture
def contact(house):
    contact = welder(house)
    opened(house, contact)
    doing(house, contact, lambda his: his.fill(FULL, house.clock.now()))
    photographed(house, contact)
    return contact


def after_days(house, days):
    house.clock.advance(days=days)
    return house.services.retention.sweep(house.clock.now())


def warnings(house):
    rows = query(house, "SELECT scope, state, due_at FROM outbox WHERE kind = 'news' ORDER BY id")
    return [(row.scope, row.state) for row in rows]


def stored(house):
    (row,) = query(house, "SELECT * FROM applications")
    return row


def test_nobody_is_warned_too_early(house, contact):
    assert after_days(house, 22.9) == 0
    assert warnings(house) == []


def test_a_draft_is_warned_of_once_and_shredded_a_week_later(house, contact):
    assert after_days(house, 23) == 0
    assert len(warnings(house)) == 1
    assert after_days(house, 6.9) == 0
    assert len(warnings(house)) == 1
    assert current(house, contact).form == FULL
    assert after_days(house, 0.2) == 1
    row = stored(house)
    assert (row.state, row.data_key, row.form, row.id_index) == ("withdrawn", None, None, "")
    assert not query(house, "SELECT id FROM photos")
    assert not query(house, "SELECT id FROM jobs")
    assert warnings(house)[0][1] == "cancelled"
    assert after_days(house, 300) == 0


def test_the_warning_names_the_day(house, contact):
    after_days(house, 23)
    (row,) = house.services.outbox.history("oWelder")
    assert "2026年12月24日" in row.message.said[0].text
    assert len(row.message.said[0].text) <= 60


def test_what_became_of_it_can_still_be_told(house, contact):
    after_days(house, 23)
    after_days(house, 7)
    found = doing(house, contact, lambda his: his.latest())
    assert (found.state, found.shredded, found.form) == ("withdrawn", True, Form())
    assert [(line.deed, line.by) for line in found.history] == [("withdraw", "system")]


def test_who_goes_on_with_it_keeps_it_and_is_warned_anew(house, contact):
    after_days(house, 23)
    house.clock.advance(days=3)
    doing(house, contact, lambda his: his.skip("hours", house.clock.now()))
    assert after_days(house, 22) == 0
    assert after_days(house, 1) == 0
    assert len(warnings(house)) == 2
    assert after_days(house, 7) == 1


def test_a_returned_one_is_kept_as_long(house, contact):
    doing(house, contact, lambda his: his.happen("submit", "welder", house.clock.now()))
    assert after_days(house, 60) == 0
    now = house.clock.now()
    doing(house, contact, lambda his: his.happen("return", "operator", now, ("blurred",), "反面"))
    after_days(house, 23)
    assert after_days(house, 7) == 1
    history = doing(house, contact, lambda his: his.latest()).history
    assert [(line.deed, line.note) for line in history] == [
        ("submit", ""), ("return", ""), ("withdraw", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("deeds", [["submit"], ["submit", "accept"], ["file"]])
def test_what_waits_for_others_is_kept(house, contact, deeds):
    for deed in deeds:
        by = "operator" if deed == "accept" else "welder"
        doing(house, contact, lambda his, d=deed, b=by: his.happen(d, b, house.clock.now()))
    assert after_days(house, 400) == 0
    assert warnings(house) == []


def test_a_clock_that_stood_still_warns_first(house, contact):
    assert after_days(house, 90) == 0
    assert len(warnings(house)) == 1
    assert current(house, contact) is not None
    assert after_days(house, 7) == 1


@pytest.mark.parametrize(("deed", "state"), [("renew", "renewed"), ("withdraw", "withdrawn")])
def test_pictures_of_one_that_ended_are_shredded_after_half_a_year(house, contact, deed, state):
    doing(house, contact, lambda his: his.happen(deed, "welder", house.clock.now()))
    assert after_days(house, 179.9) == 0
    assert not doing(house, contact, lambda his: his.latest()).shredded
    assert after_days(house, 0.2) == 1
    row = stored(house)
    assert (row.state, row.data_key, row.form) == (state, None, None)
    assert not query(house, "SELECT id FROM photos")
    assert [e.deed for e in doing(house, contact, lambda his: his.latest()).history] == [deed]
    assert after_days(house, 1) == 0


def test_any_number_of_clocks_warn_and_shred_once(house, contact):
    others = [welder(house, f"o{n}") for n in range(5)]
    for one in others:
        opened(house, one)
    house.clock.advance(days=23)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: house.services.retention.sweep(house.clock.now()), range(8)))
        assert len(warnings(house)) == 6
        house.clock.advance(days=7)
        sweeps = pool.map(lambda _: house.services.retention.sweep(house.clock.now()), range(8))
        assert sum(sweeps) == 6


def test_words_he_typed_into_the_form_go_with_it(house, contact, monkeypatch):
    with house.conversations.open(contact) as conversation:
        conversation.keep_session('{"name": "张大林"}', 1)
    # real time: what was answered more than a day ago
    with house.database.write() as connection:
        connection.execute(Statement("UPDATE arrivals SET done_at = done_at - 90000000000"))
    house.conversations.arrive(incoming("新的"), house.clock.now())
    house.clock.advance(days=23)
    tick(house.services)
    house.clock.advance(days=7)
    tick(house.services)
    old, new = query(house, "SELECT body, reply, done_at FROM arrivals ORDER BY id")
    assert (bytes(old.body), old.reply) == (b"", None)
    assert bytes(new.body) != b""
    assert query(house, "SELECT session FROM contacts")[0].session is None


def test_a_photo_that_is_still_being_read_is_not_waited_for(house, contact):
    now = house.clock.now()
    photo = doing(house, contact, lambda his: his.add_photo("id_back", "chat", "{}", now))
    house.clock.advance(days=23)
    tick(house.services)
    house.clock.advance(days=7)
    tick(house.services)
    sight = Sight(b"late", FRONT)
    assert not doing(house, contact, lambda his: his.keep_sight(photo, sight, "id_back", now))


def test_what_was_shredded_is_swept_up_later(house, contact, monkeypatch):
    monkeypatch.setattr(forgetting, "RETRIES_END", 0)
    after_days(house, 23)
    after_days(house, 7)
    assert not query(house, "SELECT name FROM clockwork WHERE name = 'forgotten'")
