"""Reports of the platform about what was sent."""

from datetime import timedelta

import pytest

from bot.handlers.router import answer
from bot.ports import Delivery
from tests.conftest import incoming
from tests.store.people import rows, save, send, today, welder

DAY = timedelta(days=1)


@pytest.mark.parametrize("kind", ["template_result", "subscription_result"])
def test_a_report_is_about_its_own_kind_of_message(house, kind):
    ways = {"template_result": "template", "subscription_result": "subscription"}
    contact = welder(house)
    save(house, contact, today(house) + 85 * DAY)
    save(house, contact, today(house) + 55 * DAY)
    house.clock.advance(days=1)
    sent_by(house, "template", "7")
    sent_by(house, "subscription", "")
    report = {"results": [{"id": "7", "ok": False, "reason": "failed"}]}
    answer(incoming(kind=kind, fields=report), house.services)
    with house.database.read() as connection:
        found = dict(connection.raw.execute("SELECT via, state FROM outbox").fetchall())
    assert found == {"template": "sent", "subscription": "sent"} | {ways[kind]: "parked"}


def sent_by(house, way, remote_id):
    with house.conversations.open(1) as conversation:
        conversation.ledger.consent("tpl_expiry", True)
    taken = send(house, house.services.outbox.due(house.clock.now())[0], way)
    sent = Delivery("sent", remote_id=remote_id)
    house.services.outbox.settle(taken, sent, house.clock.now())


def test_a_report_with_a_known_number_is_not_about_the_last_row_without_one(house):
    contact = welder(house)
    for left in (85, 55):
        save(house, contact, today(house) + left * DAY)
    house.clock.advance(days=1)
    sent_by(house, "subscription", "7")
    sent_by(house, "subscription", "")
    report = {"results": [{"id": "7", "ok": False, "reason": "failed"}]}
    answer(incoming(kind="subscription_result", fields=report), house.services)
    assert [state for _, state, _ in rows(house)] == ["sent", "parked"]
