"""The shared cache: one contract, the database's and Redis's."""

import threading
import time
from contextlib import closing

import pytest

from bot.store.cache import DatabaseCache, MemoryCache, RedisCache
from bot.store.cipher import Cipher
from bot.store.database import Database
from bot.store.schema import upgrade

CIPHER = Cipher({1: b"k" * 32})


@pytest.fixture(params=["sqlite", "postgres", "redis"])
def make_cache(request):
    """Make caches of one store, each with a cipher of its own."""
    url = request.getfixturevalue(f"{request.param}_url")
    if request.param == "redis":
        made = []
        yield lambda cipher: made.append(RedisCache(url, cipher)) or made[-1]
        for cache in made:
            cache.close()
        return
    upgrade(url)
    database = Database(url)
    yield lambda cipher: DatabaseCache(database, cipher)
    database.close()


@pytest.fixture
def cache(make_cache):
    return make_cache(CIPHER)


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


def test_a_process_of_its_own_keeps_values_and_locks_alike():
    memory = MemoryCache()
    test_a_value_is_kept_until_it_expires(memory)
    test_a_dropped_value_is_gone(memory)
    test_a_lock_is_held_by_one(memory)
    test_a_lock_not_had_in_time_says_so(memory)


def test_what_is_kept_cannot_be_read_without_the_key(sqlite_url, redis_url, tmp_path):
    import redis

    upgrade(sqlite_url)
    database = Database(sqlite_url)
    DatabaseCache(database, CIPHER).put("token:wx1", "SECRET_TOKEN", 60)
    with closing(RedisCache(redis_url, CIPHER)) as cache:
        cache.put("token:wx1", "SECRET_TOKEN", 60)
    database.close()
    files = b"".join(path.read_bytes() for path in tmp_path.glob("test.sqlite*"))
    assert b"token:wx1" in files
    assert b"SECRET_TOKEN" not in files
    with redis.Redis.from_url(redis_url) as client:
        assert b"SECRET_TOKEN" not in b"".join(client.mget(client.keys()))


def test_what_another_key_sealed_is_not_there(make_cache):
    make_cache(Cipher({1: b"a" * 32})).put("name", "value", 60)
    cache = make_cache(CIPHER)
    assert cache.get("name") is None
    cache.put("name", "other", 60)
    assert cache.get("name") == "other"


def test_what_an_older_release_kept_in_clear_is_not_there_but_replaced(sqlite_url):
    from bot.store.driver import Statement

    upgrade(sqlite_url)
    database = Database(sqlite_url)
    cache = DatabaseCache(database, CIPHER)
    with database.write() as connection:
        until = time.time_ns() // 1000 + 60_000_000
        clear = Statement("INSERT INTO cache VALUES ('name', :value, :until)")
        connection.execute(clear, {"value": '{"value": "T"}', "until": until})
    assert cache.get("name") is None
    cache.put("name", "{}", 60)
    with database.read() as connection:
        (kept,) = connection.execute(Statement("SELECT value FROM cache")).scalars()
    assert "{" not in kept
    database.close()
