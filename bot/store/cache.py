"""A small shared store with expiry and locks: the database's, and Redis's."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from redis import Redis

from bot.store.database import Database, real_now
from bot.store.driver import Statement

_GET = Statement("SELECT value FROM cache WHERE name = :name AND until > :now")
_PUT = Statement(
    "INSERT INTO cache (name, value, until) VALUES (:name, :value, :until)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value, until = excluded.until"
)
_DROP = Statement("DELETE FROM cache WHERE name = :name")
_LOCK = Statement(
    "INSERT INTO cache (name, value, until) VALUES (:name, :value, :until)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value, until = excluded.until"
    " WHERE cache.until <= :now"
)
_UNLOCK = Statement("DELETE FROM cache WHERE name = :name AND value = :value")
_COMPARE_DELETE = (
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"
)
POLL_S = 0.02


class DatabaseCache:
    """Implements ``ports.SharedCache`` in a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> str | None:
        """Return a value that has not expired."""
        with self._database.read() as connection:
            values = {"name": name, "now": real_now()}
            found: str | None = connection.execute(_GET, values).scalar_one_or_none()
            return found

    def put(self, name: str, value: str, seconds: float) -> None:
        """Keep a value for so many real seconds."""
        with self._database.write() as connection:
            until = real_now() + int(seconds * 1_000_000)
            connection.execute(_PUT, {"name": name, "value": value, "until": until})

    def drop(self, name: str) -> None:
        """Forget a value."""
        with self._database.write() as connection:
            connection.execute(_DROP, {"name": name})

    @contextmanager
    def lock(self, name: str, seconds: float, wait: float) -> Iterator[bool]:
        """Hold a named lock; yields False if it was not had in ``wait`` seconds."""
        owner = secrets.token_hex(8)
        held = _until(wait, lambda: self._try(f"lock:{name}", owner, seconds))
        try:
            yield held
        finally:
            if held:
                with self._database.write() as connection:
                    connection.execute(_UNLOCK, {"name": f"lock:{name}", "value": owner})

    def _try(self, name: str, owner: str, seconds: float) -> bool:
        now = real_now()
        values = {"name": name, "value": owner, "now": now}
        with self._database.write() as connection:
            until = now + int(seconds * 1_000_000)
            return bool(connection.execute(_LOCK, {**values, "until": until}).rowcount)


class RedisCache:
    """Implements ``ports.SharedCache`` in Redis or Valkey."""

    def __init__(self, url: str, prefix: str = "weldmate:") -> None:
        self._redis = Redis.from_url(
            url, decode_responses=True, socket_timeout=2, socket_connect_timeout=2
        )
        self._prefix = prefix
        self._unlock = self._redis.register_script(_COMPARE_DELETE)

    def get(self, name: str) -> str | None:
        """Return a value that has not expired."""
        value = self._redis.get(self._prefix + name)
        return None if value is None else str(value)

    def put(self, name: str, value: str, seconds: float) -> None:
        """Keep a value for so many real seconds."""
        self._redis.set(self._prefix + name, value, px=max(1, int(seconds * 1000)))

    def drop(self, name: str) -> None:
        """Forget a value."""
        self._redis.delete(self._prefix + name)

    @contextmanager
    def lock(self, name: str, seconds: float, wait: float) -> Iterator[bool]:
        """Hold a named lock; yields False if it was not had in ``wait`` seconds."""
        key, owner = f"{self._prefix}lock:{name}", secrets.token_hex(8)
        milliseconds = max(1, int(seconds * 1000))
        held = _until(wait, lambda: bool(self._redis.set(key, owner, px=milliseconds, nx=True)))
        try:
            yield held
        finally:
            if held:
                self._unlock(keys=[key], args=[owner])


def _until(wait: float, attempt: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + wait
    while not attempt():
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_S)
    return True
