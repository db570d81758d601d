"""What tables are made of.

Instants are whole microseconds since 1970 UTC, days are ISO text, flags 0 or 1.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData

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


def key_column() -> Column[int]:
    """Make the number of a row."""
    return Column("id", KEY, primary_key=True, autoincrement=True)


def contact_column() -> Column[int]:
    """Make the number of the person a row belongs to: it goes with him."""
    return Column("contact_id", KEY, ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False)
