"""The database as a file: who can read it, and what is made when."""

import os
import stat

import pytest

from bot.store.database import Database
from bot.store.driver import Statement
from bot.store.schema import upgrade, version


@pytest.fixture
def open_umask():
    """A machine on which new files can be read by all."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder):
    return {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in folder.iterdir()
        if path.name.startswith("test.sqlite") and not path.name.endswith(".migrating")
    }


@pytest.mark.usefixtures("open_umask")
def test_a_database_file_is_its_owners_alone(sqlite_url, tmp_path):
    upgrade(sqlite_url)
    database = Database(sqlite_url)
    with database.write() as connection:
        connection.execute(Statement("INSERT INTO clockwork VALUES ('a', 'b')"))
    assert modes(tmp_path) == {
        "test.sqlite": 0o600, "test.sqlite-wal": 0o600, "test.sqlite-shm": 0o600,
    }  # fmt: skip
    database.close()


@pytest.mark.usefixtures("open_umask")
def test_a_file_that_is_first_opened_for_a_read_is_its_owners_alone(sqlite_url, tmp_path):
    database = Database(sqlite_url)
    with database.read():
        pass
    database.close()
    assert modes(tmp_path)["test.sqlite"] == 0o600


def test_asking_for_the_version_makes_no_file(sqlite_url, tmp_path):
    assert version(sqlite_url)[0] is None
    assert modes(tmp_path) == {}


def test_a_folder_elsewhere_is_not_made_of_a_typing_mistake(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        upgrade(f"sqlite:///{tmp_path / 'nowhere' / 'test.sqlite'}")
    assert not (tmp_path / "nowhere").exists()


def test_the_folder_beside_the_program_is_made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    upgrade("sqlite:///var/test.sqlite")
    assert (tmp_path / "var" / "test.sqlite").exists()
