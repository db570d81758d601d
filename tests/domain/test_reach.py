"""What may be sent, by which way, and why not."""

from dataclasses import replace
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
        (EXPIRY, {**OPEN, "unasked_this_week": 3}, NOON,
         Wait(datetime(2026, 11, 25, 1, tzinfo=UTC), "weekly_cap")),
        (EXPIRY, {**OPEN, "unasked_this_week": 3, "hour": 20}, NOON,
         Wait(datetime(2026, 11, 25, 12, tzinfo=UTC), "weekly_cap")),
        (EXPIRY, {**OPEN, "weekly_cap": 0}, NOON, Park("weekly_cap")),
        (Message("expiry", 15), {**OPEN, "unasked_this_week": 3}, NOON,
         Wait(datetime(2026, 11, 25, 1, tzinfo=UTC), "weekly_cap")),
        (Message("expiry", 7), {**OPEN, "unasked_this_week": 3}, NOON, Send("service")),
        (Message("expiry", -1), {**OPEN, "unasked_this_week": 9}, NOON, Send("service")),
        (Message("expiry", 1), {**OPEN, "weekly_cap": 0}, NOON, Park("weekly_cap")),
        (EXPIRY, {**OPEN, "unasked_this_week": 2, "reserved": 3}, NOON, Send("service")),
        (Message("nudge"), {**OPEN, "unasked_this_week": 1, "reserved": 1}, NOON, Send("service")),
        (Message("nudge"), {**OPEN, "unasked_this_week": 1, "reserved": 2}, NOON,
         Drop("weekly_cap")),
        (Message("notice"), {"followed": True, "consents": 2, "template": True}, NOON,
         Park("consent_kept_for_90_30_7")),
        (Message("expiry", -1), {"followed": True, "consents": 1}, NOON,
         Park("consent_kept_for_90_30_7")),
        (Message("expiry", -1), {"followed": True, "template": True}, NOON, Park("no_right")),
        (EXPIRY, {"followed": True, "consents": 1, "template": True}, NOON, Send("subscription")),
        (EXPIRY, {"followed": True, "consents": 1, "template": True,
                  "closed": frozenset({"subscription"})}, NOON, Send("template")),
        (Message("expiry", 60), {"followed": True, "consents": 1,
                                 "closed": frozenset({"subscription"})}, NOON, Park("no_right")),
        (EXPIRY, {"followed": True, "template": True, "sms": True}, NOON, Send("template")),
        (EXPIRY, {"followed": True, "sms": True}, NOON, Send("sms")),
        (Message("expiry", 60), {"followed": True, "sms": True}, NOON, Park("no_right")),
        (EXPIRY, {"followed": True, "sms": True, "closed": frozenset({"sms"})}, NOON,
         Park("no_right")),
        (Message("expiry", 90, NOON), OPEN, NOON, Park("too_late")),
        (Message("expiry", 90, NOON + timedelta(seconds=1)), OPEN, NOON, Send("service")),
        (EXPIRY, {"followed": True, "tap_left": 2, "tap_until": NOON}, NOON, Park("no_right")),
        (EXPIRY, {**OPEN, "service_until": NOON}, NOON, Park("no_right")),
        (EXPIRY, {"followed": True, "tap_left": 2, "tap_until": NOON + timedelta(seconds=1)}, NOON,
         Send("service")),
        (Message("nudge"), {**OPEN, "unasked_this_week": 3}, NOON, Drop("weekly_cap")),
        (Message("nudge"), {"followed": True}, NOON, Drop("no_service_right")),
        (EXPIRY, OPEN, NIGHT, Wait(datetime(2026, 11, 25, 0, tzinfo=UTC), "quiet_hours")),
        (EXPIRY, {**OPEN, "hour": 23}, NIGHT, Send("service")),
        (Message("news"), {**OPEN, "service_left": 1}, NOON, Send("service")),
        (Message("news"), {**OPEN, "unasked_this_week": 9, "reserved": 9}, NOON, Send("service")),
        (Message("news"), {**OPEN, "weekly_cap": 0, "reminders_on": False}, NOON, Send("service")),
        (Message("news"), {"followed": True, "consents": 2, "template": True, "sms": True}, NOON,
         Park("no_service_right")),
        (Message("news"), OPEN, NIGHT, Wait(datetime(2026, 11, 25, 0, tzinfo=UTC), "quiet_hours")),
        (Message("news"), {**OPEN, "hour": 23}, NIGHT, Send("service")),
        (Message("news"), {**OPEN, "followed": False}, NOON, Drop("not_following")),
        (Message("news", not_after=NOON), OPEN, NOON, Drop("too_late")),
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
    st.booleans(),
    st.integers(0, 3),
)
MESSAGES = st.builds(
    Message,
    st.sampled_from(["reply_part", "nudge", "expiry", "human_reply", "notice", "news"]),
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
        last = message.kind == "expiry" and message.point <= reminders.LAST_WEEK
        assert last or rights.unasked_this_week < rights.weekly_cap


@given(MESSAGES, RIGHTS, INSTANTS)
def test_only_answers_go_at_night(message, rights, now):
    if isinstance(choose(message, rights, now), Send) and message.kind not in reach.AT_NIGHT:
        assert reminders.quiet_until(now, rights.hour) is None


@given(RIGHTS, INSTANTS, st.integers(0, 9))
def test_no_cap_holds_back_news(rights, now, sent):
    capped = replace(rights, unasked_this_week=sent, weekly_cap=0, reserved=sent)
    assert choose(Message("news"), capped, now) == choose(Message("news"), rights, now)


def test_the_week_of_the_cap_is_seven_days_and_the_hour_does_not_matter():
    for hour in (0, 9, 23):
        now = datetime(2026, 11, 24, hour, 30, tzinfo=reminders.SHANGHAI)
        assert reach.week_began(now) == datetime(2026, 11, 18, tzinfo=reminders.SHANGHAI)


@pytest.mark.parametrize(
    ("kind", "tapped", "sends"),
    [("text", False, (5, None)), ("image", False, (5, None)), ("text", True, (None, 3)),
     ("click", False, (None, 3)), ("follow", False, (None, 3)), ("scan", False, (None, 3)),
     ("scancode", False, (None, 3)), ("payment", False, (reach.PAID_SENDS, None)),
     ("view", False, (None, None)), ("unfollow", False, (None, None))],
)  # fmt: skip
def test_each_deed_grants_what_the_platform_says(kind, tapped, sends):
    granted = reach.grant_after(kind, tapped, NOON)
    assert (granted.service_left, granted.tap_left) == sends
    two_days, a_minute = NOON + timedelta(hours=48), NOON + timedelta(minutes=1)
    assert granted.service_until == (two_days if sends[0] else None)
    assert granted.tap_until == (a_minute if sends[1] else None)


def test_the_forecast_spends_the_tap_first_and_keeps_the_last_slot():
    at = [NOON + timedelta(days=8 * n) for n in range(4)]
    points = tuple(zip((60, 15, 3, 1), at, strict=True))
    far = NOON + timedelta(days=99)
    rights = Rights(True, 2, far, tap_left=1, tap_until=NOON + timedelta(minutes=1))
    decisions = [line.decision for line in reach.forecast(rights, points)]
    assert decisions == [Send("service"), Send("service"), Park("no_right"), Park("no_right")]


def test_the_forecast_spends_what_it_foresees():
    points = reminders.upcoming(date(2027, 3, 5), date(2026, 11, 24), None)
    lines = reach.forecast(Rights(True, consents=2), points)
    ways = {line.point: line.decision for line in lines}
    assert ways[90] == Send("subscription")
    assert ways[30] == Send("subscription")
    assert ways[7] == Park("no_right")
    assert ways[60] == Park("consent_kept_for_90_30_7")
    assert list(ways) == [90, 60, 30, 15, 7, 3, 1, 0, -1]


def test_the_forecast_counts_the_week_and_lets_the_last_one_go():
    points = reminders.upcoming(date(2027, 3, 5), date(2027, 2, 1), None)
    endless = Rights(True, 99, NOON + timedelta(days=999))
    assert {line.decision for line in reach.forecast(endless, points)} == {Send("service")}
    busy = replace(endless, unasked_this_week=3)
    decisions = [line.decision for line in reach.forecast(busy, points)]
    tomorrow = datetime(2027, 2, 4, 1, tzinfo=UTC)
    assert decisions == [Wait(tomorrow, "weekly_cap"), *[Send("service")] * 6]
