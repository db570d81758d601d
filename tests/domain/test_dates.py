"""Dates as people write them, read with the real vocabulary."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogs.lexicon import ContentLexicon
from bot.domain import dates
from bot.domain.almanac import YEARS_OFFERED
from bot.library import load
from tests.conftest import ROOT

LIBRARY = load(ROOT / "content")
LEXICON = ContentLexicon(LIBRARY.vocabulary)
TODAY = date(2026, 11, 24)


def read(text, today=TODAY):
    return LEXICON.day(text, today)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-3-1", (2027, 3, 1)),
        ("2027.3.1", (2027, 3, 1)),
        ("2027/03/01", (2027, 3, 1)),
        ("20270301", (2027, 3, 1)),
        ("27年3月1号", (2027, 3, 1)),
        ("2027年3月1日", (2027, 3, 1)),
        ("2027 年 3 月 1 日", (2027, 3, 1)),
        ("２０２７年３月１号", (2027, 3, 1)),
        ("二〇二七年三月一日", (2027, 3, 1)),
        ("二零二七年十一月三十日", (2027, 11, 30)),
        ("十二月二十五号", (2026, 12, 25)),
        ("明年3月5号", (2027, 3, 5)),
        ("今年12月底", (2026, 12, 31)),
        ("下个月15号", (2026, 12, 15)),
        ("下个月底", (2026, 12, 31)),
        ("3月1号", (2027, 3, 1)),
        ("12-25", (2026, 12, 25)),
        ("27.3.1", (2027, 3, 1)),
        ("月底", (2026, 11, 30)),
        ("年底", (2026, 12, 31)),
        ("明年底", (2027, 12, 31)),
        ("大后天", (2026, 11, 27)),
        ("到2027年3月1号", (2027, 3, 1)),
        ("2027-03-01到期", (2027, 3, 1)),
        ("是2028年2月29号", (2028, 2, 29)),
        ("5号", (2026, 12, 5)),
        ("31号", (2026, 12, 31)),
        ("24号", (2026, 11, 24)),
        ("11月24号", (2026, 11, 24)),
        ("11月23号", (2027, 11, 23)),
        ("2月29号", (2028, 2, 29)),
        ("2027 3 1", (2027, 3, 1)),
        ("2027. 3. 1", (2027, 3, 1)),
        ("2027，3，1", (2027, 3, 1)),
        ("2027、3、1", (2027, 3, 1)),
        ("2027—3—1", (2027, 3, 1)),
        ("2027--3--1", (2027, 3, 1)),
        ("2027年3.1", (2027, 3, 1)),
        ("2027年3月1", (2027, 3, 1)),
        ("2027三月一日", (2027, 3, 1)),
        ("2027-3-1 10:00", (2027, 3, 1)),
        ("2027\u200b-3-1", (2027, 3, 1)),
        ("270301", (2027, 3, 1)),
        ("99年3月1日", (1999, 3, 1)),
        ("46年3月1日", (2046, 3, 1)),
        ("47年3月1日", (1947, 3, 1)),
        ("2025年3月1日至2027年3月1日", (2027, 3, 1)),
        ("2025.3.1-2027.3.1", (2027, 3, 1)),
        ("25.3.1到27.3.1", (2027, 3, 1)),
        ("2025-03-01到2027-03-01", (2027, 3, 1)),
        ("明年年底", (2027, 12, 31)),
        ("明年三月份底", (2027, 3, 31)),
        ("0001-01-01", (1, 1, 1)),
        ("9999-12-31", (9999, 12, 31)),
        ("去年12月31号", (2025, 12, 31)),
        ("下下个月3号", (2027, 1, 3)),
        ("明年今天", (2027, 11, 24)),
        ("明年的今天", (2027, 11, 24)),
        ("后年明天", (2028, 11, 25)),
        ("2021年3月1日发证，2027年3月1日到期", (2027, 3, 1)),
        ("发的证2027年3月1日到期", (2027, 3, 1)),
    ],
)
def test_a_day_is_read_however_it_is_written(text, day):
    assert read(text) == dates.Day(date(*day))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("明年三月", dates.Month(2027, 3)),
        ("2027年2月", dates.Month(2027, 2)),
        ("2027-3", dates.Month(2027, 3)),
        ("三月", dates.Month(2027, 3)),
        ("2月30号", dates.Impossible()),
        ("2027-13-1", dates.Impossible("month")),
        ("0000年3月1日", dates.Impossible("year")),
        ("20270230", dates.Impossible()),
        ("202703", dates.Month(2027, 3)),
        ("202701", dates.Month(2027, 1)),
        ("202712", dates.Month(2027, 12)),
        ("明年3月中旬", dates.Month(2027, 3)),
        ("下个月", dates.Month(2026, 12)),
        ("2027年2月29日", dates.Impossible()),
        ("看不清", dates.Unreadable()),
        ("我不晓得哦", dates.Unreadable()),
        ("搞忘了", dates.Unreadable()),
        ("张三", dates.NoDate()),
        ("1", dates.NoDate()),
        ("", dates.NoDate()),
        ("2027", dates.Year(2027)),
        ("2027年", dates.Year(2027)),
        ("27年", dates.Year(2027)),
        ("明年到期", dates.Year(2027)),
        ("27-3", dates.Month(2027, 3)),
        ("27.12", dates.Month(2027, 12)),
        ("78-3", dates.Impossible("month")),
        ("明年2月29号", dates.Impossible()),
        ("2019年3月1日发证", dates.Issued()),
        ("发证2021年3月1日", dates.Issued()),
        ("我的证2019年3月发的", dates.Issued()),
        ("第一次是2019年3月1号", dates.Issued()),
        ("3月1号领的", dates.Issued()),
        ("2019年发的", dates.Issued()),
        ("还有3个月", dates.Roughly()),
        ("半年后", dates.Roughly()),
        ("快到期了", dates.Roughly()),
        ("2025年3月1日至2027年2月", dates.Month(2027, 2)),
        ("2025年3月1日至2027年2月30日", dates.Impossible()),
        ("明年", dates.Year(2027)),
        ("还有三个月", dates.Roughly()),
        ("今年2次违章", dates.NoDate()),
        ("两千零二十七年三月一日", dates.NoDate()),
        ("一千九百九十年三月", dates.NoDate()),
        ("99999年3月", dates.NoDate()),
        ("1/3/2027", dates.NoDate()),
        ("8:30", dates.NoDate()),
        ("13812345678", dates.NoDate()),
        ("138-1234-5678", dates.NoDate()),
        ("渝A012008000001", dates.NoDate()),
        ("500155199001010017", dates.NoDate()),
        ("T500155199001010017", dates.NoDate()),
    ],
)
def test_what_is_no_day_is_told_apart(text, expected):
    assert read(text) == expected


SIGNS = st.text(
    alphabet="0123456789年月日号底一二三十明后今去大天下个上/.-〇零前 到YMDe<>+", max_size=20
)


@given(st.one_of(st.text(), SIGNS), st.dates())
def test_reading_never_raises(text, today):
    assert isinstance(read(text, today), dates.Reading)


FORMS = (
    "{y}-{m}-{d}", "{y}-{m:02}-{d:02}", "{y}.{m}.{d}", "{y}/{m}/{d}", "{y}年{m}月{d}日",
    "{y}年{m}月{d}号", "{y}{m:02}{d:02}", "{y}年{m:02}月{d:02}日", "{y} {m} {d}", "{y}. {m}. {d}",
    "有效期至{y}年{m}月{d}日。", "2000-1-1至{y}-{m}-{d}", "{y}-{m}-{d} 00:00:00", "到{y}年{m}月{d}号到期", " {y} 年 {m} 月 {d} 日 ",
)  # fmt: skip


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(FORMS))
def test_every_printed_form_of_a_day_reads_back(day, form):
    text = form.format(y=day.year, m=day.month, d=day.day)
    assert read(text) == dates.Day(day)


NUMERALS = "〇一二三四五六七八九"


def spelled(number):
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("十" if tens == 1 else NUMERALS[tens] + "十")
    return head + (NUMERALS[ones] if ones or not tens else "")


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_day_in_numerals_reads_back(day):
    year = "".join(NUMERALS[int(digit)] for digit in str(day.year))
    text = f"{year}年{spelled(day.month)}月{spelled(day.day)}日"
    assert read(text) == dates.Day(day)


@given(
    st.dates(date(2000, 1, 1), date(2098, 12, 31)), st.dates(date(2000, 1, 1), date(2098, 12, 31))
)
def test_a_day_without_a_year_lies_ahead(day, today):
    reading = read(f"{day.month}月{day.day}号", today)
    if isinstance(reading, dates.Day):
        assert today <= reading.date
        assert (reading.date - today).days <= (366 if (day.month, day.day) != (2, 29) else 8 * 366)
    else:
        assert reading == dates.Impossible()


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1), ("１", 1), ("一", 1), ("第二个", 2), ("选2", 2), ("我选第三个", 3), ("十二", 12),
     ("两", 2), ("2.", 2), ("三次", None), ("", None), ("没有", None)],
)  # fmt: skip
def test_a_number_is_read_however_it_is_said(text, number):
    assert LEXICON.number(text) == number


@given(st.dates(date(2000, 1, 1), date(2040, 12, 31)))
def test_a_short_year_reads_back_within_its_century(day):
    text = f"{day.year % 100:02}年{day.month}月{day.day}日"
    assert read(text, date(2020, 12, 31)) == dates.Day(day)


@pytest.mark.parametrize("today", [date.min, date.max, date(9999, 12, 1)])
@pytest.mark.parametrize(
    "text",
    ["昨天", "大后天", "去年", "前年3月1号", "大后年3月", "上个月3号", "下下个月", "三月", "2月29号",
     "31号", "月底", "年底", "99年3月1日", "0001-01-01", "9999-12-31", "10年1月1日"],
)  # fmt: skip
def test_the_ends_of_the_calendar_are_no_trap(text, today):
    assert isinstance(read(text, today), dates.Reading)


def test_a_numeral_may_stand_for_whole_tens():
    vocabulary = dates.Vocabulary({"年": "Y", "月": "M", "日": "D"}, {"卅": 30, "一": 1},
                                  frozenset("十"), ())  # fmt: skip
    assert dates.read_date("2027年一月卅一日", vocabulary, TODAY) == dates.Day(date(2027, 1, 31))
    assert dates.read_date("2027年一月卅日", vocabulary, TODAY) == dates.Day(date(2027, 1, 30))


@pytest.mark.parametrize(
    ("text", "supplied"),
    [("3月1号", "year"), ("12-25", "year"), ("三月", "year"), ("3月底", "year"), ("5号", "month"),
     ("2027-3-1", "nothing"), ("明年3月", "nothing"), ("下个月5号", "nothing"),
     ("月底", "nothing"), ("年底", "nothing"), ("今天", "nothing"), ("27-3", "nothing")],
)  # fmt: skip
def test_a_reading_says_what_was_added_to_it(text, supplied):
    assert read(text).supplied == supplied


@pytest.mark.parametrize(
    ("month", "day", "years"),
    [(11, 23, (2026, 2027, 2028, 2029)), (11, 24, (2026, 2027, 2028, 2029)),
     (11, 25, (2025, 2026, 2027, 2028)), (3, 1, (2026, 2027, 2028, 2029)), (2, 29, (2028,)),
     (3, None, (2026, 2027, 2028, 2029)), (12, None, (2025, 2026, 2027, 2028))],
)  # fmt: skip
def test_the_years_asked_about_begin_with_the_last_twelve_months(month, day, years):
    assert dates.likely_years(month, day, TODAY) == years


@given(st.integers(1, 12), st.none() | st.integers(1, 31), st.dates())
def test_years_are_offered_on_any_day(month, day, today):
    years = dates.likely_years(month, day, today)
    assert list(years) == sorted(years)
    assert len(years) <= YEARS_OFFERED
