"""Portraits, made from NASA's public-domain picture of Eileen Collins before other walls."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from tests.vision.cards import PEOPLE, id_front
from tests.vision.conditions import blurred, jpeg, photographed
from tests.vision.samples import portrait

WHITE, BLUE, RED, GREY = (252, 252, 252), (67, 142, 219), (190, 40, 40), (150, 150, 150)


def shown(picture):
    return jpeg(np.asarray(picture))


def two():
    wide = Image.new("RGB", (1208, 804), WHITE)
    wide.paste(portrait(WHITE), (0, 0))
    wide.paste(portrait(WHITE).transpose(Image.Transpose.FLIP_LEFT_RIGHT), (604, 0))
    return wide


def far():
    sheet = Image.new("RGB", (900, 1200), WHITE)
    sheet.paste(portrait(WHITE).resize((450, 599)), (225, 601))
    return sheet


def near():
    return portrait(WHITE).crop((150, 120, 454, 500)).resize((604, 755))


def tilted():
    return portrait(WHITE).rotate(22, fillcolor=WHITE, expand=False)


def shadowed():
    picture = np.asarray(portrait(WHITE), float).copy()
    dark = np.linspace(1, 0.35, 302)[None, :, None]
    picture[:, 302:] *= dark
    return Image.fromarray(picture.astype(np.uint8))


def dimmed(by):
    return Image.fromarray((np.asarray(portrait(WHITE), float) * by).astype(np.uint8))


def masked():
    picture = portrait(WHITE)
    picture.paste((30, 30, 30), (150, 210, 470, 340))
    return picture


GOOD = {"white": WHITE, "blue": BLUE}


@pytest.mark.parametrize("colour", GOOD)
@pytest.mark.parametrize("expected", ["portrait", ""])
def test_a_good_portrait_has_no_problem(reader, colour, expected):
    reading = reader.read(shown(portrait(GOOD[colour])), expected).reading
    assert reading.document == "portrait"
    assert reading.fields["background"].value == colour
    assert reading.problems == ()


BAD = {
    "red wall": (lambda: portrait(RED), {"background_colour"}),
    "grey wall": (lambda: portrait(GREY), {"background_colour"}),
    "shadow": (shadowed, {"background_uneven"}),
    "two people": (two, {"many_faces"}),
    "far": (far, {"face_small"}),
    "near": (near, {"face_large"}),
    "aslant": (tilted, {"tilted"}),
    "blurred": (lambda: Image.fromarray(blurred(np.asarray(portrait(WHITE)), 6)), {"face_blurred"}),
    "in the dark": (lambda: dimmed(0.3), {"face_dark"}),
    "eyes hidden": (masked, {"no_face"}),
    "upside down": (lambda: portrait(WHITE).rotate(180), {"no_face"}),
    "nobody": (lambda: Image.new("RGB", (600, 800), WHITE), {"no_face"}),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_portrait_says_what_is_wrong(reader, name):
    make, wanted = BAD[name]
    reading = reader.read(shown(make()), "portrait").reading
    assert wanted <= set(reading.problems)
    assert reading.document == (None if "no_face" in wanted else "portrait")


def test_the_face_on_an_id_card_is_no_portrait(reader):
    reading = reader.read(photographed(id_front(PEOPLE[0]), "700 px"), "portrait").reading
    assert reading.document == "id_front"
    assert reading.problems[0] == "wrong_document"


def test_a_portrait_is_no_id_card(reader):
    reading = reader.read(shown(portrait(WHITE)), "id_front").reading
    assert reading.document == "portrait"
    assert reading.problems[0] == "wrong_document"


def test_a_wall_with_grain_is_plain(reader):
    grain = np.asarray(portrait(WHITE).filter(ImageFilter.SMOOTH), float)
    grain = grain - 4 + np.random.default_rng(5).normal(0, 4, grain.shape)
    picture = Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8))
    assert reader.read(shown(picture), "portrait").reading.problems == ()
