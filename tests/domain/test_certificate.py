"""Whose certificate is it? Told by its number, with the real vocabulary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogs.lexicon import ContentLexicon
from bot.domain import rulebook
from bot.domain.certificate import authority_of, read_number
from bot.library import load
from tests.conftest import ROOT

LIBRARY = load(ROOT / "content")
MARKS = ContentLexicon(LIBRARY.vocabulary).marks


@pytest.mark.parametrize(
    ("text", "authority", "strict"),
    [
        ("晋A012008000001", "housing", True),
        ("渝 a 01 2008 000001", "housing", True),
        ("渝Ａ９９２０２４０００００１", "housing", True),
        ("渝建2024000001", None, False),
        ("渝A2024001", "housing", False),
        ("T500155199001010017", "emergency", True),
        ("t50015519900101001x", "emergency", False),
        ("t11010519491231002x", "emergency", True),
        ("我的编号是 渝A-01-2024-000001。", "housing", True),
        ("渝A99202400000123", "housing", False),
        ("渝A9920240", "housing", False),
        ("渝A" + "1" * 24, None, False),
        ("編号：T１１０１０５１９４９１２３１００２Ｘ", "emergency", True),
        ("AT500155199001010017", None, False),
        ("SMAW-FeⅡ-3G-12-Fef3J", "market", False),
        ("GTAW-FeIV-6G-3/159-FefS-02/10/12", "market", False),
        ("GTAW", None, False),
        ("应急局发的", "emergency", False),
        ("特种设备作业人员证", "market", False),
        ("123456", None, False),
        ("", None, False),
    ],
)
def test_a_number_tells_whose_certificate_it_is(text, authority, strict):
    found = read_number(text, MARKS)
    assert (found.authority, found.strict) == (authority, strict)
    assert authority_of(text, MARKS) == authority


def test_the_number_is_taken_out_of_a_sentence():
    assert read_number("我的编号是 渝A-01-2024-000001。", MARKS).text == "渝A012024000001"
    assert read_number("T11010519491231002x", MARKS).text == "T11010519491231002X"


@given(st.text())
def test_any_text_can_be_read_as_a_number(text):
    read_number(text, MARKS)


def test_each_rulebook_names_a_source_for_every_reason():
    for book in LIBRARY.rulebooks.values():
        assert set(book.sources) == set(rulebook.REASONS)
