"""One database, two kinds: what differs between SQLite and PostgreSQL is here alone.

SQLite has one writer by nature. Its busy handler sleeps and is unfair, so in one process
a lock lets one transaction write at a time, over one connection that is kept; the file
lock is left to settle between processes.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool, StaticPool

from bot.ports import Busy

LOCK_WAIT = 3.0
"""Seconds a turn waits for its turn: a passive reply has 5 (wechat.md 1.3)."""

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={int(LOCK_WAIT * 1000)}",
    "PRAGMA journal_size_limit=67108864",
)


class Database:
    """Transactions on one database."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite:
            if parsed.database:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            self._readers = create_engine(
                url, poolclass=QueuePool, pool_size=4, connect_args={"check_same_thread": False}
            )
            self._writer = create_engine(
                url, poolclass=StaticPool, connect_args={"check_same_thread": False}
            )
            for engine in (self._readers, self._writer):
                event.listen(engine, "connect", _prepare)
            event.listen(self._readers, "begin", _begin)
            event.listen(self._writer, "begin", _begin_immediate)
        else:
            self._readers = self._writer = create_engine(
                url, pool_size=16, max_overflow=16, pool_pre_ping=True
            )
        self._lock = threading.Lock()
        self._kept: Connection | None = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read without holding anybody up."""
        with self._readers.connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, lasting: bool = True) -> Iterator[Connection]:
        """Run one writing transaction: committed on leaving, rolled back on an error.

        ``lasting=False`` lets the commit return before the disk has it: it survives the
        death of the process, not a power cut. Raises ``Busy`` when it cannot begin in time.
        """
        if self.is_sqlite:
            yield from self._write_sqlite(lasting)
        else:
            yield from self._write_postgres(lasting)

    def _write_sqlite(self, lasting: bool) -> Iterator[Connection]:
        if not self._lock.acquire(timeout=LOCK_WAIT):
            raise Busy
        try:
            if self._kept is None:
                self._kept = self._writer.connect()
            connection = self._kept
            if not lasting:
                _synchronous(connection, "NORMAL")
            try:
                try:
                    transaction = connection.begin()
                except OperationalError as error:
                    connection.rollback()
                    raise Busy from error
                with transaction:
                    yield connection
            finally:
                if not lasting:
                    _synchronous(connection, "FULL")
        finally:
            self._lock.release()

    def _write_postgres(self, lasting: bool) -> Iterator[Connection]:
        with self._writer.connect() as connection, connection.begin():
            if not lasting:
                connection.execute(_NOT_LASTING)
            connection.execute(_LOCK_TIMEOUT)
            try:
                yield connection
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) == "55P03":  # lock_not_available
                    raise Busy from error
                raise

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            if self._kept is not None:
                self._kept.close()
                self._kept = None
        self._writer.dispose()
        self._readers.dispose()


_NOT_LASTING = text("SET LOCAL synchronous_commit = off")
_LOCK_TIMEOUT = text(f"SET LOCAL lock_timeout = {int(LOCK_WAIT * 1000)}")


def real_now() -> int:
    """Return the machine's own time in microseconds, for leases and time-outs."""
    return time.time_ns() // 1000


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we begin transactions ourselves
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _synchronous(connection: Connection, level: str) -> None:
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute(f"PRAGMA synchronous={level}")
