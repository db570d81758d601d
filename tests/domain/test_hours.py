"""Hours as people say them, read with the real vocabulary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogs.lexicon import ContentLexicon
from bot.domain.hours import Hour
from bot.library import load
from tests.conftest import ROOT

LIBRARY = load(ROOT / "content")
LEXICON = ContentLexicon(LIBRARY.vocabulary)


@pytest.mark.parametrize(
    ("text", "hour"),
    [("晚上8点", 20), ("早上7点半", 7), ("20:00", 20), ("8", 8), ("中午12点", 12), ("下午三点", 15),
     ("晚上12点", 0), ("夜里2点", 2), ("半夜3点", 3), ("凌晨3点", 3), ("凌晨5点半", 5), ("夜里12点", 0),
     ("晚上3点", 3), ("晚上6点", 18), ("夜里9点", 21), ("中午1点", 13), ("中午11点", 11), ("早上6点", 6),
     ("下午2点", 14), ("傍晚6点", 18), ("晚黑8点", 20), ("12点", 12), ("十二点", 12), ("24点", 0), ("0点", 0),
     ("７点", 7), ("8:30", 8), ("03:00", 3), ("改成晚上8点", 20), ("8点钟", 8), ("十点", 10), ("20点整", 20)],
)  # fmt: skip
def test_an_hour_is_read_however_it_is_said(text, hour):
    assert LEXICON.hour(text) == Hour(hour)


@pytest.mark.parametrize(
    ("text", "hour"), [("3点", 3), ("1", 1), ("六点", 6), ("5点半", 5), ("2:00", 2)]
)
def test_a_small_hour_without_a_part_of_the_day_is_not_sure(text, hour):
    assert LEXICON.hour(text) == Hour(hour, sure=False)


@pytest.mark.parametrize(
    "text",
    ["25点", "随便", "", "2027-3-1", "13812345678", "过几个小时", "第二个", "早点提醒我嘛要得不"],
)
def test_what_is_no_hour_is_none(text):
    assert LEXICON.hour(text) is None


@given(st.text(max_size=14))
def test_reading_an_hour_never_raises(text):
    found = LEXICON.hour(text)
    assert found is None or 0 <= found.hour <= 23


@given(st.integers(0, 23), st.sampled_from(["早上", "下午", "晚上", "半夜", "凌晨", "中午"]))
def test_a_part_of_the_day_leaves_no_doubt(hour, part):
    assert LEXICON.hour(f"{part}{hour}点").sure
