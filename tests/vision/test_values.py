from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.id_number import check_sign
from bot.vision import values

TODAY = date(2026, 11, 25)
PROVINCES = "京津渝川粤新"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("张翀", "张翀"),
        ("司马国强", "司马国强"),
        ("阿卜杜热依木・买买提", "阿卜杜热依木·买买提"),
        ("阿依古丽.买买提", "阿依古丽·买买提"),
        (":李喆", "李喆"),
        ("张", None),
        ("建筑施工特种作业", None),
        ("张三2", None),
        ("Li Zhe", None),
        ("", None),
    ],
)
def test_a_name_is_two_to_four_signs_or_parts_with_a_dot(text, name):
    assert values.name_in(text) == name


@given(st.text(alphabet="0123456789", min_size=17, max_size=17))
def test_no_number_is_believed_whose_check_sign_is_wrong(digits):
    right = check_sign(digits)
    for sign in "0123456789X":
        if sign != right:
            assert values.id_number_in(digits + sign, TODAY) is None


NUMBER = "50022819850312401" + check_sign("50022819850312401")


@pytest.mark.parametrize(
    "text", [NUMBER, f"公民身份号码{NUMBER}", NUMBER.replace("0", "O"), NUMBER.replace("1", "l")]
)
def test_an_identity_number_is_found(text):
    assert values.id_number_in(text, TODAY) == NUMBER


def test_an_identity_number_is_not_found_inside_a_longer_one():
    assert values.id_number_in(f"9{NUMBER}", TODAY) is None
    assert values.id_number_in(f"{NUMBER}1", TODAY) is None


@pytest.mark.parametrize(
    ("text", "labelled", "number"),
    [
        ("渝A042018000123", False, "渝A042018000123"),
        ("编号：渝AO42018OOO123", False, "渝A042018000123"),
        ("A042018000123", True, "A042018000123"),
        ("A042018000123", False, None),
        ("张A042018000123", False, None),
        ("渝A12", True, None),
    ],
)
def test_a_certificate_number_begins_with_its_province(text, labelled, number):
    assert values.certificate_number_in(text, PROVINCES, labelled=labelled) == number


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2016.03.01-2036.03.01", ["2016-03-01", "2036-03-01"]),
        ("2016.0301-20360301", ["2016-03-01", "2036-03-01"]),
        ("自2024年6月1日至2027年5月31日", ["2024-06-01", "2027-05-31"]),
        ("2024-06-12至2027-06-11", ["2024-06-12", "2027-06-11"]),
        ("2024年02月30日", []),
        ("50022819850312401X", []),
        ("1234.01.01", []),
    ],
)
def test_days_are_found_in_order(text, days):
    assert [day.isoformat() for day, _ in values.days_in(text)] == days


@given(st.text(max_size=60))
def test_any_text_may_be_searched(text):
    tidied = values.tidy(text, {})
    values.name_in(tidied)
    values.id_number_in(tidied, TODAY)
    values.certificate_number_in(tidied, PROVINCES, labelled=True)
    list(values.days_in(tidied))


def test_glyphs_are_folded_to_what_is_printed():
    assert values.tidy("粵 A 漢", {"粵": "粤", "漢": "汉"}) == "粤A汉"
