"""What people agree to, their applications under keys of their own, and codes by phone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create all five tables."""
    op.create_table(
        "agreements",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("contact_id", KEY, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contacts.id"],
            name=op.f("fk_agreements_contact_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_agreements_contact_id", "agreements", ["contact_id"], unique=False)
    op.create_table(
        "applications",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("contact_id", KEY, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=True),
        sa.Column("form", sa.LargeBinary(), nullable=True),
        sa.Column("id_index", sa.Text(), server_default="", nullable=False),
        sa.Column("real_name", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contacts.id"],
            name=op.f("fk_applications_contact_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_applications_contact_id", "applications", ["contact_id"], unique=False)
    op.create_index("ix_applications_id_index", "applications", ["id_index"], unique=False)
    op.create_index("ix_applications_state", "applications", ["state", "changed_at"], unique=False)
    op.create_index(
        "uq_applications_open",
        "applications",
        ["contact_id"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('renewed', 'withdrawn')"),
        postgresql_where=sa.text("state NOT IN ('renewed', 'withdrawn')"),
    )
    op.create_table(
        "phone_codes",
        sa.Column("contact_id", KEY, autoincrement=False, nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_today", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contacts.id"],
            name=op.f("fk_phone_codes_contact_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_phone_codes")),
    )
    op.create_table(
        "application_events",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.Column("reasons", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_events_application_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_application_events_application_id",
        "application_events",
        ["application_id"],
        unique=False,
    )
    op.create_table(
        "photos",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=True),
        sa.Column("reading", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_photos_application_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_photos_application_id", "photos", ["application_id"], unique=False)


def downgrade() -> None:
    """Drop all five tables."""

    op.drop_index("ix_photos_application_id", table_name="photos")
    op.drop_table("photos")
    op.drop_index("ix_application_events_application_id", table_name="application_events")
    op.drop_table("application_events")
    op.drop_table("phone_codes")
    op.drop_index(
        "uq_applications_open",
        table_name="applications",
        sqlite_where=sa.text("state NOT IN ('renewed', 'withdrawn')"),
        postgresql_where=sa.text("state NOT IN ('renewed', 'withdrawn')"),
    )
    op.drop_index("ix_applications_state", table_name="applications")
    op.drop_index("ix_applications_id_index", table_name="applications")
    op.drop_index("ix_applications_contact_id", table_name="applications")
    op.drop_table("applications")
    op.drop_index("ix_agreements_contact_id", table_name="agreements")
    op.drop_table("agreements")
