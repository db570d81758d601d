"""XML out and in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.markup import BadMarkup, build, parse


def test_texts_numbers_and_nested_things():
    xml = build({"A": "x", "N": 7, "In": {"B": "y"}, "Pics": [{"M": "1"}, {"M": "2"}]})
    assert xml == (
        "<xml><A><![CDATA[x]]></A><N>7</N><In><B><![CDATA[y]]></B></In>"
        "<Pics><item><M><![CDATA[1]]></M></item><item><M><![CDATA[2]]></M></item></Pics></xml>"
    )
    assert parse(xml)["Pics"] == {"item": [{"M": "1"}, {"M": "2"}]}


def test_a_list_of_events_repeats_itself():
    xml = build({"SubscribeMsgPopupEvent": {"List": [{"T": "1"}, {"T": "2"}]}})
    assert xml.count("<List>") == 2
    assert parse(xml)["SubscribeMsgPopupEvent"]["List"] == [{"T": "1"}, {"T": "2"}]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_every_text_survives_but_for_what_xml_forbids(text):
    found = parse(build({"T": text}))["T"]
    allowed = [c for c in text if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff")]
    assert found.replace("\r\n", "\n").replace("\r", "\n") == (
        "".join(allowed).replace("\r\n", "\n").replace("\r", "\n")
    )


def test_an_end_of_cdata_in_the_words_of_a_welder_does_no_harm():
    assert parse(build({"T": "a]]><b>c"}))["T"] == "a]]><b>c"


@pytest.mark.parametrize(
    "text", ["", "x", "<xml>", "<a/>", "<xml></xml>", "<!DOCTYPE x []><xml><a>1</a></xml>"]
)
def test_what_is_no_message_is_refused(text):
    with pytest.raises(BadMarkup):
        parse(text)
