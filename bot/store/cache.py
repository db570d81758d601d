"""A small shared store with expiry and locks: the database's, and Redis's.

What it keeps are the account's own secrets, so values are sealed like everything else. A
value that does not open (another key, an older release) is one that is not there.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from redis import Redis

from bot.store.cipher import Cipher, Unreadable
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

NOBODY = 0
"""No contact has this id: the secrets are the account's."""


class Sealed:
    """Seals the value of a name as text, and opens it."""

    def __init__(self, cipher: Cipher) -> None:
        self._cipher = cipher

    def seal(self, name: str, value: str) -> str:
        """Encrypt a value for its name."""
        return base64.b64encode(self._cipher.seal(value, f"cache.{name}", NOBODY)).decode()

    def open(self, name: str, sealed: str | None) -> str | None:
        """Decrypt the value of a name; None if there is none that opens."""
        if sealed is None:
            return None
        try:
            raw = base64.b64decode(sealed, validate=True)
            return self._cipher.open(raw, f"cache.{name}", NOBODY)
        except (Unreadable, binascii.Error, ValueError):
            return None


class DatabaseCache:
    """Implements ``ports.SharedCache`` in a table."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self._database, self._sealed = database, Sealed(cipher)

    def get(self, name: str) -> str | None:
        """Return a value that has not expired."""
        with self._database.read() as connection:
            values = {"name": name, "now": real_now()}
            found = connection.execute(_GET, values).scalar_one_or_none()
        return self._sealed.open(name, found)

    def put(self, name: str, value: str, seconds: float) -> None:
        """Keep a value for so many real seconds."""
        with self._database.write() as connection:
            until = real_now() + int(seconds * 1_000_000)
            sealed = self._sealed.seal(name, value)
            connection.execute(_PUT, {"name": name, "value": sealed, "until": until})

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

    def __init__(self, url: str, cipher: Cipher, prefix: str = "weldmate:") -> None:
        self._redis = Redis.from_url(
            url, decode_responses=True, socket_timeout=2, socket_connect_timeout=2
        )
        self._prefix, self._sealed = prefix, Sealed(cipher)
        self._unlock = self._redis.register_script(_COMPARE_DELETE)

    def get(self, name: str) -> str | None:
        """Return a value that has not expired."""
        value = self._redis.get(self._prefix + name)
        return self._sealed.open(name, None if value is None else str(value))

    def put(self, name: str, value: str, seconds: float) -> None:
        """Keep a value for so many real seconds."""
        sealed = self._sealed.seal(name, value)
        self._redis.set(self._prefix + name, sealed, px=max(1, int(seconds * 1000)))

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

    def close(self) -> None:
        """Close every connection."""
        self._redis.close()


class MemoryCache:
    """Implements ``ports.SharedCache`` for one process that shares nothing, and a short time."""

    def __init__(self) -> None:
        self._values: dict[str, tuple[str, float]] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def get(self, name: str) -> str | None:
        """Return a value that has not expired."""
        value, until = self._values.get(name, (None, 0.0))
        return value if time.monotonic() < until else None

    def put(self, name: str, value: str, seconds: float) -> None:
        """Keep a value for so many real seconds."""
        self._values[name] = value, time.monotonic() + seconds

    def drop(self, name: str) -> None:
        """Forget a value."""
        self._values.pop(name, None)

    @contextmanager
    def lock(self, name: str, seconds: float, wait: float) -> Iterator[bool]:
        """Hold a named lock; yields False if it was not had in ``wait`` seconds."""
        held = self._locks[name].acquire(timeout=wait)
        try:
            yield held
        finally:
            if held:
                self._locks[name].release()


def _until(wait: float, attempt: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + wait
    while not attempt():
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_S)
    return True
