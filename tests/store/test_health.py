"""What the rows tell of the processes, on both databases."""

from datetime import timedelta

from bot.store.driver import Statement
from bot.store.health import read_health
from bot.store.tables import micros
from tests.conftest import incoming


def health(house):
    with house.database.read() as connection:
        return read_health(connection, house.clock.now())


def test_an_empty_house_has_nothing_to_tell(house):
    found = health(house)
    assert (found.planned_on, found.due_since, found.unanswered_since) == (None, None, None)
    assert (found.unknown, found.dead) == (0, {})


def test_the_oldest_of_each_is_found(house, clock):
    arrival = house.conversations.arrive(incoming("hi"), clock.now())
    house.conversations.arrive(incoming("hi"), clock.now())
    house.services.outbox.plan(clock.now().date(), clock.now())
    owe = Statement(
        "INSERT INTO outbox (contact_id, kind, scope, state, reason, due_at)"
        " VALUES (:contact, 'nudge', :scope, :state, :reason, :at)"
    )
    with house.database.write() as connection:
        for n, (state, reason, hours) in enumerate(
            [("due", "", 1), ("due", "", 2), ("dead", "40037", 3), ("dead", "too_late", 3),
             ("dead", "47003", 24 * 8), ("unknown", "cut", 1)]
        ):  # fmt: skip
            values = {"scope": str(n), "state": state, "reason": reason}
            at = micros(clock.now() - timedelta(hours=hours))
            connection.execute(owe, {"contact": arrival.contact_id, "at": at, **values})
    found = health(house)
    assert found.planned_on == clock.now().date()
    assert found.due_since == clock.now() - timedelta(hours=2)
    assert found.unanswered_since is not None
    assert (found.unknown, found.dead) == (1, {"40037": 1})
