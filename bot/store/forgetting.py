"""What is deleted when somebody wants to be forgotten, and the sweeping up a minute later.

The answer to "forget me" must be there for the platform's retries, so it goes last. Then
what the database itself still holds of former rows is overwritten: see ``Database.scrub``.
"""

from __future__ import annotations

from datetime import datetime

from bot.domain.reminders import SHANGHAI
from bot.store.database import Database, real_now
from bot.store.driver import Connection, Statement

RETRIES_END = 60_000_000
"""Real microseconds after which the platform asks for no answer again, with room to spare."""

QUICK = 32 * 1024 * 1024
"""Bytes of a file that is written anew at once, in a blink; a larger one at night."""

AT_NIGHT = range(3, 5)
"""Hours in Shanghai."""

TABLES = (
    "contacts", "arrivals", "outbox", "timers", "certificates", "human_requests", "unanswered",
    "ratings", "jobs", "phone_codes", "applications", "application_events", "photos",
    "uploads", "upload_pieces", "orders", "payments",
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
        # the books of money are kept, without him: what he wants forgotten is who it was
        "UPDATE orders SET invoice = NULL WHERE contact_id = :id AND invoice_issued_at IS NULL",
        "UPDATE payments SET payer = NULL WHERE order_id IN"
        " (SELECT id FROM orders WHERE contact_id = :id)",
        "UPDATE orders SET contact_id = NULL, application_id = NULL WHERE contact_id = :id",
        "UPDATE agreements SET withdrawn_at = :now WHERE contact_id = :id AND withdrawn_at IS NULL",
        "UPDATE contacts SET waiting = 0, hour = NULL WHERE id = :id",
    )
)

_LATER = Statement(
    "INSERT INTO clockwork (name, value) VALUES (:name, :at) ON CONFLICT (name) DO NOTHING"
)
_WHEN = Statement("SELECT value FROM clockwork WHERE name = :name")
_DONE = Statement("DELETE FROM clockwork WHERE name = :name AND value = :at")
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


def tidy_later(connection: Connection) -> None:
    """Remember that something was forgotten, and is to be swept up once retries are over."""
    connection.execute(_LATER, {"name": "forgotten", "at": str(real_now() + RETRIES_END)})


def tidy(database: Database, now: datetime) -> None:
    """Sweep up what was forgotten a while ago, and write the file anew when that is quick.

    Any number of clocks may do it. Whoever is stopped in the middle leaves it to the next.
    """
    if when := _due(database, "forgotten"):
        _sweep(database, when)
    small_or_night = database.size() <= QUICK or now.astimezone(SHANGHAI).hour in AT_NIGHT
    if small_or_night and (when := _due(database, "rebuild")) and database.rebuild():
        with database.write() as connection:
            connection.execute(_DONE, {"name": "rebuild", "at": when})


def _sweep(database: Database, when: str) -> None:
    values = {"nothing": b"", "before": real_now() - RETRIES_END}
    with database.write() as connection:
        for statement in _TIDY:
            connection.execute(statement, values)
    if not database.scrub(TABLES):
        return
    with database.write() as connection:
        connection.execute(_DONE, {"name": "forgotten", "at": when})
        connection.execute(_LATER, {"name": "rebuild", "at": str(real_now())})
        if connection.execute(_YOUNG, values).one_or_none():
            tidy_later(connection)


def _due(database: Database, name: str) -> str:
    """Return when something was to be done, if that time has come."""
    with database.read() as connection:
        when: str = connection.execute(_WHEN, {"name": name}).scalar_one_or_none() or ""
    return when if when and int(when) <= real_now() else ""
