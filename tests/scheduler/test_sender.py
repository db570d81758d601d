"""The sender: what is said by which way, and what a refusal means for the row and the person."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.reach import MOST_TRIES
from bot.domain.reminders import SHANGHAI
from bot.messages import Said
from bot.ports import Outgoing, Queued, SendFailed
from bot.scheduler.run import make_sender
from bot.scheduler.sender import outcome
from tests.store.people import at, plan, rows, save, today, welder
from tests.talk import NotingCourier

DAY = timedelta(days=1)
WORDS = (Said("k", "words"),)
NOW = datetime(2026, 11, 24, 10, tzinfo=SHANGHAI)


@pytest.fixture
def courier(lite_house):
    return lite_house.__dict__.setdefault("courier", NotingCourier())


@pytest.fixture
def sender(lite_house, courier):
    return make_sender(lite_house)


def reminded(house, left=90):
    """A welder with a point due now; returns the row."""
    contact = welder(house)
    save(house, contact, today(house) + (left + 1) * DAY)
    with house.conversations.open(contact) as conversation:
        conversation.mailbox.cancel_reminders("cleared")
    at(house, today(house) + DAY, 9)
    plan(house)
    (due,) = house.services.outbox.due(house.clock.now())
    return due


def failing(error):
    def call(*_args):
        raise error

    return call


def consent(house, accepted=True):
    with house.conversations.open(1) as conversation:
        conversation.ledger.consent("tpl_expiry", accepted)


def spend_service(house):
    with house.conversations.open(1) as conversation:
        conversation._contact.change(service_left=0)


def test_a_reminder_is_put_into_words_when_it_is_sent(lite_house, sender, courier):
    due = reminded(lite_house, 15)
    lite_house.clock.advance(days=1)
    assert sender.deliver(due) == "sent"
    ((openid, way, text),) = courier.sent
    assert (openid, way) == ("oWelder", "service")
    assert "还有14天" in text


def test_a_consent_carries_the_fields_of_the_notice(lite_house, sender, courier):
    due = reminded(lite_house)
    spend_service(lite_house)
    consent(lite_house)
    assert sender.deliver(due) == "sent"
    ((_, way, text),) = courier.sent
    assert way == "subscription"
    assert "还有90天" in text
    assert lite_house.services.outbox.history("oWelder")[-1].via == "subscription"


def test_a_row_is_delivered_once(lite_house, sender, courier):
    due = reminded(lite_house)
    assert [sender.deliver(due), sender.deliver(due)] == ["sent", ""]
    assert len(courier.sent) == 1


def test_at_night_it_waits_for_the_morning(lite_house, sender, courier):
    due = reminded(lite_house)
    at(lite_house, today(lite_house), 21)
    assert sender.deliver(due) == ""
    (row,) = [r for r in lite_house.services.outbox.history("oWelder") if r.state == "due"]
    assert (row.reason, row.message.due_at.astimezone(SHANGHAI).hour) == ("quiet_hours", 8)
    assert courier.sent == []


def test_without_a_right_it_waits_for_the_next_contact(lite_house, sender, courier):
    due = reminded(lite_house, 60)
    spend_service(lite_house)
    assert sender.deliver(due) == ""
    assert rows(lite_house)[-1] == (60, "parked", "no_right")
    assert courier.sent == []


def test_words_that_cannot_be_made_kill_the_row_and_nothing_is_sent(
    lite_house, sender, courier, monkeypatch
):
    due = reminded(lite_house)
    monkeypatch.setattr("bot.scheduler.sender.reminder", failing(KeyError("words")))
    assert sender.deliver(due) == "dead"
    assert rows(lite_house)[-1] == (90, "dead", "KeyError")
    assert lite_house.services.outbox.due(lite_house.clock.now()) == []


@pytest.mark.parametrize("way", ["service", "subscription"])
def test_a_send_that_breaks_off_in_an_unforeseen_way_is_unknown(lite_house, sender, courier, way):
    due = reminded(lite_house)
    if way == "subscription":
        spend_service(lite_house)
        consent(lite_house)
    setattr(courier, way, failing(KeyError("msgid")))
    assert sender.deliver(due) == "unknown"
    assert rows(lite_house)[-1] == (90, "unknown", "broken_off")


def test_a_reminder_of_a_date_that_is_no_more_is_not_sent(lite_house, sender, courier):
    due = reminded(lite_house)
    with lite_house.database.write() as connection:
        connection.raw.execute("UPDATE certificates SET expires_on = '2030-01-01'")
    assert sender.deliver(due) == "dead"
    assert courier.sent == []


def test_a_refusal_is_believed_whatever_the_ledger_says(lite_house, sender, courier):
    due = reminded(lite_house)
    courier.service = failing(SendFailed("park", 45015, "out of window"))
    assert sender.deliver(due) == "parked"
    with lite_house.conversations.open(1) as conversation:
        rights = conversation.ledger.rights(lite_house.clock.now())
    assert rights.service(lite_house.clock.now()) == 0


def test_a_busy_platform_is_asked_again_later_and_later(lite_house, sender, courier):
    due = reminded(lite_house)
    courier.service = failing(SendFailed("retry", -1, "busy"))
    pauses = []
    while sender.deliver(due) == "due":
        before = lite_house.clock.now()
        lite_house.clock.at = lite_house.services.outbox.history("oWelder")[-1].message.due_at
        pauses.append((lite_house.clock.now() - before).total_seconds())
    assert pauses == [20, 40, 80, 160]  # and then five sends of two days are spent
    assert rows(lite_house)[-1][1] == "parked"


def row(kind="expiry", via="service", tries=1):
    message = Outgoing(kind, "s", NOW, WORDS)
    return Queued(1, 1, "oA", message, "sending", "", via, tries, None)


@pytest.mark.parametrize(
    ("nature", "code", "queued", "expected"),
    [
        ("unknown", 0, row(), ("unknown", None, "", False)),
        ("park", 45047, row(), ("parked", None, "service", True)),
        ("stop", 43101, row(via="subscription"), ("parked", None, "subscription", True)),
        ("stop", 43004, row(via="template"), ("parked", None, "template", True)),
        ("alert", 40164, row(), ("due", timedelta(minutes=15), "", True)),
        ("retry", -1, row(), ("due", timedelta(seconds=20), "", True)),
        ("retry", 0, row(tries=3), ("due", timedelta(seconds=80), "", False)),
        ("retry", 45009, row(), ("due", timedelta(hours=22), "", True)),
        ("retry", -1, row(tries=MOST_TRIES), ("parked", None, "", False)),
        ("retry", -1, row("nudge", tries=MOST_TRIES), ("dead", None, "", False)),
        ("never", 45002, row(), ("dead", None, "", False)),
    ],
)
def test_each_refusal_has_its_end(nature, code, queued, expected):
    made = outcome(SendFailed(nature, code, "text"), queued, NOW)
    pause = made.retry_at and made.retry_at - NOW
    assert (made.state, pause, made.stops, made.refused) == expected
    assert made.reason


def news(house, scope="application:1:1"):
    """News of what a welder has handed in, due now; returns the row."""
    contact = welder(house)
    with house.conversations.open(contact) as conversation:
        conversation.mailbox.queue(Outgoing("news", scope, house.clock.now(), WORDS))
    (due,) = house.services.outbox.due(house.clock.now())
    return due


def test_news_goes_by_customer_service_whatever_the_cap(lite_house, courier):
    sender = replace(make_sender(lite_house), weekly_cap=0)
    assert sender.deliver(news(lite_house)) == "sent"
    assert courier.sent[-1][1] == "service"


def test_news_waits_for_the_morning(lite_house, sender):
    at(lite_house, today(lite_house), 22)
    row = news(lite_house)
    assert sender.deliver(row) == ""
    at(lite_house, today(lite_house) + DAY, 8)
    assert sender.deliver(row) == "sent"


def test_news_without_a_right_is_told_at_the_next_contact(lite_house, sender):
    row = news(lite_house)
    lite_house.clock.advance(days=3)
    at(lite_house, today(lite_house), 10)
    assert sender.deliver(row) == ""
    assert [(r.state, r.reason) for r in lite_house.services.outbox.history("oWelder")] == [
        ("parked", "no_service_right")
    ]


def test_news_does_not_use_up_the_cap(lite_house, sender):
    for n in range(4):
        assert sender.deliver(news(lite_house, f"application:1:{n}")) == "sent"
    with lite_house.conversations.open(1) as conversation:
        assert conversation.ledger.rights(lite_house.clock.now()).unasked_this_week == 0
