"""Whether answers help, and questions that had none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "ratings",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("contact_id", KEY, nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("useful", sa.Integer(), nullable=False),
        sa.Column("rated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contacts.id"],
            name=op.f("fk_ratings_contact_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("contact_id", "intent", name=op.f("uq_ratings_contact_id_intent")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "unanswered",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("contact_id", KEY, nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contacts.id"],
            name=op.f("fk_unanswered_contact_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unanswered")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_unanswered_contact_id", "unanswered", ["contact_id"])


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("unanswered")
    op.drop_table("ratings")
