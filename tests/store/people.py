"""Welders and what happens to them, for the tests of owing and sending."""

from datetime import datetime, timedelta

from bot.domain import reach
from bot.domain.certificate import Certificate
from bot.domain.reminders import SHANGHAI
from bot.messages import Reply
from bot.ports import Delivery
from tests.conftest import incoming


def welder(house, openid="oWelder"):
    """A person who has just written; returns his contact."""
    now = house.clock.now()
    arrival = house.conversations.arrive(incoming("hi", openid=openid, at=now), now)
    with house.conversations.open(arrival.contact_id) as conversation:
        conversation.ledger.grant(arrival.incoming, now)
        conversation.finish(conversation.next_arrival(), Reply())
    return arrival.contact_id


def save(house, contact, expires_on, certificate=0, status="valid"):
    with house.conversations.open(contact) as conversation:
        return conversation.certificates.save(
            Certificate(certificate, "housing", "", expires_on, status), house.clock.now()
        ).id


def today(house):
    return house.clock.now().astimezone(SHANGHAI).date()


def plan(house):
    return house.services.outbox.plan(today(house), house.clock.now())


def at(house, day, hour, minute=0):
    """Turn the clock to an hour of a day in Shanghai."""
    house.clock.at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def send(house, message_id, way="service"):
    decide = lambda _wish, _rights: reach.Send(way)
    return house.services.outbox.take(message_id, house.clock.now(), decide)


def send_all(house, way="template"):
    """Send what is due, by a way that always goes; return the points told."""
    told = []
    while due := house.services.outbox.due(house.clock.now()):
        for message_id in due:
            if taken := send(house, message_id, way):
                told.append(taken.message.point)
                house.services.outbox.settle(taken, Delivery("sent"), house.clock.now())
    return told


def rows(house, openid="oWelder"):
    """(point, state, reason) of every reminder of his, oldest first."""
    history = house.services.outbox.history(openid)
    return [(row.message.point, row.state, row.reason) for row in history]


def due_in(house, row):
    """The local time of a row: (days from today, hour)."""
    due = row.message.due_at.astimezone(SHANGHAI)
    return (due.date() - today(house)) // timedelta(days=1), due.hour
