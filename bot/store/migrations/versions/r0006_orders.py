"""Orders, payments, refunds, and days that were reconciled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

UNPAID, OPEN = sa.text("state = 'unpaid'"), sa.text("state = 'open'")


def upgrade() -> None:
    """Create the tables."""
    _orders()
    _payments()
    _refunds()
    op.create_table(
        "order_events",
        _key(),
        _number("order_id", KEY),
        _text("deed"),
        _text("actor"),
        _number("happened_at"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_events_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_events")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_order_events_order_id", "order_events", ["order_id"])
    op.create_table(
        "statements",
        _text("day"),
        _text("state"),
        sa.Column("differences", sa.Text(), server_default="[]", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        _number("compared_at"),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_statements")),
    )


def _orders() -> None:
    op.create_table(
        "orders",
        _key(),
        _maybe("contact_id", KEY),
        _maybe("application_id", KEY),
        _text("state"),
        _text("items"),
        _number("fen", sa.Integer()),
        _number("created_at"),
        _number("expires_at"),
        sa.Column("invoice", sa.LargeBinary(), nullable=True),
        _maybe("invoice_asked_at"),
        _maybe("invoice_issued_at"),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_orders_contact_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_orders_application_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_orders_contact_id", "orders", ["contact_id"])
    op.create_index("ix_orders_state", "orders", ["state", "expires_at"])
    _unique_where("uq_orders_unpaid", "orders", "application_id", UNPAID)


def _payments() -> None:
    op.create_table(
        "payments",
        _key(),
        _number("order_id", KEY),
        _text("number"),
        _text("way"),
        sa.Column("payer", sa.LargeBinary(), nullable=True),
        _text("state"),
        _number("fen", sa.Integer()),
        _number("opened_at"),
        _maybe("paid_at"),
        sa.Column("transaction_number", sa.Text(), server_default="", nullable=False),
        _maybe("check_at"),
        sa.Column("checks", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payments_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("number", name=op.f("uq_payments_number")),
        sqlite_autoincrement=True,
    )
    for column in ("order_id", "check_at", "paid_at"):
        op.create_index(f"ix_payments_{column}", "payments", [column])
    _unique_where("uq_payments_open", "payments", "order_id", OPEN)


def _refunds() -> None:
    op.create_table(
        "refunds",
        _key(),
        _number("payment_id", KEY),
        _text("number"),
        _number("fen", sa.Integer()),
        _text("reason"),
        _text("state"),
        _text("asked_by"),
        sa.Column("agreed_by", sa.Text(), server_default="", nullable=False),
        _number("asked_at"),
        _maybe("told_at"),
        _maybe("ended_at"),
        _maybe("check_at"),
        sa.Column("checks", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_refunds_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("number", name=op.f("uq_refunds_number")),
        sqlite_autoincrement=True,
    )
    for column in ("payment_id", "check_at", "told_at"):
        op.create_index(f"ix_refunds_{column}", "refunds", [column])


def _key() -> sa.Column[int]:
    return sa.Column("id", KEY, autoincrement=True, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str, kind: sa.types.TypeEngine[int] | None = None) -> sa.Column[int]:
    return sa.Column(name, kind or sa.BigInteger(), nullable=False)


def _maybe(name: str, kind: sa.types.TypeEngine[int] | None = None) -> sa.Column[int]:
    return sa.Column(name, kind or sa.BigInteger(), nullable=True)


def _unique_where(name: str, table: str, column: str, where: sa.TextClause) -> None:
    op.create_index(name, table, [column], unique=True, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("statements", "order_events", "refunds", "payments", "orders"):
        op.drop_table(table)
