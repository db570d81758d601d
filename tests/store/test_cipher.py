import stat

import pytest

from bot.store.cipher import Cipher, Unreadable, read_ring


def test_a_text_opens_in_its_place_alone():
    cipher = Cipher({1: b"k" * 32})
    sealed = cipher.seal("words", "arrivals.body", 7)
    assert cipher.open(sealed, "arrivals.body", 7) == "words"
    for place, person in (("arrivals.reply", 7), ("arrivals.body", 8)):
        with pytest.raises(Unreadable):
            cipher.open(sealed, place, person)


def test_an_altered_text_does_not_open():
    cipher = Cipher({1: b"k" * 32})
    sealed = bytearray(cipher.seal("words", "p", 1))
    for at in range(len(sealed)):
        changed = bytes(sealed[:at]) + bytes((sealed[at] ^ 1,)) + bytes(sealed[at + 1 :])
        with pytest.raises(Unreadable):
            cipher.open(changed, "p", 1)


def test_after_a_rotation_old_texts_open_and_new_ones_use_the_new_key():
    old = Cipher({1: b"a" * 32}).seal("words", "p", 1)
    both = Cipher({1: b"a" * 32, 2: b"b" * 32})
    assert both.open(old, "p", 1) == "words"
    assert Cipher({2: b"b" * 32}).open(both.seal("new", "p", 1), "p", 1) == "new"


def test_a_digest_is_the_same_after_a_rotation_and_tells_nothing():
    cipher = Cipher({1: b"a" * 32})
    digest = cipher.digest("oWelder:7:1", "arrivals.key")
    assert Cipher({1: b"a" * 32, 2: b"b" * 32}).digest("oWelder:7:1", "arrivals.key") == digest
    assert "oWelder" not in digest
    others = {
        cipher.digest("oWelder:7:2", "arrivals.key"),
        cipher.digest("oWelder:7:1", "another"),
        Cipher({1: b"b" * 32}).digest("oWelder:7:1", "arrivals.key"),
    }
    assert len(others | {digest}) == 4


def test_a_missing_key_file_is_made_for_its_owner_alone(tmp_path):
    path = tmp_path / "keys" / "data.key"
    ring = read_ring(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_ring(path) == ring


def test_a_key_file_that_is_none_is_refused(tmp_path):
    path = tmp_path / "data.key"
    path.write_text("1 c2hvcnQ=\n")
    with pytest.raises(ValueError, match="32 bytes"):
        read_ring(path)
