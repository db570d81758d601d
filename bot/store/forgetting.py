"""What is deleted when somebody wants to be forgotten, and the sweeping up a minute later.

The answer to "forget me" must be there for the platform's retries, so it goes last. Then
what the database itself still holds of former rows is overwritten: see ``Database.scrub``.
"""

from __future__ import annotations

from bot.store.database import Database, real_now
from bot.store.driver import Connection, Statement

RETRIES_END = 60_000_000
"""Real microseconds after which the platform asks for no answer again, with room to spare."""

TABLES = (
    "contacts", "arrivals", "outbox", "timers", "certificates", "human_requests", "unanswered",
    "ratings", "jobs", "phone_codes", "applications", "application_events", "photos",
)  # fmt: skip
"""Whatever holds what a person told."""

OF_A_PERSON = tuple(
    Statement(sql)
    for sql in (
        "UPDATE arrivals SET body = :nothing, reply = NULL"
        " WHERE contact_id = :id AND done_at IS NOT NULL",
        # one under way too: who sends it holds its words, and finds no row to settle
        "DELETE FROM outbox WHERE contact_id = :id",
        "DELETE FROM certificates WHERE contact_id = :id",
        "DELETE FROM human_requests WHERE contact_id = :id",
        "DELETE FROM unanswered WHERE contact_id = :id",
        "DELETE FROM ratings WHERE contact_id = :id",
        "DELETE FROM consents WHERE contact_id = :id",
        "DELETE FROM jobs WHERE contact_id = :id",
        # that codes were sent is kept: else forgetting would be a way round their limit
        "UPDATE phone_codes SET phone = :nothing, code = :nothing, tries = 99"
        " WHERE contact_id = :id",
        "UPDATE agreements SET withdrawn_at = :now WHERE contact_id = :id AND withdrawn_at IS NULL",
        "UPDATE contacts SET waiting = 0, hour = NULL WHERE id = :id",
    )
)

_LATER = Statement(
    "INSERT INTO clockwork (name, value) VALUES ('forgotten', :at) ON CONFLICT (name) DO NOTHING"
)
_WHEN = Statement("SELECT value FROM clockwork WHERE name = 'forgotten'")
_TIDY = tuple(
    Statement(sql)
    for sql in (
        "UPDATE arrivals SET reply = NULL"
        " WHERE body = :nothing AND reply IS NOT NULL AND done_at < :before",
        "UPDATE outbox SET said = NULL WHERE kind = 'reply_part' AND said IS NOT NULL"
        " AND state IN ('sent', 'shown', 'unknown', 'dead', 'cancelled')"
        " AND contact_id IN (SELECT contact_id FROM arrivals WHERE body = :nothing)",
    )
)
_YOUNG = Statement("SELECT 1 FROM arrivals WHERE body = :nothing AND reply IS NOT NULL LIMIT 1")
_DONE = Statement("DELETE FROM clockwork WHERE name = 'forgotten' AND value = :at")


def tidy_later(connection: Connection) -> None:
    """Remember that something was forgotten, and is to be swept up once retries are over."""
    connection.execute(_LATER, {"at": str(real_now() + RETRIES_END)})


def tidy(database: Database) -> bool:
    """Sweep up what was forgotten a while ago; True if there was something.

    Any number of clocks may do it. Whoever is stopped in the middle leaves it to the next.
    """
    with database.read() as connection:
        when = connection.execute(_WHEN).scalar_one_or_none()
    if when is None or int(when) > real_now():
        return False
    with database.write() as connection:
        values = {"nothing": b"", "before": real_now() - RETRIES_END}
        for statement in _TIDY:
            connection.execute(statement, values)
    if not database.scrub(TABLES):
        return False
    with database.write() as connection:
        connection.execute(_DONE, {"at": when})
        if connection.execute(_YOUNG, values).one_or_none():
            tidy_later(connection)
    return True
