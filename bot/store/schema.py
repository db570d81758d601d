"""Bringing a database to this release's schema."""

from __future__ import annotations

import errno
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from bot.store.database import file_of, make_private

_FOLDER = Path(__file__).parent / "migrations"


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["url"] = url
    return config


def upgrade(url: str) -> None:
    """Run every migration the database has not seen yet.

    Raises ``FileNotFoundError`` for a file in a folder that is not there, unless it is one
    beside the program: of a mistyped path no empty database is made.
    """
    with _alone(url):
        make_private(url)
        command.upgrade(_config(url), "head")


@contextmanager
def _alone(url: str) -> Iterator[None]:
    """Let one process migrate at a time; on PostgreSQL ``env.py`` takes a lock of its own."""
    path = file_of(url)
    if path is None:
        yield
        return
    if not path.is_absolute():
        path.parent.mkdir(parents=True, exist_ok=True)
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(path.parent))
    with path.with_name(f"{path.name}.migrating").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def version(url: str) -> tuple[str | None, str | None]:
    """Return (the database's revision, this release's); asking makes no file."""
    return _revision(url), ScriptDirectory.from_config(_config(url)).get_current_head()


def _revision(url: str) -> str | None:
    path = file_of(url)
    if path is not None and path.parent.is_dir() and not path.exists():
        return None
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
