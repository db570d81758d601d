"""The form: phones however typed, masks, what is missing, what does not fit."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.document import Document
from bot.domain.form import (
    FIELDS,
    Form,
    Readings,
    doubts,
    filled_from,
    form,
    lacking,
    lacking_papers,
    mask_id,
    mask_name,
    mask_phone,
    read_phone,
)
from bot.domain.photo import Field, PhotoReading

TODAY = date(2026, 11, 24)
ID = "510212197001010012"
FULL = Form("张大林", ID, "13812345678", "大林建筑", "李工", "12")


def reading(document, **values):
    return PhotoReading(document, {name: Field(value, 0.99) for name, value in values.items()})


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678", "138 1234 5678", "138-1234-5678", "138—1234—5678", "１３８１２３４５６７８",
        "１３８－１２３４－５６７８", "+8613812345678", "+86 138 1234 5678", "＋86-13812345678",
        "008613812345678", "8613812345678", "86-138-1234-5678", "(+86)13812345678", "（86）13812345678",
        " 13812345678 ", "138\u30001234\u30005678", "138\u20111234\u20115678", "\u202d13812345678\u202c",
        "138.1234.5678", "138·1234·5678", "①③⑧12345678", "138\n12345678",
    ],
)  # fmt: skip
def test_a_phone_is_read_however_it_is_typed(typed):
    assert read_phone(typed) == "13812345678"


@pytest.mark.parametrize(
    "typed",
    [
        "", "1381234567", "138123456789", "12812345678", "23812345678", "023-45678901",
        "138****5678", "13812345678 13912345678", "电话13812345678x", "+1 3812345678",
        "13٨١٢٣٤٥٦٧٨", "1381234567八", "８６", "+85213812345678", "1-2-3",
    ],
)  # fmt: skip
def test_what_is_no_phone_is_none(typed):
    assert read_phone(typed) is None


@given(st.text())
def test_a_phone_is_eleven_plain_digits_or_nothing(text):
    found = read_phone(text)
    assert found is None or (len(found) == 11 and found.isascii() and found.isdigit())


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_phone_that_was_read_is_read_the_same_again(phone):
    assert read_phone(phone) == phone


def test_masks_show_the_ends_alone():
    assert mask_phone("13812345678") == "138****5678"
    assert mask_id(ID) == "5102**********0012"
    assert mask_name("张大林") == "张**"
    assert mask_name("欧阳") == "欧*"
    assert (mask_phone(""), mask_id(""), mask_name("")) == ("", "", "")


def test_a_mask_never_shows_a_short_number_whole():
    assert mask_phone("12345") == "*****"
    assert mask_id("12345678") == "********"


@given(st.text(min_size=2), st.text(min_size=12))
def test_a_mask_is_never_the_thing_itself(name, number):
    assert mask_name(name).endswith("*" * (len(name) - 1))
    assert mask_id(number)[4:-4] == "*" * (len(number) - 8)


def test_a_form_survives_its_row_and_drops_what_no_form_has():
    assert form(FULL.to_row()) == FULL
    assert form({**FULL.to_row(), "shoe_size": "43"}) == FULL
    assert Form().to_row() == {}


@given(st.dictionaries(st.sampled_from(FIELDS), st.text()))
def test_any_row_of_texts_makes_a_form(row):
    assert form(row).to_row() == {name: value for name, value in row.items() if value}


def test_what_is_lacking_is_named_in_order():
    assert lacking(Form()) == ("name", "id_number", "phone", "employer", "years")
    assert lacking(FULL) == ()
    assert lacking(Form(employer="@none")) == ("name", "id_number", "phone", "years")


def test_required_papers_without_a_photo_are_lacking(library):
    wanted = library.documents
    required = [paper.id for paper in wanted if paper.required]
    assert list(lacking_papers(wanted, ())) == required
    assert list(lacking_papers(wanted, required[:2])) == required[2:]
    assert lacking_papers(wanted, required) == ()
    assert all(isinstance(paper, Document) for paper in wanted)


def papers(**readings):
    return Readings(readings)


@pytest.mark.parametrize(
    ("shown", "doubt"),
    [
        ({"id_front": reading("id_front", name="张大林", id_number=ID)}, ()),
        ({"id_front": reading("id_front", name="张大森")}, ("names",)),
        ({"certificate": reading("certificate", name="张大森")}, ("names",)),
        ({"certificate": reading("certificate", id_number=ID[:-1] + "3")}, ("id_numbers",)),
        ({"id_back": reading("id_back", valid_to="2026-11-23")}, ("id_expired",)),
        ({"id_back": reading("id_back", valid_to="2026-11-24")}, ()),
        ({"id_back": reading("id_back", valid_to="long")}, ()),
        ({"certificate": reading("certificate", valid_until="2020-01-01")},
         ("certificate_expired",)),
        ({"certificate": reading("certificate", number="渝A1")}, ()),
        ({}, ()),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_doubted(shown, doubt):
    assert doubts(FULL, papers(**shown), TODAY) == doubt


def test_two_papers_that_differ_are_doubted_before_anything_was_told():
    shown = papers(
        id_front=reading("id_front", name="张大林"), certificate=reading("certificate", name="李四")
    )
    assert doubts(Form(), shown, TODAY) == ("names",)


def test_another_number_than_the_form_has_is_doubted():
    shown = papers(certificate=reading("certificate", number="渝B2"))
    assert doubts(Form(number="渝A1"), shown, TODAY) == ("numbers",)


@pytest.mark.parametrize(
    ("told", "read"),
    [("张 大林", "张大林"), ("买买提·艾力", "买买提•艾力"), ("买买提．艾力", "买买提·艾力")],
)
def test_how_a_name_is_spaced_or_dotted_is_no_doubt(told, read):
    assert doubts(Form(name=told), papers(id_front=reading("id_front", name=read)), TODAY) == ()


def test_the_case_of_the_check_sign_is_no_doubt():
    shown = papers(id_front=reading("id_front", id_number="51021219700101001x"))
    assert doubts(Form(id_number="51021219700101001X"), shown, TODAY) == ()


def test_a_confirmed_paper_fills_its_own_lines_and_no_other():
    told = reading("certificate", name="别人", number="渝A1", valid_until="2027-03-05")
    filled = filled_from(FULL, "certificate", told)
    assert (filled.name, filled.number, filled.valid_until) == ("张大林", "渝A1", "2027-03-05")
    assert filled_from(FULL, "portrait", reading("portrait", background="white")) == FULL
    assert filled_from(FULL, "medical", reading(None, name="x")) == FULL


def test_a_line_that_was_not_read_leaves_what_is_known():
    assert filled_from(FULL, "id_front", reading("id_front", name="", id_number="")) == FULL
    assert filled_from(FULL, "id_front", reading("id_front")) == FULL


def test_a_correction_replaces_what_was_known():
    assert filled_from(FULL, "id_front", reading("id_front", name="张大森")).name == "张大森"
