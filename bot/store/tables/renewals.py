"""Applications, each under a key of its own, and what they are made of."""

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
    text,
)

from bot.store.tables.columns import KEY, contact_column, key_column, metadata

agreements = Table(
    "agreements",
    metadata,
    key_column(),
    contact_column(),
    Column("purpose", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("given_at", BigInteger, nullable=False),
    Column("withdrawn_at", BigInteger),
    Index("ix_agreements_contact_id", "contact_id"),
    sqlite_autoincrement=True,
)

OPEN = "state NOT IN ('renewed', 'withdrawn')"
"""An application under way: ``domain.application.CLOSED`` are not."""

applications = Table(
    "applications",
    metadata,
    key_column(),
    contact_column(),
    Column("state", Text, nullable=False),
    # wraps everything of this application; gone, nothing of it can be read again
    Column("data_key", LargeBinary),
    Column("form", LargeBinary),
    Column("id_index", Text, nullable=False, server_default=""),
    Column("real_name", Text, nullable=False, server_default=""),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Index(
        "uq_applications_open",
        "contact_id",
        unique=True,
        sqlite_where=text(OPEN),
        postgresql_where=text(OPEN),
    ),
    Index("ix_applications_contact_id", "contact_id"),
    Index("ix_applications_state", "state", "changed_at"),
    Index("ix_applications_id_index", "id_index"),
    sqlite_autoincrement=True,
)

application_events = Table(
    "application_events",
    metadata,
    key_column(),
    Column(
        "application_id", KEY, ForeignKey("applications.id", ondelete="CASCADE"), nullable=False
    ),
    Column("deed", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("happened_at", BigInteger, nullable=False),
    Column("reasons", Text, nullable=False, server_default=""),
    Column("note", LargeBinary),
    Index("ix_application_events_application_id", "application_id"),
    sqlite_autoincrement=True,
)

photos = Table(
    "photos",
    metadata,
    key_column(),
    Column(
        "application_id", KEY, ForeignKey("applications.id", ondelete="CASCADE"), nullable=False
    ),
    Column("document", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("picture", LargeBinary),
    Column("reading", LargeBinary),
    Column("received_at", BigInteger, nullable=False),
    Index("ix_photos_application_id", "application_id"),
    sqlite_autoincrement=True,
)

uploads = Table(
    "uploads",
    metadata,
    key_column(),
    Column(
        "application_id", KEY, ForeignKey("applications.id", ondelete="CASCADE"), nullable=False
    ),
    Column("document", Text, nullable=False),
    Column("name", Text, nullable=False),  # a keyed digest of the file's own
    Column("size", Integer, nullable=False),
    Column("received", Integer, nullable=False),
    Column("photo_id", KEY),  # what it became; that row may be gone
    Column("began_at", BigInteger, nullable=False),
    Index("ix_uploads_application_id", "application_id", "name"),
    Index("ix_uploads_began_at", "began_at"),
    sqlite_autoincrement=True,
)

upload_pieces = Table(
    "upload_pieces",
    metadata,
    Column(
        "upload_id",
        KEY,
        ForeignKey("uploads.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("start", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)

phone_codes = Table(
    "phone_codes",
    metadata,
    Column(
        "contact_id",
        KEY,
        ForeignKey("contacts.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("phone", LargeBinary, nullable=False),
    Column("code", LargeBinary, nullable=False),
    Column("sent_at", BigInteger, nullable=False),
    Column("sent_today", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
)
