"""Orders, their payments at WeChat, what went back, and days that were reconciled.

Books outlive their people: whoever is forgotten is taken out of them, and the money stays
accounted for. Nothing here names a person but ``payer`` and ``invoice``, which are sealed.
"""

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

from bot.store.tables.columns import KEY, key_column, metadata

UNPAID, OPEN_PAYMENT = "state = 'unpaid'", "state = 'open'"

orders = Table(
    "orders",
    metadata,
    key_column(),
    Column("contact_id", KEY, ForeignKey("contacts.id", ondelete="SET NULL")),
    Column("application_id", KEY, ForeignKey("applications.id", ondelete="SET NULL")),
    Column("state", Text, nullable=False),
    Column("items", Text, nullable=False),  # JSON: id, label, fen as they were then
    Column("fen", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("invoice", LargeBinary),
    Column("invoice_asked_at", BigInteger),
    Column("invoice_issued_at", BigInteger),
    Index("ix_orders_contact_id", "contact_id"),
    Index("ix_orders_state", "state", "expires_at"),
    Index(
        "uq_orders_unpaid",
        "application_id",
        unique=True,
        sqlite_where=text(UNPAID),
        postgresql_where=text(UNPAID),
    ),
    sqlite_autoincrement=True,
)

payments = Table(
    "payments",
    metadata,
    key_column(),
    Column("order_id", KEY, ForeignKey("orders.id"), nullable=False),
    Column("number", Text, nullable=False, unique=True),
    Column("way", Text, nullable=False),
    Column("payer", LargeBinary),  # while it is open: the same values must be asked again
    Column("state", Text, nullable=False),
    Column("fen", Integer, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("paid_at", BigInteger),
    Column("transaction_number", Text, nullable=False, server_default=""),
    Column("check_at", BigInteger),
    Column("checks", Integer, nullable=False, server_default="0"),
    Index("ix_payments_order_id", "order_id"),
    Index("ix_payments_check_at", "check_at"),
    Index("ix_payments_paid_at", "paid_at"),
    Index(
        "uq_payments_open",
        "order_id",
        unique=True,
        sqlite_where=text(OPEN_PAYMENT),
        postgresql_where=text(OPEN_PAYMENT),
    ),
    sqlite_autoincrement=True,
)

refunds = Table(
    "refunds",
    metadata,
    key_column(),
    Column("payment_id", KEY, ForeignKey("payments.id"), nullable=False),
    Column("number", Text, nullable=False, unique=True),
    Column("fen", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("agreed_by", Text, nullable=False, server_default=""),
    Column("asked_at", BigInteger, nullable=False),
    Column("told_at", BigInteger),  # when WeChat took it: its statement has it on that day
    Column("ended_at", BigInteger),
    Column("check_at", BigInteger),
    Column("checks", Integer, nullable=False, server_default="0"),
    Index("ix_refunds_payment_id", "payment_id"),
    Index("ix_refunds_check_at", "check_at"),
    Index("ix_refunds_told_at", "told_at"),
    sqlite_autoincrement=True,
)

order_events = Table(
    "order_events",
    metadata,
    key_column(),
    Column("order_id", KEY, ForeignKey("orders.id"), nullable=False),
    Column("deed", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("happened_at", BigInteger, nullable=False),
    Index("ix_order_events_order_id", "order_id"),
    sqlite_autoincrement=True,
)

statements = Table(
    "statements",
    metadata,
    Column("day", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("differences", Text, nullable=False, server_default="[]"),
    Column("reason", Text, nullable=False, server_default=""),
    Column("compared_at", BigInteger, nullable=False),
)
