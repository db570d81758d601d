"""The identity number: every number here is synthetic, or the standard's own example."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.id_number import IdNumber, Wrong, age_on, check_sign, read_id_number

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "born_on"),
    [
        ("11010519491231002X", date(1949, 12, 31)),
        ("11010519491231002x", date(1949, 12, 31)),
        ("１１０１０５１９４９１２３１００２Ｘ", date(1949, 12, 31)),
        (" 110105 19491231 002X ", date(1949, 12, 31)),
        ("110105-19491231-002X", date(1949, 12, 31)),
        ("500155199001010017", date(1990, 1, 1)),
        ("500228198512311235", date(1985, 12, 31)),
        ("500155200002295670", date(2000, 2, 29)),
    ],
)
def test_a_right_number_tells_the_birth_date(text, born_on):
    found = read_id_number(text, TODAY)
    assert isinstance(found, IdNumber)
    assert found.born_on == born_on
    assert found.text == found.text.strip().upper()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "length"),
        ("50015519900101001", "length"),
        ("5001551990010100170", "length"),
        ("50015519900101A017", "letters"),
        ("X00155199001010017", "letters"),
        ("000155199001010017", "letters"),
        ("٥00155199001010017", "letters"),
        ("500155199002300017", "birth_date"),
        ("500155202611250010", "birth_date"),
        ("500155190001010017", "birth_date"),
        ("500155199001010018", "check_sign"),
        ("110105194912310021", "check_sign"),
    ],
)
def test_a_wrong_number_says_what_is_wrong(text, fault):
    assert read_id_number(text, TODAY) == Wrong(fault)


@given(
    st.integers(110000, 659999),
    st.dates(date(1930, 1, 1), TODAY),
    st.integers(0, 999),
    st.integers(0, 16),
    st.integers(1, 9),
)
def test_one_wrong_digit_is_always_seen(region, born_on, serial, at, by):
    digits = f"{region}{born_on:%Y%m%d}{serial:03}"
    whole = digits + check_sign(digits)
    assert read_id_number(whole, TODAY) == IdNumber(whole, born_on)
    wrong = f"{whole[:at]}{(int(whole[at]) + by) % 10}{whole[at + 1 :]}"
    assert isinstance(read_id_number(wrong, TODAY), Wrong)


@given(st.text(), st.dates())
def test_any_text_can_be_read(text, today):
    assert isinstance(read_id_number(text, today), IdNumber | Wrong)


@pytest.mark.parametrize(
    ("born_on", "right"),
    [("20261124", True), ("20261125", False), ("19060101", True), ("19051231", False)],
)
def test_a_birth_date_lies_between_today_and_the_oldest_age(born_on, right):
    digits = f"500155{born_on}001"
    assert isinstance(read_id_number(digits + check_sign(digits), TODAY), IdNumber) is right


def test_what_is_shown_is_masked():
    found = read_id_number("11010519491231002X", TODAY)
    assert isinstance(found, IdNumber)
    assert found.masked == "1101**********002X"


def test_a_year_older_on_the_birthday():
    assert age_on(date(2008, 11, 24), date(2026, 11, 23)) == 17
    assert age_on(date(2008, 11, 24), date(2026, 11, 24)) == 18
