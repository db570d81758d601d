"""A sample of what ``python -m tests.vision.measure`` measures whole."""

import io

import numpy as np
import pytest
from PIL import Image

from bot.domain.photo import PROBLEMS
from tests.vision.cards import DRAWN, PEOPLE, Person, id_back, id_front, truth
from tests.vision.conditions import jpeg, on_a_table, photographed

SAMPLE = [
    ("id_front", 5, "all at once"),
    ("id_back", 1, "turned -15"),
    ("certificate", 3, "clean"),
    ("certificate", 9, "turned 90"),
    ("e_certificate", 5, "700 px"),
]


def values(reading):
    return {name: field.value for name, field in reading.fields.items()}


@pytest.mark.parametrize(("paper", "who", "condition"), SAMPLE)
def test_what_is_printed_is_read(reader, paper, who, condition):
    sight = reader.read(photographed(DRAWN[paper](PEOPLE[who]), condition))
    assert sight.reading.document == paper.removeprefix("e_")
    assert values(sight.reading) == truth(PEOPLE[who], paper)  # this, and nothing else of it
    assert set(sight.reading.problems) <= {"name_unsure", "expired_certificate"}
    assert all(0 <= field.score <= 1 for field in sight.reading.fields.values())


@pytest.mark.parametrize("paper", ["id_front", "id_back", "certificate"])
def test_the_strongest_blur_is_refused_before_it_is_read(reader, paper):
    reading = reader.read(photographed(DRAWN[paper](PEOPLE[0]), "blur 4"), paper).reading
    assert reading.document is None
    assert reading.fields == {}
    assert "blurred" in reading.problems


def test_a_paper_photographed_upside_down_is_read_and_kept_upright(reader):
    photo = photographed(id_front(PEOPLE[1]), "turned 180")
    with Image.open(io.BytesIO(photo)) as given:
        over = np.array(given.rotate(180).convert("L").resize((64, 48)), float)
    sight = reader.read(photo)
    assert values(sight.reading) == truth(PEOPLE[1], "id_front")
    with Image.open(io.BytesIO(sight.photo)) as kept:
        there = np.array(kept.convert("L").resize((64, 48)), float)
    assert np.abs(over - there).mean() < 3


def test_another_paper_than_asked_for_is_read_and_said(reader):
    reading = reader.read(photographed(id_back(PEOPLE[0]), "700 px"), "id_front").reading
    assert reading.document == "id_back"
    assert reading.problems[0] == "wrong_document"
    assert set(reading.fields) == {"valid_from", "valid_to"}


def test_of_a_paper_that_people_look_at_nothing_is_read(reader):
    sight = reader.read(photographed(id_front(PEOPLE[0]), "700 px"), "medical_report")
    assert sight.reading.document is None
    assert sight.reading.fields == {}
    assert sight.reading.problems == ()


class Miswritten(Person):
    """Somebody whose printed number has a digit wrong."""

    @property
    def id_number(self):
        right = super().id_number
        return f"{right[:-1]}{(int(right[-1], 11) + 1) % 10 if right[-1].isdigit() else 0}"


def test_a_number_whose_check_sign_does_not_fit_is_not_believed(reader):
    person = Miswritten("张翀", "50022819850312401", "渝A042018000123")
    reading = reader.read(photographed(id_front(person), "700 px")).reading
    assert values(reading) == {"name": "张翀"}
    assert reading.problems == ("id_number_invalid",)


def test_a_card_under_a_finger_misses_what_is_under_it(reader):
    table = on_a_table(id_front(PEOPLE[6]), 700)
    height, width = table.shape[:2]
    table[int(0.76 * height) : int(0.9 * height), int(0.3 * width) : int(0.85 * width)] = (
        200,
        150,
        130,
    )
    reading = reader.read(jpeg(table)).reading
    assert values(reading) == {"name": "刘小明"}
    assert reading.problems == ("missing_id_number",)


@pytest.mark.parametrize(
    ("picture", "problem"),
    [
        (np.random.default_rng(2).integers(0, 256, (525, 700, 3), dtype=np.uint8), "no_text"),
        (np.full((525, 700, 3), 8, np.uint8), "dark"),
        (np.full((40, 1200, 3), 200, np.uint8), "too_small"),
    ],
)
def test_a_picture_of_nothing_says_so(reader, picture, problem):
    reading = reader.read(jpeg(picture), "id_front").reading
    assert reading.document is None
    assert problem in reading.problems


def test_a_paper_we_do_not_know_is_not_taken_for_one_we_do(reader):
    from PIL import ImageDraw

    from tests.vision.samples import font

    sheet = Image.new("RGB", (1011, 638), "white")
    lines = (
        "营业执照",
        "统一社会信用代码 91500101MA5U0001X8",
        "类型 有限责任公司",
        "法定代表人 张三",
    )
    for n, line in enumerate(lines):
        ImageDraw.Draw(sheet).text((90, 80 + 90 * n), line, font=font(40), fill="black")
    reading = reader.read(photographed(sheet, "700 px"), "certificate").reading
    assert reading.document is None
    assert "not_recognised" in reading.problems


def test_problems_are_told_the_gravest_first():
    from bot.domain.photo import gravest_first

    assert gravest_first(["name_unsure", "blurred", "blurred"]) == ("blurred", "name_unsure")
    with pytest.raises(ValueError, match="unheard_of"):
        gravest_first(["unheard_of"])
    assert len(PROBLEMS) == len(set(PROBLEMS))
