"""A reminder's term, when a template may first have gone out, when somebody was last heard of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# the scope of a reminder is certificate:term:point
TERM = {
    "sqlite": "substr(scope, instr(scope, ':') + 1, 10)",
    "postgresql": "split_part(scope, ':', 2)",
}


def upgrade() -> None:
    """Add the columns, and read the term of what is owed already from its scope."""
    op.add_column("outbox", sa.Column("term", sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("first_sent_at", sa.BigInteger(), nullable=True))
    op.add_column(
        "contacts", sa.Column("heard_at", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.create_index(
        "ix_outbox_sending",
        "outbox",
        ["claimed_until"],
        unique=False,
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    term = TERM[op.get_bind().dialect.name]
    op.execute(f"UPDATE outbox SET term = {term} WHERE kind = 'expiry'")
