"""The tables. Instants are whole microseconds since 1970 UTC, days are ISO text, flags 0 or 1.

Everything a person wrote or was told is encrypted (``LargeBinary``). What must be found by
(an openid, an expiry date) is in clear, and an openid stands in ``contacts`` alone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

KEY = BigInteger().with_variant(Integer, "sqlite")


def micros(instant: datetime) -> int:
    """Turn an aware instant into whole microseconds, exactly."""
    return (instant - EPOCH) // MICROSECOND


def instant(value: int) -> datetime:
    """Turn microseconds back into an aware instant."""
    return EPOCH + value * MICROSECOND


def _id() -> Column[int]:
    return Column("id", KEY, primary_key=True, autoincrement=True)


def _contact() -> Column[int]:
    return Column("contact_id", KEY, ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False)


contacts = Table(
    "contacts",
    metadata,
    _id(),
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
    _id(),
    _contact(),
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
    _id(),
    _contact(),
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
    _id(),
    _contact(),
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
    _id(),
    _contact(),
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
    _id(),
    _contact(),
    Column("template", Text, nullable=False),
    Column("granted", Integer, nullable=False, server_default="0"),
    Column("used", Integer, nullable=False, server_default="0"),
    UniqueConstraint("contact_id", "template"),
    sqlite_autoincrement=True,
)

human_requests = Table(
    "human_requests",
    metadata,
    _id(),
    _contact(),
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
    _id(),
    _contact(),
    Column("intent", Text, nullable=False),
    Column("useful", Integer, nullable=False),
    Column("rated_at", BigInteger, nullable=False),
    UniqueConstraint("contact_id", "intent"),
    sqlite_autoincrement=True,
)

unanswered = Table(
    "unanswered",
    metadata,
    _id(),
    _contact(),
    Column("words", LargeBinary, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Index("ix_unanswered_contact_id", "contact_id"),
    sqlite_autoincrement=True,
)

jobs = Table(
    "jobs",
    metadata,
    _id(),
    _contact(),
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

agreements = Table(
    "agreements",
    metadata,
    _id(),
    _contact(),
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
    _id(),
    _contact(),
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
    _id(),
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
    _id(),
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
    _id(),
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
