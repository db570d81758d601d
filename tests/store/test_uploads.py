"""Photos that arrive in pieces, the same promises on both databases."""

import hashlib
import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.photo import PhotoReading
from bot.domain.upload import LARGEST
from bot.ports import NotTaken, Sending, WrongOffset
from bot.scheduler.clock import tick
from bot.store.driver import Statement
from tests.store.people import welder

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4


def sending(content=JPEG, document="id_front", digest=None):
    return Sending(document, len(content), digest or hashlib.sha256(content).hexdigest())


@pytest.fixture
def contact(house):
    contact = welder(house)
    with house.conversations.open(contact) as conversation:
        conversation.applications.begin(house.clock.now())
    return contact


def append(house, contact, offset, piece, what=None):
    with house.conversations.open(contact) as conversation:
        now = house.clock.now()
        return conversation.uploads.append(what or sending(), offset, piece, now)


def send(house, contact, content=JPEG, document="id_front", size=300):
    for start in range(0, len(content), size):
        append(house, contact, start, content[start : start + size], sending(content, document))


def photos(house, contact):
    with house.conversations.open(contact) as conversation:
        return conversation.applications.current().photos


def jobs(house):
    now = house.clock.now() + timedelta(seconds=1)
    list_ = house.services.jobs
    return [json.loads(list_.take(job, now).payload) for job in list_.due(now)]


def count(house, table):
    with house.database.read() as connection:
        return connection.execute(Statement(f"SELECT count(*) FROM {table}")).scalar_one()


def test_a_photo_is_whole_with_its_last_piece_and_waits_to_be_read(house, contact):
    assert append(house, contact, 0, JPEG[:500]) == 500
    assert photos(house, contact) == ()
    assert append(house, contact, 500, JPEG[500:]) == len(JPEG)
    (photo,) = photos(house, contact)
    assert (photo.document, photo.state) == ("id_front", "waiting")
    (job,) = jobs(house)
    assert (job["photo"], job["document"]) == (photo.id, "id_front")
    with house.conversations.open(contact) as conversation:
        assert conversation.uploads.content(job["upload"]) == JPEG
        conversation.uploads.drop(job["upload"])
        with pytest.raises(LookupError):
            conversation.uploads.content(job["upload"])


def test_a_piece_that_comes_twice_counts_once(house, contact):
    for _ in range(2):
        assert append(house, contact, 0, JPEG[:500]) == 500
    for _ in range(3):
        assert append(house, contact, 500, JPEG[500:]) == len(JPEG)
    assert len(photos(house, contact)) == len(jobs(house)) == 1


@pytest.mark.parametrize("offset", [1, 499, 501])
def test_a_piece_out_of_place_is_told_where_to_go_on(house, contact, offset):
    append(house, contact, 0, JPEG[:500])
    with pytest.raises(WrongOffset) as wrong:
        append(house, contact, offset, JPEG[offset : offset + 502])
    assert wrong.value.offset == 500


def test_the_same_file_goes_on_where_it_stopped_and_another_begins_anew(house, contact):
    append(house, contact, 0, JPEG[:500])
    with house.conversations.open(contact) as conversation:
        uploads = conversation.uploads
        assert uploads.offset(sending()) == 500
        assert uploads.offset(sending(JPEG + b"x")) == 0
        assert uploads.offset(sending(document="id_back")) == 0
        assert uploads.unfinished() == {"id_front": 500 / len(JPEG)}


def test_what_arrives_otherwise_than_it_was_sent_is_forgotten(house, contact):
    what = sending(digest="0" * 64)
    append(house, contact, 0, JPEG[:500], what)
    assert append(house, contact, 500, JPEG[500:], what) == 0
    assert (photos(house, contact), count(house, "upload_pieces")) == ((), 0)


@pytest.mark.parametrize(
    ("content", "piece", "reason"),
    [
        (b"<svg/>" * 100, b"<svg/>", "kind"),
        (b"RIFF....AVI ", b"RIFF....AVI ", "kind"),
        (b"", b"", "empty"),
        (JPEG, JPEG + b"x", "bytes"),
    ],
)
def test_what_cannot_become_a_photo_is_refused_before_it_is_kept(
    house, contact, content, piece, reason
):
    with pytest.raises(NotTaken) as refused:
        append(house, contact, 0, piece, sending(content))
    assert refused.value.reason == reason
    assert count(house, "uploads") == 0


def test_a_file_of_more_than_twelve_megabytes_is_refused_at_its_first_piece(house, contact):
    with pytest.raises(NotTaken) as refused:
        append(house, contact, 0, JPEG, Sending("id_front", LARGEST + 1, "0" * 64))
    assert refused.value.reason == "bytes"


def test_nobody_fills_the_disk(house, contact):
    for n in range(40):
        append(house, contact, 0, JPEG[:9], sending(JPEG + bytes([n])))
    with pytest.raises(NotTaken) as refused:
        append(house, contact, 0, JPEG[:9], sending(JPEG + b"more"))
    assert refused.value.reason == "many"


def test_a_photo_that_was_refused_may_be_sent_again(house, contact):
    send(house, contact)
    (photo,) = photos(house, contact)
    with house.conversations.open(contact) as conversation:
        assert conversation.uploads.offset(sending()) == len(JPEG)
        reading = PhotoReading(None, {}, ("blurred",))
        assert conversation.applications.refuse(photo.id, reading, house.clock.now())
        assert conversation.uploads.offset(sending()) == 0
    send(house, contact)
    assert [one.state for one in photos(house, contact)] == ["refused", "waiting"]


def test_what_stopped_half_way_is_forgotten_after_a_day_and_what_waits_is_not(
    house, contact, clock
):
    append(house, contact, 0, JPEG[:500])
    send(house, contact, document="id_back")
    clock.advance(hours=23)
    tick(house.services)
    assert count(house, "uploads") == 2
    clock.advance(hours=2)
    tick(house.services)
    assert (count(house, "uploads"), count(house, "upload_pieces")) == (1, 4)
    (job,) = jobs(house)
    with house.conversations.open(contact) as conversation:
        assert conversation.uploads.content(job["upload"]) == JPEG


def test_nothing_of_a_photo_on_its_way_is_left_when_he_is_forgotten(house, contact):
    append(house, contact, 0, JPEG[:500])
    with house.conversations.open(contact) as conversation:
        conversation.wipe(house.clock.now())
    assert (count(house, "uploads"), count(house, "upload_pieces")) == (0, 0)


def test_pieces_are_sealed_and_belong_to_their_place(house, contact):
    append(house, contact, 0, JPEG[:500])
    with house.database.read() as connection:
        row = connection.execute(Statement("SELECT content FROM upload_pieces")).one()
        name = connection.execute(Statement("SELECT name FROM uploads")).scalar_one()
    assert JPEG[:40] not in bytes(row.content)
    assert name != sending().digest


def test_another_person_has_none_of_it(house, contact):
    send(house, contact)
    (job,) = jobs(house)
    other = welder(house, "oOther")
    with house.conversations.open(other) as conversation:
        assert conversation.uploads.offset(sending()) == 0
        with pytest.raises(LookupError):
            conversation.uploads.content(job["upload"])
        conversation.applications.begin(house.clock.now())
        with pytest.raises(LookupError):
            conversation.uploads.content(job["upload"])
        conversation.uploads.drop(job["upload"])
    with house.conversations.open(contact) as conversation:
        assert conversation.uploads.content(job["upload"]) == JPEG


@pytest.fixture
def lite_contact(lite_house):
    contact = welder(lite_house)
    with lite_house.conversations.open(contact) as conversation:
        conversation.applications.begin(lite_house.clock.now())
    return contact


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(min_size=1, max_size=400),
    st.lists(st.tuples(st.integers(0, 420), st.integers(1, 200)), max_size=12),
)
def test_whatever_comes_in_whatever_order_the_file_is_the_file(
    lite_house, lite_contact, tail, tries
):
    content = JPEG[:20] + tail
    what = sending(content)
    for start, size in [*tries, *((at, 64) for at in range(0, len(content), 64))]:
        piece = content[start : start + size]
        with lite_house.conversations.open(lite_contact) as conversation:
            try:
                conversation.uploads.append(what, start, piece, lite_house.clock.now())
            except (WrongOffset, NotTaken):
                there = conversation.uploads.offset(what)
                rest = content[there : there + max(size, 12)]
                if rest:
                    conversation.uploads.append(what, there, rest, lite_house.clock.now())
    with lite_house.conversations.open(lite_contact) as conversation:
        there = conversation.uploads.offset(what)
        while there < len(content):
            piece = content[there : there + 100]
            there = conversation.uploads.append(what, there, piece, lite_house.clock.now())
        (photo,) = conversation.applications.current().photos
        find = Statement("SELECT id FROM uploads WHERE photo_id = :photo")
        upload = conversation.connection.execute(find, {"photo": photo.id}).scalar_one()
        assert conversation.uploads.content(upload) == content
        conversation.applications.drop(photo.id)
        lite_house.clock.advance(days=2)
    lite_house.services.outbox.forget(lite_house.clock.now())
