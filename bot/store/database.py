"""One database, two kinds: what differs between SQLite and PostgreSQL is here alone.

SQLite has one writer by nature. Its busy handler sleeps and is unfair, so in one process
a fair lock lets one transaction write at a time, over one connection that is kept; the
file lock is left to settle between processes.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from psycopg.errors import LockNotAvailable
from sqlalchemy import create_engine, event, make_url
from sqlalchemy.pool import QueuePool

from bot.ports import Busy
from bot.store.driver import Connection, Statement
from bot.store.fair import FairLock

LOCK_WAIT = 3.0
"""Seconds a turn waits for its turn: a passive reply has 5 (wechat.md 1.3)."""

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # what is forgotten is overwritten
    f"PRAGMA busy_timeout={int(LOCK_WAIT * 1000)}",
    "PRAGMA journal_size_limit=67108864",
)


class Database:
    """Transactions on one database."""

    def __init__(self, url: str) -> None:
        parsed, self._url = make_url(url), url
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite:
            make_private(url)
            self._engine = create_engine(
                url, poolclass=QueuePool, pool_size=8, connect_args={"check_same_thread": False}
            )
            event.listen(self._engine, "connect", _prepare)
        else:
            self._engine = create_engine(url, pool_size=16, max_overflow=16, pool_pre_ping=True)
        self._lock = FairLock()
        self._kept: Any = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read without holding anybody up."""
        lent = self._engine.raw_connection()
        try:
            yield Connection(lent.driver_connection, is_sqlite=self.is_sqlite)
        finally:
            lent.close()

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
        if not self._lock.acquire(LOCK_WAIT):
            raise Busy
        try:
            if self._kept is None:
                self._kept = self._engine.raw_connection()
            raw = self._kept.driver_connection
            raw.execute(f"PRAGMA synchronous={'FULL' if lasting else 'NORMAL'}")
            try:
                raw.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:  # another process holds the file
                raise Busy from error
            try:
                yield Connection(raw, is_sqlite=True)
                raw.execute("COMMIT")
            except BaseException:
                if raw.in_transaction:
                    raw.execute("ROLLBACK")
                raise
        finally:
            self._lock.release()

    def _write_postgres(self, lasting: bool) -> Iterator[Connection]:
        lent = self._engine.raw_connection()
        raw = lent.driver_connection
        assert raw is not None
        try:
            connection = Connection(raw, is_sqlite=False)
            connection.execute(_SETTINGS[lasting])
            yield connection
            raw.commit()
        except LockNotAvailable as error:
            raise Busy from error
        finally:
            lent.close()  # rolls back what was not committed

    def scrub(self, tables: Sequence[str]) -> bool:
        """Let go of former rows that nobody reads any more; False if somebody is in the way.

        SQLite's log holds former pages: they are put into the file, and it is cut to nothing.
        PostgreSQL keeps former rows until a VACUUM.
        """
        if self.is_sqlite:
            return self._alone("PRAGMA wal_checkpoint(TRUNCATE)")
        lent = self._engine.raw_connection()
        raw: Any = lent.driver_connection
        try:
            raw.autocommit = True
            raw.execute(f"VACUUM {', '.join(tables)}")
        finally:
            raw.autocommit = False
            lent.close()
        return True

    def rebuild(self) -> bool:
        """Write an SQLite file anew from its rows; False if somebody is in the way.

        ``secure_delete`` overwrites a row where it stands. Where a page was split while the
        table grew, a copy of the row may have been left behind in what counts as empty.
        """
        return not self.is_sqlite or self._alone("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")

    def size(self) -> int:
        """Return the bytes of an SQLite file; 0 for PostgreSQL."""
        path = file_of(self._url)
        return path.stat().st_size if path and path.exists() else 0

    def _alone(self, *statements: str) -> bool:
        """Run what no reader or writer may be beside; the last one tells whether some were."""
        if not self._lock.acquire(LOCK_WAIT):
            return False
        lent = self._engine.raw_connection()
        try:
            raw: Any = lent.driver_connection
            *_, busy = [raw.execute(statement).fetchone() for statement in statements]
            return not busy[0]
        except sqlite3.OperationalError:
            return False
        finally:
            lent.close()
            self._lock.release()

    def close(self) -> None:
        """Close every connection."""
        if self._lock.acquire(LOCK_WAIT):
            if self._kept is not None:
                self._kept.close()
                self._kept = None
            self._lock.release()
        self._engine.dispose()


_WAIT = f"SET LOCAL lock_timeout = {int(LOCK_WAIT * 1000)}"
_SETTINGS = {
    True: Statement(_WAIT),
    False: Statement(f"{_WAIT}; SET LOCAL synchronous_commit = off"),
}


def file_of(url: str) -> Path | None:
    """Return the file of an SQLite address; None for PostgreSQL, and for memory."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in {None, "", ":memory:"}:
        return None
    return Path(str(parsed.database))


def make_private(url: str) -> None:
    """Make an SQLite file that is not there yet, readable by its owner alone.

    SQLite would make it for all to read; ``-wal`` and ``-shm`` get the mode of the file.
    What cannot be made is left for SQLite itself to complain of.
    """
    if path := file_of(url):
        with suppress(OSError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))


def real_now() -> int:
    """Return the machine's own time in microseconds, for leases and time-outs."""
    return time.time_ns() // 1000


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we begin transactions ourselves
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
