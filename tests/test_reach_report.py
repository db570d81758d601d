"""``weldmate reach``: what he will get next, and why not the rest. It must not be wrong."""

from datetime import timedelta

import pytest

from bot.ports import Delivery
from bot.reach_report import report
from tests.store.people import save, send, today, welder
from tests.talk import NotingCourier

DAY = timedelta(days=1)


@pytest.fixture
def house(lite_house):
    lite_house.__dict__["courier"] = NotingCourier()
    return lite_house


def lines(house):
    return list(report(house, "oWelder"))


def to_come(house):
    """{point: decision} of what is forecast."""
    found = {}
    for line in lines(house):
        parts = line.split(maxsplit=4)
        if line.startswith("  ") and parts[3] == "days":
            found[int(parts[2])] = parts[4]
    return found


def test_nobody_is_known(house):
    assert lines(house) == ["nobody is known by this openid"]


def test_a_muted_certificate_has_nothing_to_come_and_says_why(house):
    contact = welder(house)
    saved = save(house, contact, today(house) + 40 * DAY)
    with house.conversations.open(contact) as conversation:
        conversation.certificates.mute(saved, house.clock.now())
    assert set(to_come(house).values()) == {"not sent (muted)"}


def test_who_handles_it_gets_the_last_week_alone(house):
    contact = welder(house)
    saved = save(house, contact, today(house) + 40 * DAY)
    with house.conversations.open(contact) as conversation:
        conversation.certificates.mute(saved, house.clock.now(), 7)
    muted = [point for point, decision in to_come(house).items() if "muted" in decision]
    assert muted == [30, 15]


def test_a_revoked_certificate_has_nothing_to_come_and_says_why(house):
    save(house, welder(house), today(house) + 40 * DAY, status="revoked")
    assert set(to_come(house).values()) == {"not sent (certificate revoked)"}


def test_reminders_that_are_off_say_so(house):
    contact = welder(house)
    save(house, contact, today(house) + 40 * DAY)
    with house.conversations.open(contact) as conversation:
        conversation.certificates.switch_reminders(False, house.clock.now())
    assert set(to_come(house).values()) == {"not sent (reminders_off)"}


def test_what_is_owed_already_is_not_to_come_again(house):
    contact = welder(house)
    save(house, contact, today(house) + 30 * DAY)
    assert list(to_come(house)) == [30, 15, 7, 3, 1, 0, -1]
    assert to_come(house)[30] == "by service"
    house.clock.advance(days=1)
    (due,) = house.services.outbox.due(house.clock.now())
    taken = send(house, due)
    house.services.outbox.settle(taken, Delivery("sent"), house.clock.now())
    assert list(to_come(house)) == [15, 7, 3, 1, 0, -1]
    (row,) = [line for line in lines(house) if "expiry 30" in line]
    assert row.endswith(f"of {today(house) + 29 * DAY} sent by service")


def test_the_forecast_spends_the_rights_over_all_certificates(house):
    contact = welder(house)
    for left in (41, 42, 43):
        save(house, contact, today(house) + left * DAY)
    house.services.outbox.plan(today(house), house.clock.now())
    with house.conversations.open(contact) as conversation:
        for _ in range(2):
            conversation.ledger.consent("tpl_expiry", True)
    ways = [line for line in lines(house) if "30 days" in line]
    assert [line.endswith("by subscription") for line in ways] == [True, True, False]
