import io

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.ports import BadPhoto
from tests.vision.hostile import REFUSED, TAKEN, good, with_place
from tests.vision.measure import peak

MOST_MB = 600


def bounded(reader):
    """The child that is there, and was never larger than it may be."""
    assert peak(reader.pid) < MOST_MB
    return reader.pid


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_photo_is_refused_by_its_reason(reader, name):
    make, reason = REFUSED[name]
    reader.read(TAKEN["one pixel"]())
    child = reader.pid
    with pytest.raises(BadPhoto) as refused:
        reader.read(make())
    assert refused.value.reason == reason
    assert bounded(reader) == child


@pytest.mark.parametrize("name", TAKEN)
def test_an_odd_photo_is_taken_and_nothing_but_pixels_kept(reader, name):
    reader.read(TAKEN["one pixel"]())
    child = reader.pid
    sight = reader.read(TAKEN[name]())
    with Image.open(io.BytesIO(sight.photo)) as kept:
        assert kept.format == "JPEG"
        assert max(kept.size) <= 2400
        assert not kept.getexif()
        assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not any(word in sight.photo for word in (b"<?php", b"PK\x03\x04", b"SECRET"))
    assert sight.photo.endswith(b"\xff\xd9")
    assert bounded(reader) == child


def test_the_place_is_gone_and_the_photo_upright(reader):
    assert b"SECRETMAKER" in with_place()
    sight = reader.read(with_place())
    assert sight.reading.fields["name"].value == "张翀"
    with Image.open(io.BytesIO(sight.photo)) as kept:
        assert kept.width > kept.height


ANSWERS = {"taken", "kind", "damaged", "pixels"}


def became(reader, file):
    """What became of a file: taken, or the reason it was refused for."""
    try:
        sight = reader.read(file)
    except BadPhoto as error:
        return error.reason
    return "taken" if sight.photo.startswith(b"\xff\xd8") else "kept as it was"


BEGINNINGS = (b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WEBPVP8 ", b"GIF89a")


@given(st.sampled_from(BEGINNINGS), st.binary(min_size=1, max_size=600))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(b"RIFF", b"\xff" * 40)
def test_any_bytes_are_a_photo_or_refused(reader, beginning, rest):
    assert became(reader, beginning + rest) in ANSWERS


PHOTO = good()


@given(st.lists(st.tuples(st.integers(0, len(PHOTO) - 1), st.integers(0, 255)), max_size=30))
@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_photo_with_flipped_bytes_is_a_photo_or_refused(reader, flips):
    broken = bytearray(PHOTO)
    for at, value in flips:
        broken[at] = value
    assert became(reader, bytes(broken)) in ANSWERS
