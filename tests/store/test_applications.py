"""Applications: one open at a time, sealed under a key of their own, forgotten for good."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.application import ACTORS, NotNow, possible, state_of
from bot.domain.form import Form
from bot.domain.photo import Field, PhotoReading
from bot.ports import Sight
from bot.store import data_key
from bot.store.cipher import Unreadable
from bot.store.driver import Statement
from tests.store.people import welder

ID = "510212197001010012"
FULL = Form("张大林", ID, "13812345678", "大林建筑")
FRONT = PhotoReading("id_front", {"name": Field("张大林", 0.99), "id_number": Field(ID, 1.0)})
SIGHT = Sight(b"\xff\xd8 a picture of a card", FRONT)


@pytest.fixture
def contact(house):
    return welder(house)


def opened(house, contact):
    """One person's conversation, with an application under way."""
    with house.conversations.open(contact) as conversation:
        conversation.applications.begin(house.clock.now())


def current(house, contact):
    with house.conversations.open(contact) as conversation:
        return conversation.applications.current()


def doing(house, contact, act):
    """Do something with his applications in a transaction of its own."""
    with house.conversations.open(contact) as conversation:
        return act(conversation.applications)


def photographed(house, contact, document="id_front", sight=SIGHT):
    """A photo that has been received and read; returns its id."""
    now = house.clock.now()
    photo = doing(
        house, contact, lambda his: his.add_photo(document, "chat", '{"media": "m1"}', now)
    )
    assert doing(house, contact, lambda his: his.keep_sight(photo, sight, document, now))
    return photo


def query(house, sql, **values):
    with house.database.read() as connection:
        return connection.execute(Statement(sql), values).all()


def run(house, sql, **values):
    with house.database.write() as connection:
        connection.execute(Statement(sql), values)


def test_there_is_one_open_application_and_it_is_kept(house, contact):
    opened(house, contact)
    first = current(house, contact)
    opened(house, contact)
    assert current(house, contact).id == first.id
    assert (first.state, first.form, first.photos, first.history) == ("draft", Form(), (), ())
    assert not first.disputed


def test_two_transactions_at_once_open_one(house, contact):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: opened(house, contact), range(16)))
    assert len(query(house, "SELECT id FROM applications")) == 1


def test_the_database_itself_refuses_a_second_open_one(house, contact):
    opened(house, contact)
    second = (
        "INSERT INTO applications (contact_id, state, created_at, changed_at)"
        " VALUES (:contact, 'filed', 1, 1)"
    )
    with pytest.raises(Exception, match=r"(?i)unique"):
        run(house, second, contact=contact)


def test_nothing_is_written_without_an_open_one(house, contact):
    now = house.clock.now()
    for act in (
        lambda his: his.fill(FULL, now),
        lambda his: his.happen("submit", "welder", now),
        lambda his: his.add_photo("id_front", "chat", "{}", now),
        lambda his: his.skip("hours", now),
        lambda his: his.confirm(1, FRONT, "id_front", now),
        lambda his: his.real_name("face", now),
        lambda his: his.picture(1),
    ):
        with pytest.raises(LookupError):
            doing(house, contact, act)


def test_a_form_comes_back_as_it_was_told(house, contact):
    opened(house, contact)
    doing(house, contact, lambda his: his.fill(FULL, house.clock.now()))
    assert current(house, contact).form == FULL


def test_a_deed_that_is_not_possible_changes_nothing(house, contact):
    opened(house, contact)
    with pytest.raises(NotNow):
        doing(house, contact, lambda his: his.happen("accept", "operator", house.clock.now()))
    assert current(house, contact).history == ()


@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(data=st.data())
def test_the_stored_state_is_what_the_history_folds_to(lite_house, data):
    contact = welder(lite_house, f"o{uuid.uuid4().hex}")
    opened(lite_house, contact)
    state = "draft"
    for _ in range(data.draw(st.integers(0, 8))):
        able = sorted(possible(state))
        if not able:
            break
        deed = data.draw(st.sampled_from(able))
        by = data.draw(st.sampled_from(sorted(ACTORS[deed])))
        note = data.draw(st.sampled_from(["", "要补一张照片"]))
        with lite_house.conversations.open(contact) as conversation:
            state = conversation.applications.happen(
                deed, by, lite_house.clock.now(), ("blurred",), note
            )
    with lite_house.conversations.open(contact) as conversation:
        found = conversation.applications.latest()
    assert found.state == state == state_of(found.history)


def test_a_note_is_read_with_its_event(house, contact):
    opened(house, contact)
    now = house.clock.now()
    doing(house, contact, lambda his: his.happen("submit", "welder", now))
    doing(
        house,
        contact,
        lambda his: his.happen("return", "operator", now, ("blurred", "other"), "反面看不清"),
    )
    event = current(house, contact).history[-1]
    assert (event.reasons, event.note, event.by) == (("blurred", "other"), "反面看不清", "operator")


def test_a_photo_is_read_confirmed_and_fills_the_form(house, contact):
    opened(house, contact)
    photo = photographed(house, contact)
    assert current(house, contact).photo("id_front") is None
    doing(house, contact, lambda his: his.confirm(photo, FRONT, "id_front", house.clock.now()))
    found = current(house, contact)
    assert found.photo("id_front").reading == FRONT
    assert (found.form.name, found.form.id_number) == ("张大林", ID)
    assert doing(house, contact, lambda his: his.picture(photo)) == SIGHT.photo


def test_a_photo_waits_as_a_job_that_names_it(house, contact):
    opened(house, contact)
    photo = doing(
        house,
        contact,
        lambda his: his.add_photo("id_front", "chat", '{"media": "m1"}', house.clock.now()),
    )
    (due,) = house.services.jobs.due(house.clock.now())
    job = house.services.jobs.take(due, house.clock.now())
    assert job.kind == "read"
    assert json.loads(job.payload) == {"media": "m1", "photo": photo, "document": "id_front"}


def test_a_newer_photo_takes_the_place_of_the_older(house, contact):
    opened(house, contact)
    now = house.clock.now()
    first = photographed(house, contact)
    doing(house, contact, lambda his: his.confirm(first, FRONT, "id_front", now))
    other = photographed(house, contact, "id_back")
    doing(house, contact, lambda his: his.confirm(other, FRONT, "id_back", now))
    second = photographed(house, contact)
    assert current(house, contact).photo("id_front").id == first
    doing(house, contact, lambda his: his.confirm(second, FRONT, "id_front", now))
    assert [photo.id for photo in current(house, contact).photos] == [other, second]
    with pytest.raises(LookupError):
        doing(house, contact, lambda his: his.picture(first))


def test_who_has_no_such_paper_says_so_and_may_find_it_after_all(house, contact):
    opened(house, contact)
    now = house.clock.now()
    doing(house, contact, lambda his: his.skip("hours", now))
    doing(house, contact, lambda his: his.skip("hours", now))
    (skipped,) = current(house, contact).photos
    assert (skipped.document, skipped.state) == ("hours", "skipped")
    photo = photographed(house, contact, "hours")
    doing(house, contact, lambda his: his.confirm(photo, FRONT, "hours", now))
    assert [one.state for one in current(house, contact).photos] == ["kept"]


def test_a_refused_photo_keeps_its_reasons_and_no_picture(house, contact):
    opened(house, contact)
    now = house.clock.now()
    photo = doing(house, contact, lambda his: his.add_photo("id_front", "chat", "{}", now))
    bad = PhotoReading(None, {}, ("blurred",))
    assert doing(house, contact, lambda his: his.refuse(photo, bad, now))
    (found,) = current(house, contact).photos
    assert (found.state, found.reading.problems) == ("refused", ("blurred",))
    with pytest.raises(LookupError):
        doing(house, contact, lambda his: his.picture(photo))


def test_a_photo_is_read_once(house, contact):
    opened(house, contact)
    photo = photographed(house, contact)
    now = house.clock.now()
    assert not doing(house, contact, lambda his: his.keep_sight(photo, SIGHT, "id_back", now))
    assert not doing(house, contact, lambda his: his.refuse(photo, FRONT, now))


def test_a_photo_nobody_has_read_cannot_be_confirmed(house, contact):
    opened(house, contact)
    now = house.clock.now()
    photo = doing(house, contact, lambda his: his.add_photo("id_front", "chat", "{}", now))
    for unread in (photo, photo + 1):
        with pytest.raises(LookupError):
            doing(house, contact, lambda his, one=unread: his.confirm(one, FRONT, "id_front", now))
    assert current(house, contact).form == Form()


def test_a_corrected_reading_waits_to_be_confirmed(house, contact):
    opened(house, contact)
    photo = photographed(house, contact)
    right = PhotoReading("id_front", {"name": Field("张大森", 1.0)})
    doing(house, contact, lambda his: his.correct(photo, right, "id_front"))
    (found,) = current(house, contact).photos
    assert (found.state, found.reading) == ("read", right)


def test_a_dropped_photo_is_gone(house, contact):
    opened(house, contact)
    photo = photographed(house, contact)
    doing(house, contact, lambda his: his.drop(photo))
    assert current(house, contact).photos == ()


def test_a_photo_comes_too_late_for_a_withdrawn_application(house, contact):
    opened(house, contact)
    now = house.clock.now()
    photo = doing(house, contact, lambda his: his.add_photo("id_front", "chat", "{}", now))
    doing(house, contact, lambda his: his.happen("withdraw", "welder", now))
    assert not doing(house, contact, lambda his: his.keep_sight(photo, SIGHT, "id_front", now))
    opened(house, contact)
    assert not doing(house, contact, lambda his: his.keep_sight(photo, SIGHT, "id_front", now))
    assert current(house, contact).photos == ()


@pytest.mark.parametrize(
    "act",
    [
        lambda his, now, _: his.fill(FULL, now),
        lambda his, now, _: his.add_photo("id_back", "chat", "{}", now),
        lambda his, now, _: his.skip("hours", now),
        lambda his, now, photo: his.confirm(photo, FRONT, "id_front", now),
        lambda his, now, _: his.happen("submit", "welder", now),
    ],
)
def test_whatever_the_welder_does_counts_as_touching_it(lite_house, act):
    contact = welder(lite_house)
    opened(lite_house, contact)
    photo = photographed(lite_house, contact)
    lite_house.clock.advance(days=3)
    doing(lite_house, contact, lambda his: act(his, lite_house.clock.now(), photo))
    assert current(lite_house, contact).changed_at == lite_house.clock.now()


def test_two_accounts_with_one_number_are_disputed_and_see_nothing_of_each_other(house, contact):
    other = welder(house, "oOther")
    now = house.clock.now()
    opened(house, contact)
    opened(house, other)
    doing(house, contact, lambda his: his.fill(FULL, now))
    assert not current(house, contact).disputed
    doing(house, other, lambda his: his.fill(Form(name="李四", id_number=ID), now))
    mine, theirs = current(house, contact), current(house, other)
    assert mine.disputed
    assert theirs.disputed
    assert (mine.form, theirs.form) == (FULL, Form(name="李四", id_number=ID))


def test_a_slip_that_was_mended_is_no_dispute(house, contact):
    other = welder(house, "oOther")
    now = house.clock.now()
    for one in (contact, other):
        opened(house, one)
        doing(house, one, lambda his: his.fill(FULL, now))
    doing(house, other, lambda his: his.fill(Form(name="李四"), now))
    assert not current(house, contact).disputed
    assert not current(house, other).disputed


def test_a_number_named_by_both_at_once_is_disputed(house, contact):
    people = [contact, *(welder(house, f"o{n}") for n in range(3))]
    for one in people:
        opened(house, one)
    fill = lambda one: doing(house, one, lambda his: his.fill(FULL, house.clock.now()))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fill, people * 3))
    assert all(current(house, one).disputed for one in people)


def test_what_is_over_disputes_nothing(house, contact):
    other = welder(house, "oOther")
    now = house.clock.now()
    for one in (contact, other):
        opened(house, one)
        doing(house, one, lambda his: his.fill(FULL, now))
    doing(house, other, lambda his: his.happen("withdraw", "operator", now))
    assert not current(house, contact).disputed


def test_the_open_one_is_the_latest_and_else_the_one_closed_last(house, contact):
    now = house.clock.now()
    assert doing(house, contact, lambda his: his.latest()) is None
    opened(house, contact)
    first = current(house, contact).id
    doing(house, contact, lambda his: his.happen("renew", "welder", now))
    assert doing(house, contact, lambda his: his.latest()).id == first
    opened(house, contact)
    assert doing(house, contact, lambda his: his.latest()).id == current(house, contact).id


def test_shredded_ones_hold_nothing_and_are_not_spoken_of(house, contact):
    opened(house, contact)
    now = house.clock.now()
    doing(house, contact, lambda his: his.fill(FULL, now))
    doing(house, contact, lambda his: his.real_name("face", now))
    photographed(house, contact)
    doing(house, contact, lambda his: his.happen("submit", "welder", now, (), "请快一点"))
    doing(house, contact, lambda his: his.shred(now))
    assert doing(house, contact, lambda his: his.latest()) is None
    (row,) = query(house, "SELECT * FROM applications")
    assert (row.state, row.data_key, row.form, row.id_index, row.real_name) == (
        "withdrawn", None, None, "", "",
    )  # fmt: skip
    assert not query(house, "SELECT id FROM photos")
    assert not query(house, "SELECT id FROM application_events")


def test_shredding_closes_every_application_and_leaves_renewed_ones_renewed(house, contact):
    now = house.clock.now()
    opened(house, contact)
    doing(house, contact, lambda his: his.happen("renew", "welder", now))
    opened(house, contact)
    doing(house, contact, lambda his: his.shred(now))
    states = query(house, "SELECT state, data_key FROM applications ORDER BY id")
    assert [tuple(row) for row in states] == [("renewed", None), ("withdrawn", None)]


# a ciphertext is bound to its row and its column


def two_filled(house):
    """Two people with a form, a photo and a note each; returns their contacts."""
    people = welder(house), welder(house, "oOther")
    now = house.clock.now()
    for one in people:
        opened(house, one)
        doing(house, one, lambda his: his.fill(FULL, now))
        photographed(house, one)
        photographed(house, one)
        doing(house, one, lambda his: his.happen("submit", "welder", now, (), "一"))
        doing(house, one, lambda his: his.happen("return", "operator", now, (), "二"))
    return people


@pytest.mark.parametrize(
    "move",
    [
        # to another application
        "UPDATE applications SET form = (SELECT form FROM applications WHERE id = 2) WHERE id = 1",
        "UPDATE applications SET data_key = (SELECT data_key FROM applications WHERE id = 2)"
        " WHERE id = 1",
        "UPDATE photos SET reading = (SELECT reading FROM photos WHERE id = 3) WHERE id = 1",
        "UPDATE application_events SET note = (SELECT note FROM application_events WHERE id = 3)"
        " WHERE id = 1",
        # key and form together
        "UPDATE applications SET data_key = (SELECT data_key FROM applications WHERE id = 2),"
        " form = (SELECT form FROM applications WHERE id = 2) WHERE id = 1",
        # to another row of the same application
        "UPDATE photos SET reading = (SELECT reading FROM photos WHERE id = 2) WHERE id = 1",
        "UPDATE application_events SET note = (SELECT note FROM application_events WHERE id = 2)"
        " WHERE id = 1",
        # to another column
        "UPDATE applications SET form = (SELECT reading FROM photos WHERE id = 1) WHERE id = 1",
        "UPDATE photos SET reading = (SELECT form FROM applications WHERE id = 1) WHERE id = 1",
        "UPDATE applications SET form = data_key WHERE id = 1",
        # a photo under another application
        "UPDATE photos SET application_id = 1 WHERE id = 3",
    ],
)
def test_a_ciphertext_that_was_moved_does_not_open(lite_house, move):
    one, _ = two_filled(lite_house)
    assert current(lite_house, one).form == FULL
    run(lite_house, move)
    with pytest.raises(Unreadable):
        current(lite_house, one)


def test_a_picture_that_was_moved_does_not_open(lite_house):
    one, _ = two_filled(lite_house)
    for source in (2, 3):
        run(
            lite_house,
            "UPDATE photos SET picture = (SELECT picture FROM photos WHERE id = :source)"
            " WHERE id = 1",
            source=source,
        )
        with pytest.raises(Unreadable):
            doing(lite_house, one, lambda his: his.picture(1))


def test_each_application_has_a_key_of_its_own(house):
    two_filled(house)
    rows = query(house, "SELECT id, data_key, form FROM applications ORDER BY id")
    ciphers = [data_key.unwrap(house.cipher, row.data_key, row.id) for row in rows]
    assert json.loads(ciphers[0].open(rows[0].form, "form", 1))["name"] == "张大林"
    with pytest.raises(Unreadable):
        ciphers[1].open(rows[0].form, "form", 1)
    with pytest.raises(Unreadable):
        house.cipher.open(rows[0].form, "form", 1)


def test_the_name_it_is_found_by_says_nothing(house):
    two_filled(house)
    indexes = {row.id_index for row in query(house, "SELECT id_index FROM applications")}
    assert len(indexes) == 1
    assert ID not in indexes.pop()


def test_time_passes_between_receiving_and_reading(house, contact):
    opened(house, contact)
    received = house.clock.now()
    photo = doing(house, contact, lambda his: his.add_photo("id_front", "chat", "{}", received))
    house.clock.advance(seconds=8)
    later = received + timedelta(seconds=8)
    assert doing(house, contact, lambda his: his.keep_sight(photo, SIGHT, "id_back", later))
    (found,) = current(house, contact).photos
    assert (found.document, found.state, found.received_at) == ("id_back", "read", received)
