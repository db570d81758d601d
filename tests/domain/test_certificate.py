"""Whose certificate is it? Told by its number, with the real vocabulary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogs.lexicon import ContentLexicon
from bot.domain import rulebook
from bot.domain.certificate import read_number
from bot.library import load
from tests.conftest import ROOT

LIBRARY = load(ROOT / "content")
MARKS = ContentLexicon(LIBRARY.vocabulary, LIBRARY.intents).marks


@pytest.mark.parametrize(
    ("text", "authority", "strict"),
    [
        ("晋A012008000001", "housing", True),
        ("渝 a 01 2008 000001", "housing", True),
        ("渝Ａ９９２０２４０００００１", "housing", True),
        ("渝建2024000001", None, False),
        ("渝A2024001", "housing", False),
        ("T500155199001010017", "emergency", True),
        ("t50015519900101001x", "emergency", True),
        ("应急局发的", "emergency", False),
        ("特种设备作业人员证", "market", False),
        ("123456", None, False),
        ("", None, False),
    ],
)
def test_a_number_tells_whose_certificate_it_is(text, authority, strict):
    found = read_number(text, MARKS)
    assert (found.authority, found.strict) == (authority, strict)


@given(st.text())
def test_any_text_can_be_read_as_a_number(text):
    read_number(text, MARKS)


def test_each_rulebook_names_a_source_for_every_reason():
    for book in LIBRARY.rulebooks.values():
        assert set(book.sources) == set(rulebook.REASONS)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"title": ""}, "title must be a text"),
        ({"opens_months": -1}, "opens_months must be a whole number"),
        ({"opens_months": 9}, "must not be less"),
        ({"valid_from": "soon"}, "valid_from must be a day"),
        ({"sources": {}}, "sources.other_authority is missing"),
        ({"sources": None}, "sources must list"),
    ],
)
def test_a_bad_rulebook_says_what_is_wrong(change, complaint):
    import yaml

    row = yaml.safe_load((ROOT / "content/rules/guide.yaml").read_text(encoding="utf-8"))
    with pytest.raises(rulebook.BadRulebook, match=complaint):
        rulebook.load({**row, **change}, "guide.yaml")
