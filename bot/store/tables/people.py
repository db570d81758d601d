"""Who writes to us, what came in, what he has told, and what is to reach him."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.store.tables.columns import KEY, contact_column, key_column, metadata

contacts = Table(
    "contacts",
    metadata,
    key_column(),
    Column("openid", Text, nullable=False, unique=True),
    Column("followed", Integer, nullable=False, server_default="1"),
    Column("session", LargeBinary),
    Column("turn", Integer, nullable=False, server_default="0"),
    Column("hour", Integer),
    Column("reminders_on", Integer, nullable=False, server_default="1"),
    Column("waiting", Integer, nullable=False, server_default="0"),
    Column("service_left", Integer, nullable=False, server_default="0"),
    Column("service_until", BigInteger, nullable=False, server_default="0"),
    Column("tap_left", Integer, nullable=False, server_default="0"),
    Column("tap_until", BigInteger, nullable=False, server_default="0"),
    Column("closed", Text, nullable=False, server_default=""),
    Column("created_at", BigInteger, nullable=False),
    Column("purge_at", BigInteger),
    # when he sent the latest thing that tells whether he follows, by the platform's clock
    Column("heard_at", BigInteger, nullable=False, server_default="0"),
    sqlite_autoincrement=True,
)

arrivals = Table(
    "arrivals",
    metadata,
    key_column(),
    contact_column(),
    Column("key", Text, nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),
    Column("arrived_at", BigInteger, nullable=False),  # real time
    Column("late", Integer, nullable=False, server_default="0"),
    Column("reply", LargeBinary),
    Column("done_at", BigInteger),
    Index(
        "ix_arrivals_undone",
        "contact_id",
        "id",
        sqlite_where=text("done_at IS NULL"),
        postgresql_where=text("done_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

certificates = Table(
    "certificates",
    metadata,
    key_column(),
    contact_column(),
    Column("authority", Text, nullable=False),
    Column("number", LargeBinary, nullable=False),
    Column("expires_on", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("muted_above", Integer),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_certificates_expires_on", "expires_on"),
    Index("ix_certificates_contact_id", "contact_id"),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    key_column(),
    contact_column(),
    Column("kind", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("due_at", BigInteger, nullable=False),
    Column("not_after", BigInteger),
    Column("said", LargeBinary),
    Column("certificate_id", KEY, ForeignKey("certificates.id", ondelete="SET NULL")),
    Column("point", Integer),
    Column("term", Text),  # the expiry date that a reminder speaks of
    Column("via", Text),
    Column("remote_id", Text),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("claimed_until", BigInteger),  # real time
    Column("settled_at", BigInteger),
    # the first try by template that may have gone out, as long as no answer says it did not
    Column("first_sent_at", BigInteger),
    UniqueConstraint("contact_id", "kind", "scope"),
    Index(
        "ix_outbox_due",
        "due_at",
        sqlite_where=text("state = 'due'"),
        postgresql_where=text("state = 'due'"),
    ),
    Index(
        "ix_outbox_sending",
        "claimed_until",
        sqlite_where=text("state = 'sending'"),
        postgresql_where=text("state = 'sending'"),
    ),
    Index("ix_outbox_open", "contact_id", "state"),
    Index("ix_outbox_remote_id", "remote_id"),
    sqlite_autoincrement=True,
)

timers = Table(
    "timers",
    metadata,
    key_column(),
    contact_column(),
    Column("kind", Text, nullable=False),
    Column("scope", Text, nullable=False, server_default=""),
    Column("fire_at", BigInteger, nullable=False),
    Column("turn", Integer, nullable=False),
    UniqueConstraint("contact_id", "kind", "scope"),
    Index("ix_timers_fire_at", "fire_at"),
    sqlite_autoincrement=True,
)

consents = Table(
    "consents",
    metadata,
    key_column(),
    contact_column(),
    Column("template", Text, nullable=False),
    Column("granted", Integer, nullable=False, server_default="0"),
    Column("used", Integer, nullable=False, server_default="0"),
    UniqueConstraint("contact_id", "template"),
    sqlite_autoincrement=True,
)

human_requests = Table(
    "human_requests",
    metadata,
    key_column(),
    contact_column(),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("words", LargeBinary, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Index("ix_human_requests_open", "state", "id"),
    sqlite_autoincrement=True,
)

ratings = Table(
    "ratings",
    metadata,
    key_column(),
    contact_column(),
    Column("intent", Text, nullable=False),
    Column("useful", Integer, nullable=False),
    Column("rated_at", BigInteger, nullable=False),
    UniqueConstraint("contact_id", "intent"),
    sqlite_autoincrement=True,
)

unanswered = Table(
    "unanswered",
    metadata,
    key_column(),
    contact_column(),
    Column("words", LargeBinary, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Index("ix_unanswered_contact_id", "contact_id"),
    sqlite_autoincrement=True,
)
