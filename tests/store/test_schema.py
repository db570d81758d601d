from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text

from bot.store.schema import _config, upgrade, version
from bot.store.tables import metadata


def test_the_migrations_make_exactly_the_tables(database_url):
    upgrade(database_url)
    engine = create_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_upgrading_twice_changes_nothing(database_url):
    upgrade(database_url)
    upgrade(database_url)
    there, wanted = version(database_url)
    assert there == wanted


def test_a_database_of_the_first_release_keeps_its_rows_and_learns_their_terms(database_url):
    command.upgrade(_config(database_url), "0001")
    engine = create_engine(database_url)
    with engine.begin() as connection:
        for statement in (
            "INSERT INTO contacts (openid, created_at) VALUES ('oOld', 1)",
            "INSERT INTO outbox (contact_id, kind, scope, state, due_at, point)"
            " VALUES (1, 'expiry', '12:2027-03-05:90', 'sent', 1, 90)",
            "INSERT INTO outbox (contact_id, kind, scope, state, due_at, point)"
            " VALUES (1, 'expiry', '7:2027-12-31:-1', 'due', 1, -1)",
            "INSERT INTO outbox (contact_id, kind, scope, state, due_at)"
            " VALUES (1, 'reply_part', '9:late', 'parked', 1)",
        ):
            connection.execute(text(statement))
    upgrade(database_url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT term, state, first_sent_at FROM outbox ORDER BY id"))
        heard = connection.execute(text("SELECT heard_at FROM contacts")).scalar_one()
        found = [tuple(row) for row in rows]
    engine.dispose()
    assert found == [
        ("2027-03-05", "sent", None),
        ("2027-12-31", "due", None),
        (None, "parked", None),
    ]
    assert heard == 0
