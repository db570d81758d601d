"""A second opinion on ID cards through the vendor's own SDK to the stand-in."""

import json

import pytest

from bot.cloud.id_card import SCORE, TencentIdCard
from bot.domain.photo import NAME_SURE, Field, PhotoReading
from bot.ports import NotRead

PHOTO = b"\xff\xd8\xff\xe0 a photo"
FRONT = {
    "Name": "覃大川", "Sex": "男", "Nation": "汉", "Birth": "1970/1/1",
    "Address": "重庆市梁平区", "IdNum": "51021219700101001x",
}  # fmt: skip


@pytest.fixture
def reader(service):
    return TencentIdCard(service())


def tell(control, side, fields, **more):
    control.post("/cloud/id_card", {"side": side, "fields": fields, **more})


def test_a_front_gives_name_and_number_and_nothing_else(reader, control):
    tell(control, "FRONT", FRONT)
    read = reader.read_id_card(PHOTO, "id_front")
    assert read == PhotoReading(
        "id_front",
        {"name": Field("覃大川", SCORE), "id_number": Field("51021219700101001X", SCORE)},
    )


def test_a_name_that_only_the_cloud_has_read_goes_to_an_operator():
    assert SCORE < NAME_SURE


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("2017.08.12-2037.08.12", {"valid_from": "2017-08-12", "valid_to": "2037-08-12"}),
        ("2010.07.21-长期", {"valid_from": "2010-07-21", "valid_to": "long"}),
        ("20170812-20370812", {"valid_from": "2017-08-12", "valid_to": "2037-08-12"}),
        ("2017.08.12-2037.02.30", {"valid_from": "2017-08-12"}),
        ("2017.08.12-20370", {"valid_from": "2017-08-12"}),
        ("2017.08.12", {"valid_from": "2017-08-12"}),
    ],
)
def test_a_back_gives_its_days(reader, control, printed, expected):
    tell(control, "BACK", {"Authority": "重庆市公安局梁平分局", "ValidDate": printed})
    read = reader.read_id_card(PHOTO, "id_back")
    assert {name: field.value for name, field in read.fields.items()} == expected


@pytest.mark.parametrize("printed", ["", "长期", "?-?", "x-长期"])
def test_a_back_without_a_day_was_not_read(reader, control, printed):
    tell(control, "BACK", {"ValidDate": printed})
    with pytest.raises(NotRead, match="nothing was read") as error:
        reader.read_id_card(PHOTO, "id_back")
    assert not error.value.again


def test_warnings_are_problems_the_gravest_first(reader, control):
    tell(control, "FRONT", FRONT, warnings=[-9107, -9102, -9108, -9106], quality=20)
    read = reader.read_id_card(PHOTO, "id_front")
    assert read.problems == ("altered", "copy", "glare", "blur")


def test_what_the_stand_in_was_not_told_it_cannot_read(reader):
    with pytest.raises(NotRead, match="OcrFailed") as error:
        reader.read_id_card(PHOTO, "id_front")
    assert not error.value.again


@pytest.mark.parametrize("paper", ["certificate", "portrait"])
def test_another_paper_is_not_sent_anywhere(reader, control, paper):
    with pytest.raises(NotRead):
        reader.read_id_card(PHOTO, paper)
    assert control.get("/wire")["entries"] == []


def test_no_part_of_the_picture_is_asked_for_back(reader, control):
    tell(control, "FRONT", FRONT)
    reader.read_id_card(PHOTO, "id_front")
    (entry,) = [e for e in control.get("/wire")["entries"] if e["kind"] == "cloud"]
    sent = json.loads(entry["request"]["body"])
    assert not any(name.startswith("Crop") for name in json.loads(sent["Config"]))
    assert sent["EnableRecognitionRectify"] is False
