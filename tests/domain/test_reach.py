"""What may be sent, by which way, and why not."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import reach, reminders
from bot.domain.reach import Drop, Message, Park, Rights, Send, Wait, choose

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 15, tzinfo=UTC)
OPEN = {"followed": True, "service_left": 5, "service_until": NOON + timedelta(hours=48)}
EXPIRY = Message("expiry", 90)


@pytest.mark.parametrize(
    ("message", "rights", "now", "decision"),
    [
        (EXPIRY, {**OPEN, "followed": False}, NOON, Drop("not_following")),
        (EXPIRY, OPEN, NOON, Send("service")),
        (EXPIRY, {**OPEN, "service_left": 1}, NOON, Park("no_right")),
        (Message("reply_part"), {**OPEN, "service_left": 1}, NOON, Send("service")),
        (Message("reply_part"), {"followed": True}, NOON, Park("no_service_right")),
        (Message("human_reply"), OPEN, NIGHT, Send("service")),
        (EXPIRY, {"followed": True, "consents": 1}, NOON, Send("subscription")),
        (Message("expiry", 60), {"followed": True, "consents": 1}, NOON,
         Park("consent_kept_for_90_30_7")),
        (EXPIRY, {"followed": True, "template": True}, NOON, Send("template")),
        (Message("expiry", 3), {"followed": True, "template": True}, NOON, Park("no_right")),
        (EXPIRY, {**OPEN, "reminders_on": False}, NOON, Drop("reminders_off")),
        (EXPIRY, {**OPEN, "unasked_this_week": 3}, NOON, Park("weekly_cap")),
        (Message("nudge"), {**OPEN, "unasked_this_week": 3}, NOON, Drop("weekly_cap")),
        (Message("nudge"), {"followed": True}, NOON, Drop("no_service_right")),
        (EXPIRY, OPEN, NIGHT, Wait(datetime(2026, 11, 25, 0, tzinfo=UTC), "quiet_hours")),
        (EXPIRY, {**OPEN, "hour": 23}, NIGHT, Send("service")),
        (Message("nudge", not_after=NOON), OPEN, NOON, Drop("too_late")),
        (EXPIRY, {**OPEN, "closed": frozenset({"service"})}, NOON, Park("no_right")),
    ],
)  # fmt: skip
def test_each_case_has_its_way_or_its_reason(message, rights, now, decision):
    assert choose(message, Rights(**rights), now) == decision


RIGHTS = st.builds(
    Rights,
    st.booleans(),
    st.integers(0, 5),
    st.none() | st.just(NOON + timedelta(hours=1)),
    st.integers(0, 3),
    st.none() | st.just(NOON + timedelta(minutes=1)),
    st.integers(0, 2),
    st.booleans(),
    st.sets(st.sampled_from(["service", "template", "subscription"])).map(frozenset),
    st.integers(0, 4),
    st.just(3),
    st.none() | st.integers(0, 23),
    st.booleans(),
)
MESSAGES = st.builds(
    Message,
    st.sampled_from(["reply_part", "nudge", "expiry", "human_reply", "notice"]),
    st.sampled_from(reminders.POINTS),
)
INSTANTS = st.integers(0, 48 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes))


@given(MESSAGES, RIGHTS, INSTANTS)
def test_nothing_is_sent_without_a_right_that_is_held(message, rights, now):
    decision = choose(message, rights, now)
    if decision == Send("service"):
        assert rights.service(now) > 0
    if decision == Send("subscription"):
        assert rights.consents
        assert message.point in {90, 30, 7}
    if decision == Send("template"):
        assert rights.template
        assert message.point in {90, 30, 7}
    if isinstance(decision, Send):
        assert rights.followed


@given(MESSAGES, RIGHTS, INSTANTS)
def test_nobody_is_disturbed_unasked_at_night_or_above_the_cap(message, rights, now):
    decision = choose(message, rights, now)
    if isinstance(decision, Send) and message.kind in reach.UNASKED:
        assert reminders.quiet_until(now, rights.hour) is None
        assert rights.unasked_this_week < rights.weekly_cap


@pytest.mark.parametrize(
    ("kind", "tapped", "sends"),
    [("text", False, (5, None)), ("image", False, (5, None)), ("text", True, (None, 3)),
     ("click", False, (None, 3)), ("follow", False, (None, 3)), ("scan", False, (None, 3)),
     ("view", False, (None, None)), ("unfollow", False, (None, None))],
)  # fmt: skip
def test_each_deed_grants_what_the_platform_says(kind, tapped, sends):
    granted = reach.grant_after(kind, tapped, NOON)
    assert (granted.service_left, granted.tap_left) == sends


def test_the_forecast_spends_what_it_foresees():
    points = reminders.upcoming(date(2027, 3, 5), date(2026, 11, 24), None)
    lines = reach.forecast(Rights(True, consents=2), points)
    ways = {line.point: line.decision for line in lines}
    assert ways[90] == Send("subscription")
    assert ways[30] == Send("subscription")
    assert ways[7] == Park("no_right")
    assert list(ways) == [90, 60, 30, 15, 7, 3, 1, 0, -1]


@pytest.mark.parametrize(
    ("left", "point"),
    [(200, None), (180, None), (179, 180), (100, 120), (90, None), (75, 90), (2, 3), (0, None),
     (-1, None)],
)  # fmt: skip
def test_a_late_joiner_is_owed_the_latest_point_he_missed(left, point):
    today = date(2026, 11, 24)
    assert reminders.latest_missed(today + timedelta(days=left), today) == point


def test_quiet_hours_end_at_eight():
    def until(hour, minute=0):
        now = datetime(2026, 11, 24, hour, minute, tzinfo=reminders.SHANGHAI)
        end = reminders.quiet_until(now, None)
        return end and (end.day, end.hour)

    assert [until(7, 59), until(8), until(20, 59), until(21)] == [(24, 8), None, None, (25, 8)]
