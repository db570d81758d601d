"""The lock that is had in the order in which it was asked for."""

import random
import threading
import time

from bot.store.fair import FairLock


def test_whoever_asked_first_is_served_first():
    lock, served, threads = FairLock(), [], []
    assert lock.acquire(0)

    def ask(n):
        assert lock.acquire(10)
        served.append(n)
        lock.release()

    for n in range(20):
        threads.append(threading.Thread(target=ask, args=(n,)))
        threads[-1].start()
        while len(lock._line) <= n:
            time.sleep(0.0005)
    lock.release()
    for thread in threads:
        thread.join()
    assert served == list(range(20))
    assert lock.acquire(0)


def test_who_gives_up_holds_nobody_up():
    lock = FairLock()
    assert lock.acquire(0)
    assert not lock.acquire(0)
    assert not lock.acquire(0.01)
    lock.release()
    assert lock.acquire(0)


def test_one_holds_it_at_a_time_even_when_waiting_ends_as_it_is_handed_over():
    lock, inside, most, had = FairLock(), [], [], []
    dice = random.Random(1)
    waits = [[dice.choice((0, 0.0001, 0.001, 1)) for _ in range(150)] for _ in range(8)]

    def work(mine):
        for wait in mine:
            if lock.acquire(wait):
                inside.append(1)
                most.append(len(inside))
                had.append(1)
                time.sleep(0.0002)
                inside.pop()
                lock.release()

    threads = [threading.Thread(target=work, args=(mine,)) for mine in waits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert len(had) > 8
    assert lock.acquire(0)
