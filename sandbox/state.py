"""Everything the sandbox remembers: one SQLite file, or memory only."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS thing (
    kind TEXT, key TEXT, value TEXT NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS log (
    log TEXT, owner TEXT, n INTEGER, value TEXT NOT NULL, PRIMARY KEY (log, owner, n)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS content (id TEXT PRIMARY KEY, bytes BLOB NOT NULL);
"""

Thing = dict[str, Any]


class State:
    """Named things, numbered logs and file contents; safe to use from many threads."""

    def __init__(self, path: Path | None = None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._base = sqlite3.connect(
            path or ":memory:", isolation_level=None, check_same_thread=False
        )
        self._lock = threading.RLock()
        self._depth = 0
        # A development tool: it outlives the kill of its process, not a loss of power.
        self._base.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;" + _TABLES)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Read and write as one step that no other thread can see half done."""
        with self._lock:
            if self._depth == 0:
                self._base.execute("BEGIN")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._base.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._base.execute("COMMIT")

    def get(self, kind: str, key: str) -> Thing | None:
        """One thing, or None."""
        row = self._row("SELECT value FROM thing WHERE kind=? AND key=?", kind, key)
        return None if row is None else json.loads(row[0])

    def put(self, kind: str, key: str, value: Thing) -> None:
        """Write a thing, in place of the one that had its key."""
        text = json.dumps(value, ensure_ascii=False)
        self._do("INSERT OR REPLACE INTO thing VALUES (?, ?, ?)", kind, key, text)

    def drop(self, kind: str, key: str) -> None:
        """Forget a thing."""
        self._do("DELETE FROM thing WHERE kind=? AND key=?", kind, key)

    def all(self, kind: str) -> list[Thing]:
        """Every thing of a kind, by key."""
        with self._lock:
            rows = self._base.execute("SELECT value FROM thing WHERE kind=? ORDER BY key", (kind,))
            return [json.loads(row[0]) for row in rows]

    def first(self, kind: str, limit: int = 1) -> list[Thing]:
        """Return the things of a kind with the first keys."""
        with self._lock:
            rows = self._base.execute(
                "SELECT value FROM thing WHERE kind=? ORDER BY key LIMIT ?", (kind, limit)
            )
            return [json.loads(row[0]) for row in rows]

    def count(self, name: str) -> int:
        """Return the next number of a counter: 1, 2, 3 …, also across restarts."""
        with self.turn():
            n: int = (self.get("counter", name) or {"n": 0})["n"] + 1
            self.put("counter", name, {"n": n})
            return n

    def append(self, log: str, owner: str, value: Thing) -> int:
        """Add an entry to a log; its number within the owner's log is written into it as ``n``."""
        with self.turn():
            row = self._row("SELECT MAX(n) FROM log WHERE log=? AND owner=?", log, owner)
            n: int = ((row and row[0]) or 0) + 1
            value["n"] = n
            text = json.dumps(value, ensure_ascii=False)
            self._do("INSERT INTO log VALUES (?, ?, ?, ?)", log, owner, n, text)
            return n

    def entries(self, log: str, owner: str, after: int = 0, limit: int = -1) -> list[Thing]:
        """Return the entries of a log with a number above ``after``, oldest first."""
        with self._lock:
            rows = self._base.execute(
                "SELECT value FROM log WHERE log=? AND owner=? AND n>? ORDER BY n LIMIT ?",
                (log, owner, after, limit),
            )
            return [json.loads(row[0]) for row in rows]

    def trim(self, log: str, owner: str, up_to: int) -> None:
        """Forget the entries of a log up to a number."""
        self._do("DELETE FROM log WHERE log=? AND owner=? AND n<=?", log, owner, up_to)

    def put_content(self, name: str, content: bytes) -> None:
        """Keep the bytes of a file."""
        self._do("INSERT OR REPLACE INTO content VALUES (?, ?)", name, content)

    def content(self, name: str) -> bytes | None:
        """Return the bytes of a file, or None."""
        row = self._row("SELECT bytes FROM content WHERE id=?", name)
        return None if row is None else bytes(row[0])

    def reset(self, keep: frozenset[str] = frozenset()) -> None:
        """Forget everything but the kinds named."""
        with self.turn():
            self._do("DELETE FROM log")
            self._do("DELETE FROM content")
            for (kind,) in self._base.execute("SELECT DISTINCT kind FROM thing").fetchall():
                if kind not in keep:
                    self._do("DELETE FROM thing WHERE kind=?", kind)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()

    def _do(self, statement: str, *values: object) -> None:
        with self._lock:
            self._base.execute(statement, values)

    def _row(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        with self._lock:
            row: tuple[Any, ...] | None = self._base.execute(statement, values).fetchone()
            return row
