"""The rules: every example from the regulation, and what must hold for any case."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.eligibility import Case, age_on, assess, days_before, months_before
from bot.library import load
from tests.conftest import ROOT

LIBRARY = load(ROOT / "content")
BOOKS = LIBRARY.rulebooks
BOOK = BOOKS["mohurd-2008"]
TODAY = date(2026, 11, 24)
GOOD = Case("housing", "x", "valid", date(2027, 3, 5), True, 0, False, True, (24, 24))

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
CASES = st.builds(
    Case,
    st.sampled_from([None, "housing", "emergency"]),
    st.none(),
    st.sampled_from([None, "valid", "suspended", "revoked", "cancelled"]),
    st.none() | DAYS,
    st.none() | st.booleans(),
    st.none() | st.integers(0, 5),
    st.none() | st.booleans(),
    st.none() | st.booleans(),
    st.none() | st.lists(st.integers(0, 40), max_size=2).map(tuple),
    st.none() | DAYS.map(lambda day: day.replace(year=day.year - 50, day=1)),
)
BOOK_NAMES = st.sampled_from(sorted(BOOKS))


def verdict(case, today=TODAY, book=BOOK):
    return assess(case, book, today).verdict


def test_the_window_opens_three_months_before_and_is_urgent_in_the_last_thirty_days():
    found = assess(GOOD, BOOK, TODAY)
    assert (found.prepare_from, found.opens_on, found.safe_by) == (
        date(2026, 9, 5), date(2026, 12, 5), date(2027, 2, 3),
    )  # fmt: skip
    days = {
        date(2026, 12, 4): "too_early",
        date(2026, 12, 5): "eligible",
        date(2027, 2, 3): "eligible",
        date(2027, 2, 4): "urgent",
        date(2027, 3, 5): "urgent",
        date(2027, 3, 6): "expired",
    }
    assert {day: verdict(GOOD, day) for day in days} == days


def test_the_guide_opens_six_months_before_and_is_urgent_after_three():
    guide = BOOKS["guide"]
    days = {
        date(2026, 9, 4): "too_early",
        date(2026, 9, 5): "eligible",
        date(2026, 12, 5): "eligible",
        date(2026, 12, 6): "urgent",
        date(2027, 3, 5): "urgent",
    }
    assert {day: verdict(GOOD, day, guide) for day in days} == days


@pytest.mark.parametrize(
    ("change", "expected", "reason"),
    [
        ({"authority": "emergency", "status": "revoked"}, "other_authority", "other_authority"),
        ({"status": "revoked", "expires_on": date(2020, 1, 1)}, "not_eligible", "revoked"),
        ({"status": "cancelled"}, "not_eligible", "cancelled"),
        ({"expires_on": date(2026, 11, 23), "accident": True}, "expired", "expired"),
        ({"expires_on": TODAY}, "urgent", "urgent"),
        ({"violations_2y": 3}, "not_eligible", "violations"),
        ({"violations_2y": 2}, "too_early", "too_early"),
        ({"violations_2y": 3, "accident": True}, "not_eligible", "violations"),
        ({"status": "suspended"}, "needs_human", "suspended"),
        ({"accident": True}, "needs_human", "accident"),
        ({"healthy": False}, "needs_human", "unhealthy"),
        ({"expires_on": None}, "needs_human", "date_unknown"),
        ({"born_on": date(2010, 1, 1)}, "not_eligible", "age"),
        ({"employed": False, "hours": (10,)}, "too_early", "no_employer"),
    ],
)
def test_each_condition_has_its_verdict_and_its_reason(change, expected, reason):
    found = assess(replace(GOOD, **change), BOOK, TODAY)
    assert found.verdict == expected
    assert reason in {r.id for r in found.reasons}
    assert all(r.source.text and r.source.checked_on for r in found.reasons)


@pytest.mark.parametrize(
    ("born_on", "age_max", "expected"),
    [
        (date(2008, 11, 24), None, "too_early"),  # 18 today
        (date(2008, 11, 25), None, "not_eligible"),
        (date(1926, 1, 1), None, "too_early"),  # no line above in the rulebook
        (date(1966, 11, 24), 60, "too_early"),  # 60 today
        (date(1965, 11, 25), 60, "too_early"),
        (date(1965, 11, 24), 60, "not_eligible"),
    ],
)
def test_the_age_lines_are_years_still_allowed(born_on, age_max, expected):
    book = replace(BOOK, age_max=age_max)
    found = assess(replace(GOOD, born_on=born_on), book, TODAY)
    assert found.verdict == expected
    assert [reason.id for reason in found.reasons] == [
        "age" if expected == "not_eligible" else expected
    ]


def test_no_age_line_judges_nobody():
    book = replace(BOOK, age_min=None)
    assert verdict(replace(GOOD, born_on=date(2020, 1, 1)), book=book) == "too_early"


def test_the_birth_date_is_missing_only_where_it_can_matter():
    assert "born_on" not in assess(GOOD, BOOK, TODAY).missing
    assert "born_on" in assess(GOOD, replace(BOOK, age_max=60), TODAY).missing


@pytest.mark.parametrize(
    ("hours", "short"),
    [((24, 24), False), ((23.5, 24), True), ((24, 0), True), ((), True), ((30,), False)],
)
def test_a_year_below_the_hours_is_missing_and_changes_nothing_else(hours, short):
    found = assess(replace(GOOD, hours=hours), BOOK, TODAY)
    assert found.verdict == "too_early"
    assert ("hours" in found.missing, len(found.reasons)) == (short, 2 if short else 1)


def test_hours_not_told_are_missing_and_no_reason():
    found = assess(replace(GOOD, hours=None), BOOK, TODAY)
    assert found.missing == ("hours",)
    assert [reason.id for reason in found.reasons] == ["too_early"]


def test_days_are_counted_back_to_where_the_calendar_begins():
    assert days_before(date(2027, 3, 1), 30) == date(2027, 1, 30)
    assert days_before(date(1, 1, 31), 30) == date.min
    assert days_before(date(1, 1, 30), 30) == date.min


def test_what_is_missing_is_listed():
    found = assess(Case(expires_on=date(2027, 3, 5), employed=False, hours=(24, 3)), BOOK, TODAY)
    assert found.missing == (
        "authority", "number", "status", "healthy", "violations_2y", "accident", "employed", "hours",
    )  # fmt: skip


@given(CASES, DAYS, BOOK_NAMES)
def test_no_day_falls_between_the_verdicts(case, today, name):
    found = assess(case, BOOKS[name], today)
    assert found.reasons
    if found.verdict in {"too_early", "eligible", "urgent"}:
        assert found.prepare_from <= found.opens_on <= found.expires_on
        assert found.safe_by <= found.expires_on


@given(CASES, DAYS, st.integers(1, 900), BOOK_NAMES)
def test_as_time_goes_on_verdicts_come_in_one_order(case, today, days, name):
    order = ["too_early", "eligible", "urgent", "expired"]
    now, later = (
        assess(case, BOOKS[name], day).verdict for day in (today, today + timedelta(days=days))
    )
    if now in order and later in order:
        assert order.index(now) <= order.index(later)


@st.composite
def any_book(draw):
    """A rulebook with other numbers, as a newer regulation may bring them."""
    opens = draw(st.integers(1, 12))
    urgent = st.integers(1, opens)
    return replace(
        BOOK,
        prepare_months=draw(st.integers(opens, 24)),
        opens_months=opens,
        safe_days=draw(st.integers(1, 28 * opens)),
        urgent_months=draw(st.none() | urgent),
    )


@settings(max_examples=30)
@given(DAYS, any_book() | BOOK_NAMES.map(BOOKS.__getitem__))
def test_the_days_of_one_certificate_pass_through_every_verdict_in_order(expires_on, book):
    case = replace(GOOD, expires_on=expires_on)
    days = (expires_on + timedelta(days=n) for n in range(-500, 3))
    passed = [verdict(case, day, book) for day in days]
    order = ["too_early", "eligible", "urgent", "expired"]
    assert passed == sorted(passed, key=order.index)
    assert set(passed) == set(order)
    assert passed.count("expired") == 2


RANK = {"other_authority": 0, "not_eligible": 0, "expired": 0, "needs_human": 1,
        "urgent": 2, "eligible": 3, "too_early": 3}  # fmt: skip
WORSE = st.sampled_from([
    {"status": "suspended"}, {"status": "revoked"}, {"status": "cancelled"}, {"healthy": False},
    {"accident": True}, {"violations_2y": 3}, {"violations_2y": 9}, {"authority": "market"},
    {"employed": False}, {"hours": (0,)}, {"expires_on": None}, {"born_on": date(2039, 1, 1)},
])  # fmt: skip


@given(CASES, WORSE, DAYS, BOOK_NAMES)
def test_a_worse_answer_never_gives_a_better_verdict(case, worse, today, name):
    (field,) = worse
    if field == "status" and case.status in {"revoked", "cancelled"}:
        return
    if field == "expires_on" and case.expires_on and case.expires_on < today:
        return
    book = BOOKS[name]
    before, after = (assess(c, book, today).verdict for c in (case, replace(case, **worse)))
    assert RANK[after] <= RANK[before]


@given(CASES, DAYS, st.sampled_from(["employed", "hours", "number"]))
def test_missing_papers_never_change_the_verdict(case, today, paper):
    assert verdict(case, today) == verdict(replace(case, **{paper: None}), today)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2027, 5, 31), 3, date(2027, 2, 28)),
        (date(2028, 5, 31), 3, date(2028, 2, 29)),
        (date(2027, 1, 1), 3, date(2026, 10, 1)),
        (date(2027, 2, 28), 6, date(2026, 8, 28)),
        (date(1, 1, 1), 3, date.min),
        (date(1, 7, 31), 1, date(1, 6, 30)),
        (date(1, 2, 15), 1, date(1, 1, 15)),
    ],
)
def test_months_are_counted_back_to_the_months_end(day, months, expected):
    assert months_before(day, months) == expected


def test_a_year_older_on_the_birthday_and_leapers_on_the_first_of_march():
    assert age_on(date(2008, 11, 24), date(2026, 11, 23)) == 17
    assert age_on(date(2008, 11, 24), date(2026, 11, 24)) == 18
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18
