"""Work for workers, and what processes share."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.store.tables.columns import contact_column, key_column, metadata

jobs = Table(
    "jobs",
    metadata,
    key_column(),
    contact_column(),
    Column("kind", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("due_at", BigInteger, nullable=False),
    Column("claimed_until", BigInteger),  # real time
    UniqueConstraint("contact_id", "kind", "scope"),
    Index(
        "ix_jobs_due",
        "due_at",
        sqlite_where=text("state = 'due'"),
        postgresql_where=text("state = 'due'"),
    ),
    sqlite_autoincrement=True,
)

cache = Table(
    "cache",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("until", BigInteger, nullable=False),  # real time
)

clockwork = Table(
    "clockwork",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
