"""The worker and the clock killed while they work; cut sends; Redis; two clocks for a year."""

import threading
from collections import Counter
from datetime import timedelta

import pytest

from bot.config import read_settings
from bot.domain.certificate import Certificate
from bot.domain.reminders import POINTS, SHANGHAI
from bot.handlers.router import answer
from bot.scheduler.clock import tick
from bot.scheduler.run import make_sender
from bot.store.driver import Statement
from bot.store.schema import upgrade
from bot.wiring import House
from tests.conftest import incoming
from tests.stand import Stand
from tests.talk import NotingCourier


def register(stand, openid, day="2027年3月5日"):
    stand.follow(openid)
    for words in ("我的证书", "1", day):
        stand.say(openid, words)


def reminders_told(stand, openid):
    return [b for b in stand.timeline(openid) if b["via"] in {"service", "subscription"}]


@pytest.mark.parametrize("redis", [False, True], ids=["embedded", "redis"])
def test_a_reminder_reaches_the_phone_when_the_clock_is_turned(
    sqlite_url, tmp_path, redis, request
):
    url = request.getfixturevalue("redis_url") if redis else ""
    with Stand(tmp_path, sqlite_url, url) as stand:
        stand.turn(to="2026-11-29T02:00:00+00:00")
        register(stand, "oA")
        stand.send("oA", type="consent", template="demo_expiry", accept=True)
        assert not stand.turn(advance="2d")["late"]
        (told,) = reminders_told(stand, "oA")
        assert told["via"] == "service"
        stand.turn(advance="8d")
        assert [b["via"] for b in reminders_told(stand, "oA")] == ["service", "subscription"]
        stand.turn(advance="100d")
        assert len(reminders_told(stand, "oA")) == 2
        reply = stand.say("oA", "在吗")["replies"][0]["text"]
        assert "过期" in reply


@pytest.mark.parametrize("part", ["worker", "clock"])
def test_a_killed_worker_or_clock_loses_and_doubles_nothing(sqlite_url, tmp_path, part):
    with Stand(tmp_path, sqlite_url) as stand:
        people = [f"oP{n}" for n in range(6)]
        for openid in people:
            register(stand, openid)
        stand.kill(part)
        stand.turn(advance="1d")
        stand.kill(part)
        assert [len(reminders_told(stand, openid)) for openid in people] == [1] * 6


def test_a_worker_killed_after_a_send_never_sends_it_again(sqlite_url, tmp_path):
    with Stand(tmp_path, sqlite_url, parts=("web", "worker", "clock")) as stand:
        register(stand, "oA")
        stand.arm("after_send")
        stand.call("POST", "/clock", {"advance": "1d"})
        stand.revive()
        lease_runs_out(stand)
        stand.turn(advance="1h")
        assert len(reminders_told(stand, "oA")) == 1


def lease_runs_out(stand):
    """Let the claim of whoever died be over, without waiting for it."""
    house = House(read_settings(stand.env))
    with house.database.write() as connection:
        over = Statement("UPDATE outbox SET claimed_until = 1 WHERE state = 'sending'")
        assert connection.execute(over).rowcount == 1
    house.close()


@pytest.mark.parametrize(("kind", "told"), [("cut_after", 1), ("http_500", 0), ("cut_before", 0)])
def test_a_send_whose_answer_is_lost_is_unknown_and_told_at_the_next_contact(
    sqlite_url, tmp_path, kind, told
):
    with Stand(tmp_path, sqlite_url) as stand:
        register(stand, "oA")
        rule = {"path": "/cgi-bin/message/custom/send", "kind": kind, "times": 1}
        stand.call("POST", "/faults", [rule])
        stand.turn(advance="2d")
        assert len(reminders_told(stand, "oA")) == told
        assert "有件事早该告诉您" in stand.say("oA", "在吗")["replies"][0]["text"]


def test_a_busy_platform_is_asked_again_and_a_dead_token_replaced(sqlite_url, tmp_path):
    with Stand(tmp_path, sqlite_url) as stand:
        register(stand, "oA")
        send = "/cgi-bin/message/custom/send"
        stand.call("POST", "/faults", [
            {"path": send, "kind": "errcode", "errcode": -1, "times": 2},
            {"path": send, "kind": "expire_token", "times": 3},
        ])  # fmt: skip
        stand.turn(advance="1d")
        assert len(reminders_told(stand, "oA")) == 1


def test_slow_and_reordered_pushes_are_answered_once_each(sqlite_url, tmp_path):
    with Stand(tmp_path, sqlite_url, parts=("web",)) as stand:
        stand.follow("oA")
        stand.call("POST", "/faults", [
            {"path": "push", "kind": "slow", "seconds": 0.5},
            {"path": "push", "kind": "cut_after"},
            {"path": "push", "kind": "duplicate"},
        ])  # fmt: skip
        for words in ("自查", "1", "1"):
            assert stand.say("oA", words)["status"] == "ok"
        assert "有效期" in stand.timeline("oA")[-1]["text"]


def test_two_clocks_for_a_year_owe_each_point_once(make_house, sqlite_url, clock, request):
    """Two clocks and two senders by accident, over a year, on one database."""
    count = 1000 if request.config.getoption("--full") else 40
    upgrade(sqlite_url)
    houses = [make_house(sqlite_url), make_house(sqlite_url)]
    couriers = [house.__dict__.setdefault("courier", NotingCourier()) for house in houses]
    start = clock.now().astimezone(SHANGHAI).date()
    for n in range(count):
        join(houses[0], n, start + timedelta(days=182 + n % 150), consents=n % 4)
    senders = [make_sender(house) for house in houses]
    for _ in range(345):
        clock.advance(days=1)
        both(lambda house: tick(house.services), houses)
        both(drain_outbox, senders)
    report(houses[0], couriers, count)


def join(house, n, expires_on, consents):
    now = house.clock.now()
    openid = f"oYear{n}"
    answer(incoming("在吗", openid=openid, at=now), house.services)
    with house.conversations.open(house.conversations.find(openid)) as conversation:
        conversation.certificates.save(Certificate(0, "housing", "", expires_on), now)
        for _ in range(consents):
            conversation.ledger.consent("tpl_expiry", True)


def both(work, things):
    threads = [threading.Thread(target=work, args=(thing,)) for thing in things]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def drain_outbox(sender):
    services = sender.services
    for _ in range(60):
        due = services.outbox.due(services.clock.now())
        if not due:
            return
        for message_id in due:
            sender.deliver(message_id)


def report(house, couriers, count):
    owed, states, told = Counter(), Counter(), Counter()
    for n in range(count):
        for row in house.services.outbox.history(f"oYear{n}"):
            owed[(n, row.message.point)] += 1
            states[row.state] += 1
            assert row.state == "sent" or row.reason, "an unsent row without a reason"
            told[n] += row.state == "sent"
    sent = Counter(to for courier in couriers for to, _, _ in courier.sent)
    print(f"\na year of two clocks over {count} certificates: {dict(states)}")
    assert set(owed.values()) == {1}
    assert len(owed) == count * len(POINTS)
    assert {f"oYear{n}": k for n, k in told.items() if k} == dict(sent)
