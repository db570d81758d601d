"""What is owed: each point of each term once; what was taken back may be owed again."""

from datetime import date, timedelta

import pytest

from bot.domain.reminders import POINTS
from tests.store.people import at, due_in, plan, rows, save, send_all, today, welder

DAY = timedelta(days=1)


def walk(house, expires_on):
    """Live through every point of a term at nine, and return what was told."""
    told = []
    for point in POINTS:
        if (day := expires_on - point * DAY) > today(house):
            at(house, day, 9)
            plan(house)
            told += send_all(house)
    return told


def off(house, contact):
    with house.conversations.open(contact) as conversation:
        conversation.certificates.switch_reminders(False, house.clock.now())


def on(house, contact):
    with house.conversations.open(contact) as conversation:
        conversation.certificates.switch_reminders(True, house.clock.now())


def mute(house, contact, certificate, above=-2):
    with house.conversations.open(contact) as conversation:
        conversation.certificates.mute(certificate, house.clock.now(), above)


def leave(house, contact):
    now = house.clock.now()
    with house.conversations.open(contact) as conversation:
        conversation.unfollow(now, now)


def come_back(house, contact):
    now = house.clock.now()
    with house.conversations.open(contact) as conversation:
        assert conversation.follow(now, now)


def test_a_renewed_certificate_is_reminded_at_every_point(house):
    contact = welder(house)
    saved = save(house, contact, date(2027, 6, 1))
    assert walk(house, date(2027, 6, 1)) == list(POINTS)
    save(house, contact, date(2029, 6, 1), saved)
    assert walk(house, date(2029, 6, 1)) == list(POINTS)


def test_a_newer_point_takes_the_place_of_an_older_one_of_its_own_term_alone(house):
    contact = welder(house)
    saved = save(house, contact, today(house) + 30 * DAY)
    at(house, today(house), 9)
    plan(house)
    at(house, today(house) + 15 * DAY, 9)
    plan(house)
    assert rows(house) == [(30, "superseded", "newer_point"), (15, "due", "")]
    save(house, contact, today(house) + 90 * DAY, saved)
    assert rows(house)[2:] == [(90, "due", "")]
    plan(house)
    assert rows(house)[1:] == [(15, "cancelled", "date_changed"), (90, "due", "")]


def test_a_date_mistyped_and_put_right_owes_what_it_owed(house):
    contact = welder(house)
    saved = save(house, contact, date(2027, 2, 15))
    save(house, contact, date(2027, 12, 15), saved)
    assert rows(house) == [(90, "cancelled", "date_changed")]
    save(house, contact, date(2027, 2, 15), saved)
    assert rows(house) == [(90, "due", "")]


def test_what_was_told_is_not_told_again_when_a_date_comes_back(house):
    contact = welder(house)
    saved = save(house, contact, date(2027, 2, 15))
    at(house, today(house) + DAY, 9)
    assert send_all(house) == [90]
    save(house, contact, date(2027, 12, 15), saved)
    save(house, contact, date(2027, 2, 15), saved)
    assert rows(house) == [(90, "sent", "")]


def test_stopped_and_started_on_the_morning_of_a_point_it_still_comes_that_day(house):
    contact = welder(house)
    at(house, date(2026, 11, 24), 8)
    save(house, contact, today(house) + 90 * DAY)
    plan(house)
    off(house, contact)
    assert rows(house) == [(90, "cancelled", "reminders_off")]
    on(house, contact)
    (row,) = house.services.outbox.history("oWelder")
    assert (row.state, due_in(house, row)) == ("due", (0, 9))


@pytest.mark.parametrize(("away", "back"), [(off, on), (leave, come_back)])
def test_who_was_away_over_a_point_is_owed_the_latest_he_missed(house, away, back):
    contact = welder(house)
    save(house, contact, today(house) + 91 * DAY)
    away(house, contact)
    house.clock.advance(days=40)
    assert plan(house) == 0
    back(house, contact)
    owed = [row for row in house.services.outbox.history("oWelder") if row.state == "due"]
    assert [(row.message.point, due_in(house, row)) for row in owed] == [(60, (1, 9))]


def test_who_was_told_before_he_left_is_not_told_again_when_he_returns(house):
    contact = welder(house)
    save(house, contact, today(house) + 90 * DAY)
    at(house, today(house) + DAY, 9)
    assert send_all(house) == [90]
    leave(house, contact)
    come_back(house, contact)
    assert rows(house) == [(90, "sent", "")]


def test_the_same_date_typed_again_lifts_a_mute_as_the_bot_says_it_does(house):
    contact = welder(house)
    saved = save(house, contact, date(2027, 2, 15))
    mute(house, contact, saved)
    assert rows(house) == [(90, "cancelled", "muted")]
    save(house, contact, date(2027, 2, 15), saved)
    assert rows(house) == [(90, "due", "")]


def test_who_handles_it_after_all_is_owed_the_last_week(house):
    contact = welder(house)
    saved = save(house, contact, today(house) + 5 * DAY)
    mute(house, contact, saved)
    assert rows(house) == [(7, "cancelled", "muted")]
    mute(house, contact, saved, 7)
    assert rows(house) == [(7, "due", "")]


def test_what_waits_is_kept_when_the_same_date_is_saved_again(house):
    contact = welder(house)
    saved = save(house, contact, date(2027, 2, 15))
    before = house.services.outbox.history("oWelder")
    house.clock.advance(hours=5)
    save(house, contact, date(2027, 2, 15), saved)
    assert house.services.outbox.history("oWelder") == before


def test_saved_on_the_day_of_a_point_after_his_hour_it_comes_the_next_day(house):
    contact = welder(house)
    at(house, date(2026, 11, 24), 22)
    save(house, contact, today(house) + 90 * DAY)
    plan(house)
    (row,) = house.services.outbox.history("oWelder")
    assert (row.message.point, due_in(house, row)) == (90, (1, 9))


def test_saved_on_the_day_of_a_point_before_his_hour_it_comes_that_day(house):
    contact = welder(house)
    at(house, date(2026, 11, 24), 7)
    save(house, contact, today(house) + 90 * DAY)
    (row,) = house.services.outbox.history("oWelder")
    assert (row.message.point, due_in(house, row)) == (90, (0, 9))


def test_a_new_hour_never_moves_a_reminder_into_the_past(house):
    contact = welder(house)
    at(house, date(2026, 11, 24), 8)
    with house.conversations.open(contact) as conversation:
        conversation.certificates.remind_at(20, house.clock.now())
    save(house, contact, today(house) + 90 * DAY)
    at(house, date(2026, 11, 24), 14)
    for hour, due in ((10, (0, 20)), (16, (0, 16))):
        with house.conversations.open(contact) as conversation:
            conversation.certificates.remind_at(hour, house.clock.now())
        (row,) = house.services.outbox.history("oWelder")
        assert due_in(house, row) == due


@pytest.mark.parametrize("status", ["valid", "suspended"])
def test_the_term_of_a_suspended_certificate_runs_on_and_is_reminded(house, status):
    contact = welder(house)
    save(house, contact, date(2027, 2, 15), status=status)
    assert rows(house) == [(90, "due", "")]


@pytest.mark.parametrize("status", ["revoked", "cancelled"])
def test_a_certificate_that_is_no_more_is_owed_nothing_when_it_is_saved(house, status):
    contact = welder(house)
    save(house, contact, date(2027, 2, 15), status=status)
    assert rows(house) == []


def test_a_date_long_past_is_owed_nothing(house):
    contact = welder(house)
    save(house, contact, today(house) - 2 * DAY)
    plan(house)
    assert rows(house) == []
