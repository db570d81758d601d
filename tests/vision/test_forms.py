"""Papers as lines of text, without any picture."""

import math
from datetime import date

import pytest

from bot.vision.forms import read_form
from bot.vision.layout import Line

TODAY = date(2026, 11, 25)
ID = "500228198503124016"


def lines(*rows, turn=0.0):
    """Lines from (text, left, top), signs 20 pixels wide and 30 high, turned about the origin."""
    made = []
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    for text, left, top in rows:
        right, bottom = left + 20 * len(text), top + 30
        box = ((left, top), (right, top), (right, bottom), (left, bottom))
        made.append(Line(text, 0.99, tuple((x * cos - y * sin, x * sin + y * cos) for x, y in box)))
    return made


FRONT = (
    ("姓名", 0, 0), ("张翀", 100, 0), ("性别", 0, 60), ("男", 100, 60), ("民族", 200, 60), ("维吾尔", 300, 60),
    ("出生", 0, 120), ("1985年3月12日", 100, 120), ("住址", 0, 180), ("梁平区", 100, 180),
    ("公民身份号码", 0, 300), (ID, 200, 300),
)  # fmt: skip

CERTIFICATE = (
    ("建筑施工特种作业操作资格证", 100, 0), ("姓名", 0, 60), ("张翀", 200, 60), ("身份证号", 0, 120), (ID, 200, 120),
    ("操作类別", 0, 180), ("建筑焊工", 200, 180), ("证号", 0, 240), ("渝A042018000123", 200, 240),
    ("初次领证日期", 0, 300), ("2018年06月12日", 200, 300), ("发证机关", 0, 420), ("重庆市住房和城乡建设委员会", 200, 420),
)  # fmt: skip


def read(library, rows, turn=0.0):
    return read_form(lines(*rows, turn=turn), library.papers, TODAY)


def values(form):
    return {name: field.value for name, field in form.fields.items()}


@pytest.mark.parametrize("turn", [0, 6, -15, 40, 90, 100, 180, 270, -50])
def test_a_card_is_read_however_it_lies(library, turn):
    form = read(library, FRONT, turn)
    assert values(form) == {"name": "张翀", "id_number": ID}
    assert abs((form.angle - turn + 180) % 360 - 180) < 1


def test_a_nationality_is_never_taken_for_the_name(library):
    without = [row for row in FRONT if row[0] not in {"姓名", "张翀"}]
    form = read(library, without)
    assert values(form) == {"id_number": ID}
    assert form.missing == ("name",)


def test_a_name_whose_label_was_lost_is_the_first_line(library):
    assert values(read(library, FRONT[1:]))["name"] == "张翀"


@pytest.mark.parametrize(
    ("rows", "until"),
    [
        ([("使用期", 0, 360), ("自2024年06月12日至2027年06月11日", 200, 360)], "2027-06-11"),
        ([("使用期", 0, 360), ("自2024年06月12日", 200, 360), ("至2027年06月11日", 500, 360)], "2027-06-11"),
        ([("有效期至2027-06-11", 0, 360)], "2027-06-11"),
        ([("有效期", 0, 360), ("2027.06.11", 200, 360)], "2027-06-11"),
        ([("使用期", 0, 360), ("自2024年06月12日", 200, 360)], None),
        ([("使用期", 0, 360), ("自2024年06月12日至2027年", 200, 360)], None),
    ],
)  # fmt: skip
def test_the_last_day_is_the_one_after_until(library, rows, until):
    form = read(library, (*CERTIFICATE, *rows))
    assert values(form).get("valid_until") == until
    assert values(form)["first_issued_on"] == "2018-06-12"
    assert values(form)["trade"] == "建筑焊工"


def test_a_value_below_its_label_is_found(library):
    rows = [row for row in CERTIFICATE if row[0] not in {"姓名", "张翀"}]
    form = read(library, (*rows, ("姓名", 0, 500), ("张翀", 0, 540)))
    assert values(form)["name"] == "张翀"


def test_labels_that_run_together_end_each_other(library):
    rows = [row for row in CERTIFICATE if row[0] not in {"姓名", "张翀"}]
    assert values(read(library, (*rows, ("姓名张翀性别男", 0, 500))))["name"] == "张翀"


def test_a_card_that_never_expires(library):
    rows = (
        ("居民身份证", 0, 0),
        ("签发机关", 0, 60),
        ("梁平县公安局", 200, 60),
        ("有效期限", 0, 120),
    )
    assert values(read(library, (*rows, ("2016.03.01-长期", 200, 120)))) == {
        "valid_from": "2016-03-01",
        "valid_to": "long",
    }


def test_a_receipt_is_no_paper_of_ours(library):
    assert read(library, (("收据", 0, 0), ("姓名", 0, 60), ("张翀", 100, 60))) is None
    assert read_form([], library.papers, TODAY) is None
