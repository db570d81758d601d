import os
import shutil
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import create_engine, make_url, text

from bot.config import Settings
from bot.library import load
from bot.messages import Incoming
from bot.store.schema import upgrade
from bot.wiring import House, make_ear
from tests import servers
from tests.servers import need

ROOT = Path(__file__).parent.parent

hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") == "true" else "local")


def pytest_addoption(parser):
    parser.addoption("--update", action="store_true", help="rewrite the transcripts' answers")
    parser.addoption("--full", action="store_true", help="the long form of the fault tests")


def pytest_collection_modifyitems(config, items):
    """Leave the long form out: it is asked for, not skipped."""
    if config.getoption("--full"):
        return
    long = [item for item in items if item.get_closest_marker("full")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if not item.get_closest_marker("full")]


@pytest.fixture(scope="session")
def library():
    return load(ROOT / "content")


@pytest.fixture(scope="session")
def postgres_server():
    with servers.postgres() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server):
    """A fresh database."""
    name = f"t{uuid.uuid4().hex[:12]}"
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session")
def redis_server():
    with servers.valkey() as url:
        yield url


@pytest.fixture
def redis_url(redis_server):
    """A flushed Redis."""
    import redis

    client = redis.Redis.from_url(redis_server)
    client.flushall()
    client.close()
    return redis_server


@pytest.fixture
def sqlite_url(tmp_path):
    return f"sqlite:///{tmp_path / 'test.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request):
    """Every test that asks for it runs on both databases."""
    return request.getfixturevalue(f"{request.param.removesuffix('ql')}_url")


@pytest.fixture
def chromium():
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    need(found, "Chromium is not installed: apt-get install chromium")
    return found


@pytest.fixture
def node():
    found = shutil.which("node") and shutil.which("npm")
    need(found, "Node is not installed: apt-get install nodejs npm")
    return shutil.which("node")


class StandingClock:
    """A clock that goes on only when it is told to."""

    def __init__(self, at=datetime(2026, 11, 24, 2, tzinfo=UTC)):
        self.at = at

    def now(self):
        return self.at

    def advance(self, **parts):
        self.at += timedelta(**parts)


@pytest.fixture
def clock():
    return StandingClock()


def test_settings(url, folder, **more):
    return Settings(
        **{
            "wechat_app_id": "wx0000000000000001",
            "wechat_app_secret": "s" * 32,
            "wechat_token": "testtoken",
            "wechat_aes_key": "A" * 43,
            "database_url": url,
            "data_key_file": folder / "data.key",
            "weldmate_env": "test",
            "wechat_consent_template": "tpl_expiry",
            **more,
        }
    )


test_settings.__test__ = False


@pytest.fixture(scope="session")
def ear(library):
    """One ear for all tests: it holds weights and remembers nothing."""
    return make_ear(ROOT / "content", library)


@pytest.fixture
def make_house(tmp_path, clock, library, ear):
    """Make houses on a database, all with the same clock and content."""
    made = []

    def make(url, **more):
        house = House(test_settings(url, tmp_path, **more))
        house.__dict__["clock"] = clock
        house.__dict__["library"] = library
        house.__dict__["ear"] = ear
        made.append(house)
        return house

    yield make
    for house in made:
        house.close()


@pytest.fixture
def house(make_house, database_url):
    """A house on a fresh database, SQLite and PostgreSQL in turn."""
    upgrade(database_url)
    return make_house(database_url)


@pytest.fixture
def lite_house(make_house, sqlite_url):
    """A house on SQLite alone, where the database is not what is tested."""
    upgrade(sqlite_url)
    return make_house(sqlite_url)


_number = 0


def incoming(words="", openid="oWelder", kind="text", *, key=None, at=None, **more):
    """Make a message; each is a new one unless ``key`` says otherwise."""
    global _number  # noqa: PLW0603
    _number += 1
    at = at or datetime(2026, 11, 24, 2, tzinfo=UTC)
    return Incoming(key or f"{openid}:{_number}", openid, kind, at, words, account="gh_1", **more)
