"""The ring turns while everything runs: nothing is lost, and an old key goes out of use."""

import os
import stat

import pytest
from sqlalchemy import LargeBinary

from bot.doctor import _old_keys
from bot.domain.form import Form
from bot.handlers.router import answer
from bot.store.cipher import Cipher, read_ring
from bot.store.driver import Statement
from bot.store.key_ring import SEALED, UNDER_DATA_KEYS, add_key, rewrap, usage
from bot.store.tables import metadata
from tests.conftest import incoming
from tests.store.people import welder
from tests.store.test_applications import FULL, current, doing, opened
from tests.store.test_forgetting import tells_everything


@pytest.fixture
def ring(tmp_path):
    path = tmp_path / "data.key"
    read_ring(path)
    return path


def test_every_sealed_column_is_known(sqlite_url):
    blobs = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert blobs == {column.place for column in SEALED} | UNDER_DATA_KEYS


def test_a_key_is_added_and_the_others_stay(ring):
    before = read_ring(ring)
    assert add_key(ring) == 2
    assert add_key(ring) == 3
    after = read_ring(ring)
    assert after[1] == before[1]
    assert len(set(after.values())) == 3
    assert stat.S_IMODE(ring.stat().st_mode) == 0o600
    assert [path.name for path in ring.parent.iterdir()] == ["data.key"]


def test_a_change_under_way_is_not_crossed(ring):
    before = ring.read_bytes()
    (ring.parent / "data.key.new").touch()
    with pytest.raises(FileExistsError):
        add_key(ring)
    assert ring.read_bytes() == before


def test_a_change_that_fails_leaves_the_ring_as_it_was(ring, monkeypatch):
    before = ring.read_bytes()

    def fails(_file):
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="full"):
        add_key(ring)
    assert ring.read_bytes() == before
    assert [path.name for path in ring.parent.iterdir()] == ["data.key"]


def test_numbers_end_somewhere(ring):
    key = ring.read_text().split()[1]
    ring.write_text(f"255 {key}\n")
    with pytest.raises(ValueError, match="numbers"):
        add_key(ring)


def test_what_was_sealed_under_a_key_added_since_opens(ring):
    old = Cipher(read_ring(ring), lambda: read_ring(ring))
    add_key(ring)
    new = Cipher(read_ring(ring))
    assert old.open(new.seal("words", "p", 1), "p", 1) == "words"
    assert old.newest == 2
    assert old.digest("x", "p") == new.digest("x", "p")


def test_a_conversation_goes_on_while_the_ring_turns(make_house, house, database_url):
    """Two processes, one of which has not been started anew."""
    say = lambda words, where: answer(incoming(words), where.services).said
    assert say("自查", house)
    add_key(house.settings.data_key_file)
    other = make_house(database_url)
    assert other.cipher.newest == 2
    asked = say("1", other)
    assert asked[-1].key.startswith("eligibility.")
    assert set(usage(house.database)) == {1, 2}
    asked = say("1", house)  # it meets the new key in the session
    assert asked[-1].key.startswith("eligibility.")
    rewrap(other.database, other.cipher)
    assert say("明年三月", house)[-1].key == "slot.day.which_day"
    assert set(usage(house.database)) == {2}


def test_everything_is_sealed_anew_and_still_opens(house, make_house, database_url):
    contact = tells_everything(house)
    total = usage(house.database)[1]
    assert total > 10
    add_key(house.settings.data_key_file)
    turned = make_house(database_url)
    assert rewrap(turned.database, turned.cipher) == total
    assert usage(turned.database) == {2: total}
    assert rewrap(turned.database, turned.cipher) == 0
    # without the old key
    path = turned.settings.data_key_file
    path.write_text(path.read_text().splitlines()[1] + "\n")
    without = make_house(database_url)
    with without.conversations.open(contact) as conversation:
        assert conversation.applications.current().form.name == "欧阳铁柱"
        assert conversation.applications.picture(1)
        assert "欧阳铁柱" in conversation.person.session
        assert conversation.certificates.all()[0].number == "渝F042019012345"
    assert "欧阳铁柱" in without.services.humans.list()[0].words
    assert without.feedback.unanswered()


def test_two_accounts_are_disputed_across_a_key_that_was_taken_out(
    lite_house, make_house, sqlite_url
):
    first = welder(lite_house)
    opened(lite_house, first)
    doing(lite_house, first, lambda his: his.fill(FULL, lite_house.clock.now()))
    path = lite_house.settings.data_key_file
    add_key(path)
    turned = make_house(sqlite_url)
    rewrap(turned.database, turned.cipher)
    path.write_text(path.read_text().splitlines()[1] + "\n")
    without = make_house(sqlite_url)
    rewrap(without.database, without.cipher)
    other = welder(without, "oOther")
    opened(without, other)
    same = Form(name="李四", id_number=FULL.id_number)
    doing(without, other, lambda his: his.fill(same, without.clock.now()))
    assert current(without, first).disputed


def test_what_does_not_open_is_left_as_it_is(lite_house, make_house, sqlite_url):
    contact = welder(lite_house)
    with lite_house.database.write() as connection:
        broken = {"body": b"\x01" + b"?" * 40, "id": contact}
        connection.execute(
            Statement("UPDATE arrivals SET body = :body WHERE contact_id = :id"), broken
        )
    add_key(lite_house.settings.data_key_file)
    turned = make_house(sqlite_url)
    rewrap(turned.database, turned.cipher)
    assert usage(turned.database)[1] == 1


def test_the_doctor_tells_when_an_old_key_is_in_use_no_more(lite_house, make_house, sqlite_url):
    welder(lite_house)
    assert list(_old_keys(lite_house)) == []
    add_key(lite_house.settings.data_key_file)
    turned = make_house(sqlite_url)
    assert list(_old_keys(turned)) == []
    rewrap(turned.database, turned.cipher)
    (told,) = _old_keys(turned)
    assert "key 1 is in use no more" in told
    path = turned.settings.data_key_file
    path.write_text(path.read_text().splitlines()[0] + "\n")
    (told,) = _old_keys(make_house(sqlite_url))
    assert "key 2 is missing" in told
