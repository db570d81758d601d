"""``kill -9`` of the web process anywhere: nothing lost, nothing doubled, nothing reworded.

Many conversations run against one installation while its web process is killed at named
points and at random moments; each must look exactly like one that nobody disturbed.
"""

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import create_engine, text

from tests.stand import Stand

POINTS = ("after_arrival", "before_commit", "after_commit", "before_answer", "random")

TALK = (
    ("自查", 0), ("1", 1), ("1", 0), ("明年三月", 2), ("证几年审一次", 0), ("5号", 0), ("好", 1),
    ("没得", 0), ("没有", 0), ("有单位", 0), ("学够了", 1), ("要", 2), ("我的证书", 0), ("1", 0),
    ("不动它", 0), ("人工", 1),
)  # fmt: skip


def converse(stand, openid):
    """One welder's talk, with duplicates, and three photos at once at the end."""
    stand.follow(openid)
    refused = 0
    for words, duplicates in TALK:
        refused += stand.say(openid, words, duplicates=duplicates)["status"] == "failed"
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: stand.send(openid, type="image", data="/9j/2Q=="), range(3)))
    return refused


def seen(stand, openid):
    """The talk as he saw it; the three photos and their answers in no certain order."""
    bubbles = [(b["from"], b["via"], b["type"], b["text"]) for b in stand.timeline(openid)]
    head = 1 + 2 * len(TALK)
    return bubbles[:head], Counter(bubbles[head:])


def records(url, openid):
    """What is kept of him, without numbers and times."""
    engine = create_engine(url)
    queries = {
        "contact": "SELECT turn, waiting, followed FROM contacts WHERE openid = :openid",
        "arrivals": "SELECT count(*), count(done_at), count(reply) FROM arrivals a"
        " JOIN contacts p ON p.id = a.contact_id WHERE openid = :openid",
        "certificates": "SELECT authority, expires_on, status FROM certificates c"
        " JOIN contacts p ON p.id = c.contact_id WHERE openid = :openid",
        "outbox": "SELECT kind, point, state FROM outbox o"
        " JOIN contacts p ON p.id = o.contact_id WHERE openid = :openid ORDER BY point",
        "human": "SELECT h.state, h.reason FROM human_requests h"
        " JOIN contacts p ON p.id = h.contact_id WHERE openid = :openid",
        "timers": "SELECT kind, t.turn FROM timers t"
        " JOIN contacts p ON p.id = t.contact_id WHERE openid = :openid",
    }
    with engine.connect() as connection:
        found = {
            name: [tuple(row) for row in connection.execute(text(query), {"openid": openid})]
            for name, query in queries.items()
        }
    engine.dispose()
    return found


def kill_later(stand, dice):
    time.sleep(dice.uniform(0, 0.4))
    stand.kill_web()


def test_killing_the_web_process_changes_nothing(database_url, tmp_path, request):
    full = request.config.getoption("--full")
    rounds = 200 if full else 10
    dice = random.Random(20261124)
    totals = Counter()
    with Stand(tmp_path, database_url, parts=("web", "worker", "clock")) as stand:
        converse(stand, "oReference")
        expected, kept = seen(stand, "oReference"), records(database_url, "oReference")
        assert len(expected[0]) == 1 + 2 * len(TALK)
        for n in range(rounds):
            point = POINTS[n % len(POINTS)]
            if point == "random":
                killer = threading.Thread(target=kill_later, args=(stand, dice))
                killer.start()
            else:
                stand.arm(point, dice.randrange(1, len(TALK)))
            openid = f"oKilled{n}"
            refused = converse(stand, openid)
            if point == "random":
                killer.join()
            stand.disarm()
            totals["tried"] += 1
            if refused:
                totals["refused on all three tries"] += refused
                continue
            totals["changed bubbles"] += seen(stand, openid) != expected
            totals["changed records"] += records(database_url, openid) != kept
            if totals["changed bubbles"] or totals["changed records"]:
                print(point, openid, seen(stand, openid), records(database_url, openid), kept)
                break
    print(f"\nkill -9 of web on {database_url.partition(':')[0]}: {dict(totals)}")
    assert totals["changed bubbles"] == totals["changed records"] == 0
    assert totals["refused on all three tries"] <= rounds // 20
