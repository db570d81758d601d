"""What ended a command, as one sentence for the person who can mend it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import psycopg
import redis
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from bot.config import BadSetting
from bot.library import BadContent
from bot.ports import Busy, SendFailed
from bot.store.cipher import Unreadable

_SENTENCES: Sequence[tuple[tuple[type[Exception], ...], str]] = (
    ((BadSetting, BadContent), "{error}"),
    ((SendFailed,), "WeChat's API: {error}"),
    ((Busy,), "DATABASE_URL: another process holds the database; try again."),
    ((Unreadable,), "DATA_KEY_FILE: this ring does not open what the database holds ({error})."),
    ((CommandError,), "DATABASE_URL: the schema is of another release ({error})."),
    # a driver's own words may hold an address with its password: its kind alone is told
    (
        (SQLAlchemyError, sqlite3.Error, psycopg.Error),
        "DATABASE_URL: the database cannot be used ({kind}).",
    ),
    ((redis.RedisError,), "REDIS_URL: Redis does not answer ({kind})."),
    ((UnicodeError,), "What was given is no text in UTF-8."),
)


def sentence(error: Exception) -> str | None:
    """Say what is wrong and where to mend it; None for a fault of our own."""
    for kinds, text in _SENTENCES:
        if isinstance(error, kinds):
            return text.format(error=error, kind=type(error).__name__)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
    return None
