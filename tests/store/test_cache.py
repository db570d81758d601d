"""The shared cache: one contract, the database's and Redis's."""

import threading
import time

import pytest

from bot.store.cache import DatabaseCache, RedisCache
from bot.store.database import Database
from bot.store.schema import upgrade


@pytest.fixture(params=["sqlite", "postgres", "redis"])
def cache(request):
    url = request.getfixturevalue(f"{request.param}_url")
    if request.param == "redis":
        yield RedisCache(url)
        return
    upgrade(url)
    database = Database(url)
    yield DatabaseCache(database)
    database.close()


def test_a_value_is_kept_until_it_expires(cache):
    cache.put("name", "value", 60)
    assert cache.get("name") == "value"
    cache.put("name", "other", 0.05)
    assert cache.get("name") == "other"
    time.sleep(0.1)
    assert cache.get("name") is None


def test_a_dropped_value_is_gone(cache):
    cache.put("name", "value", 60)
    cache.drop("name")
    assert cache.get("name") is None


def test_a_lock_is_held_by_one(cache):
    inside, most = 0, 0
    guard = threading.Lock()

    def hold():
        nonlocal inside, most
        with cache.lock("l", 10, 10) as held:
            assert held
            with guard:
                inside += 1
                most = max(most, inside)
            time.sleep(0.01)
            with guard:
                inside -= 1

    threads = [threading.Thread(target=hold) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_a_lock_not_had_in_time_says_so(cache):
    with cache.lock("l", 10, 1) as first, cache.lock("l", 10, 0.05) as second:
        assert first
        assert not second


def test_a_lock_whose_holder_died_is_free_again(cache):
    with cache.lock("l", 0.05, 1):
        time.sleep(0.1)
        with cache.lock("l", 10, 1) as second:
            assert second
