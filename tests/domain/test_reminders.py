"""Which reminders are owed, on which day, at what hour."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import reminders
from bot.domain.reminders import SHANGHAI

TODAY = date(2026, 11, 24)
HOURS = st.none() | st.integers(0, 23)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("left", "point"),
    [(200, None), (181, None), (180, 180), (179, 180), (121, 180), (100, 120), (90, 90),
     (75, 90), (2, 3), (1, 1), (0, 0), (-1, -1), (-2, -1), (-300, -1)],
)  # fmt: skip
def test_who_joins_late_is_owed_the_latest_point_that_was_reached(left, point):
    assert reminders.reached(TODAY + timedelta(days=left), TODAY) == point


@given(st.integers(-400, 400))
def test_every_point_is_either_reached_or_to_come(left):
    expires_on = TODAY + timedelta(days=left)
    coming = [point for point, _ in reminders.upcoming(expires_on, TODAY, None)]
    due = [point for point, day in reminders.expiries_due(TODAY) if day == expires_on]
    reached = reminders.reached(expires_on, TODAY)
    assert due == [point for point in reminders.POINTS if point == left]
    assert coming == [point for point in reminders.POINTS if point <= left]
    gone = [point for point in reminders.POINTS if point not in coming or point in due]
    assert reached == (gone[-1] if gone else None)


@pytest.mark.parametrize(
    ("left", "hour", "now", "due"),
    [(90, None, 8, (0, 9)), (90, None, 9, (1, 9)), (90, 20, 19, (0, 20)), (90, 20, 22, (1, 20)),
     (85, None, 8, (1, 9)), (-1, None, 7, (0, 9)), (0, None, 10, (1, 9)), (90, 0, 0, (1, 0))],
)  # fmt: skip
def test_a_point_reached_is_told_at_his_hour_but_not_in_the_same_breath(left, hour, now, due):
    expires_on = TODAY + timedelta(days=left)
    at = datetime(TODAY.year, TODAY.month, TODAY.day, now, tzinfo=SHANGHAI)
    point = reminders.reached(expires_on, TODAY)
    told = reminders.owed_at(expires_on, point, at, hour)
    assert ((told.date() - TODAY).days, told.hour) == due


def test_points_come_in_the_order_of_time_and_scarce_ones_are_among_them():
    assert list(reminders.POINTS) == sorted(reminders.POINTS, reverse=True)
    assert set(reminders.POINTS) >= reminders.SCARCE | {reminders.DAY_AFTER}


def test_muted_points_do_not_come():
    points = reminders.upcoming(TODAY + timedelta(days=40), TODAY, 20, above=7)
    assert [point for point, _ in points] == [7, 3, 1, 0, -1]
    assert {at.hour for _, at in points} == {20}


def test_a_point_falls_on_its_day():
    assert reminders.point_day(date(2027, 3, 1), 1) == date(2027, 2, 28)
    assert reminders.point_day(date(2027, 3, 1), -1) == date(2027, 3, 2)
    assert reminders.point_day(date.max, -1) == date.max
    assert reminders.point_day(date.min, 180) == date.min


@pytest.mark.parametrize(
    ("at", "hour", "end"),
    [
        ((7, 59), None, (24, 8)),
        ((8, 0), None, None),
        ((20, 59), None, None),
        ((21, 0), None, (25, 8)),
        ((0, 0), None, (24, 8)),
        ((21, 0), 21, None),
        ((21, 0), 22, (24, 22)),
        ((22, 59), 22, None),
        ((23, 0), 22, (25, 8)),
        ((23, 0), 6, (25, 6)),
        ((5, 0), 6, (24, 6)),
        ((7, 0), 6, (24, 8)),
        ((5, 0), 9, (24, 8)),
        ((12, 0), 6, None),
    ],
)
def test_quiet_hours_end_at_eight_or_at_the_hour_he_chose(at, hour, end):
    now = datetime(2026, 11, 24, *at, tzinfo=SHANGHAI)
    found = reminders.quiet_until(now, hour)
    assert (found and (found.day, found.hour)) == end


@given(INSTANTS, HOURS)
def test_when_quiet_hours_end_it_is_not_quiet(now, hour):
    end = reminders.quiet_until(now, hour)
    if end is not None:
        assert now < end <= now + timedelta(hours=11)
        assert reminders.quiet_until(end, hour) is None


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), HOURS)
def test_a_reminder_is_due_at_the_hour_he_chose(day, hour):
    at = reminders.due_at(day, hour)
    assert (at.date(), at.hour) == (day, reminders.DEFAULT_HOUR if hour is None else hour)
    assert reminders.quiet_until(at, hour) is None
