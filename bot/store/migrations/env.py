"""Alembic's entry: run the migrations on the address that ``schema`` hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, pool

from bot.store.tables import metadata

engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":  # several processes may start at once
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(721051)")
        context.run_migrations()
engine.dispose()
