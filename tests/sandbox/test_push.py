"""Pushes: what goes out, three tries, five seconds, and what may come back."""

import socket
import threading
import time

import pytest

from sandbox.markup import build
from sandbox.push import Patience
from sandbox.state import State
from sandbox.timeline import TROUBLE
from sandbox.world import World
from tests.sandbox.conftest import Control, reply_to


def test_a_reply_becomes_a_bubble(control, bot):
    openid = control.follow()
    bot.answers.append(bot.says("您好"))
    answer = control.do(openid, type="text", text="在吗")
    assert (answer["status"], answer["tries"], answer["n"]) == ("ok", 1, 1)
    assert [b["text"] for b in answer["replies"]] == ["您好"]
    mine, theirs = control.bubbles(openid)
    assert (mine["from"], mine["via"], mine["text"]) == ("welder", None, "在吗")
    assert (theirs["from"], theirs["via"], theirs["n"]) == ("account", "passive", 2)


@pytest.mark.parametrize("nothing", [b"success", b"", b" \n"])
def test_success_and_nothing_show_nothing(control, bot, nothing):
    openid = control.follow()
    bot.answers.append(nothing)
    answer = control.do(openid, type="text", text="x")
    assert (answer["status"], answer["replies"], answer["tries"]) == ("success", [], 1)


def test_retries_carry_the_same_message_in_a_new_envelope(control, bot):
    openid = control.follow()
    bot.seen.clear()
    bot.answers = [500, 502, bot.says("好")]
    answer = control.do(openid, type="text", text="x")
    assert (answer["status"], answer["tries"]) == ("ok", 3)
    assert len({(m["MsgId"], m["CreateTime"], m["Content"]) for m in bot.seen}) == 1
    assert len({m["query"]["nonce"] for m in bot.seen}) == 3


@pytest.mark.parametrize("limit_s", [0.15])
def test_a_bot_that_is_too_slow_is_asked_three_times(control, bot):
    openid = control.follow()
    bot.seen.clear()
    bot.answers = [lambda _fields: time.sleep(0.2) or b"success"] * 3
    began = time.monotonic()
    answer = control.do(openid, type="text", text="x")
    assert (answer["status"], answer["tries"], answer["reason"]) == ("failed", 3, "timeout")
    assert 0.45 <= time.monotonic() - began < 5
    assert [b["text"] for b in answer["replies"]] == [TROUBLE]
    assert (answer["replies"][0]["from"], answer["replies"][0]["via"]) == ("system", "system")


def test_a_bot_that_drips_does_not_get_more_time(account):
    """Each byte is in time, the whole is not."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip():
            for _ in range(3):
                door, _ = listener.accept()
                with door:
                    door.recv(65536)
                    try:
                        for byte in b"HTTP/1.1 200 OK\r\n" * 3:
                            door.sendall(bytes([byte]))
                            time.sleep(0.02)
                    except OSError:
                        pass

        threading.Thread(target=drip, daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        slow = type(account)(*(account.app_id, "s", account.token, account.aes_key, url))
        state = State()
        world = World(slow, state, patience=Patience(limit_s=0.15, gap_s=0))
        outcome = world.pusher.push("o1", {"MsgType": "text", "Content": "x"})
        assert (outcome.status, outcome.reason) == ("failed", "timeout")
        state.close()


def test_nobody_listens(account):
    state = State()
    gone = type(account)(
        *(account.app_id, "s", account.token, account.aes_key, "http://127.0.0.1:9")
    )
    control = Control(World(gone, state, patience=Patience(gap_s=0)))
    answer = control.post("/followers", {})
    assert (answer["status"], answer["tries"], answer["reason"]) == ("failed", 3, "refused")
    state.close()


@pytest.mark.parametrize("kind", ["unsubscribe", "VIEW"])
def test_who_expects_no_answer_sees_no_trouble(control, bot, kind):
    openid = control.follow()
    bot.answers = [500] * 3
    if kind == "unsubscribe":
        answer = control.client.delete(f"/control/followers/{openid}").get_json()
    else:
        answer = control.do(openid, type="view", url="https://a.example")
    assert (answer["status"], answer["replies"]) == ("failed", [])


def bad_replies(bot):
    def broken(sealed, old, new):
        return lambda fields: bot.seal(reply_to(fields, Content="x")).replace(old, new)

    return {
        "signature": broken(bot, b"<MsgSignature><![CDATA[", b"<MsgSignature><![CDATA[0"),
        "no nonce": broken(bot, b"<Nonce><![CDATA[n]]></Nonce>", b""),
        "plain": lambda fields: reply_to(fields, Content="x").encode(),
        "json": b'{"ok": true}',
        "page": b"<!doctype html><h1>Internal Server Error</h1>",
        "bytes": b"\xff\xfe",
        "receiver": bot.says("x", ToUserName="somebody"),
        "sender": bot.says("x", FromUserName="gh_other"),
        "time": bot.says("x", CreateTime="soon"),
        "type": bot.says("x", MsgType="poem"),
        "empty": bot.says(""),
        "long": bot.says("焊" * 683),
        "no image": bot.says("x", MsgType="image"),
        "no article": bot.says("x", MsgType="news"),
        "two articles": bot.says("x", MsgType="news", Articles=[{"Title": "a"}, {"Title": "b"}]),
        "cut": lambda fields: bot.seal(reply_to(fields, Content="x")[:-6]),
    }


def test_every_malformed_reply_is_trouble_without_a_retry(control, bot):
    openid = control.follow()
    for name, answer in bad_replies(bot).items():
        bot.answers = [answer]
        told = control.do(openid, type="text", text=name)
        assert (told["status"], told["tries"]) == ("failed", 1), name
        assert [b["text"] for b in told["replies"]] == [TROUBLE], name
        refused = control.get("/wire")["entries"][-1]["answer"]["refused"]
        assert refused == told["reason"], name


def test_every_kind_of_reply(control, bot):
    openid = control.follow()
    kinds = {
        "image": {"Image": {"MediaId": "m"}},
        "voice": {"Voice": {"MediaId": "m"}},
        "video": {"Video": {"MediaId": "m"}},
        "music": {"Music": {"Title": "t"}},
        "news": {"Articles": [{"Title": "须知", "Url": "https://a.example"}]},
    }
    for kind, parts in kinds.items():
        bot.answers = [bot.says("", MsgType=kind, **parts)]
        (bubble,) = control.do(openid, type="text", text="x")["replies"]
        assert bubble["type"] == ("card" if kind == "news" else kind)
    bot.answers = [bot.says("", MsgType="transfer_customer_service")]
    assert control.do(openid, type="text", text="x")["replies"] == []


def test_duplicates_arrive_and_show_once(control, bot):
    openid = control.follow()
    bot.seen.clear()
    bot.answers = [bot.says("一"), bot.says("一"), bot.says("二")]
    answer = control.do(openid, type="text", text="x", duplicates=2)
    assert len(bot.seen) == 3
    assert len({m["query"]["nonce"] for m in bot.seen}) == 1
    assert len(answer["replies"]) == 1
    assert sorted(d["same"] for d in answer["duplicates"]) in ([False, False], [False, True])


def test_nine_photos_at_once_are_nine_photos(control, bot):
    openid = control.follow()
    bot.seen.clear()
    rows = [{"type": "image", "data": "/9j/", "wait": False} for _ in range(9)]
    for row in rows:
        assert control.post(f"/followers/{openid}/messages", row)["status"] == "pushed"
    assert control.world.pusher.drained(3)
    assert len({m["MsgId"] for m in bot.seen}) == 9
    assert [b["n"] for b in control.bubbles(openid)] == list(range(1, 10))


def test_many_welders_at_once(control, bot):
    people = [control.follow() for _ in range(8)]
    bot.answers = [bot.says("好")] * 80

    def talk(openid):
        for n in range(10):
            control.world.pusher.push(openid, {"MsgType": "text", "Content": str(n)})

    threads = [threading.Thread(target=talk, args=(openid,)) for openid in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for openid in people:
        assert [b["n"] for b in control.bubbles(openid)] == list(range(1, 11))


def test_plain_mode(account, bot):
    bot.mode = "plain"
    state = State()
    values = (account.app_id, "s", account.token, account.aes_key, bot.url, "http://x", "plain")
    control = Control(World(type(account)(*values), state))
    bot.answers = [lambda fields: reply_to(fields, Content="明").encode()]
    answer = control.post("/followers", {})
    assert [b["text"] for b in answer["replies"]] == ["明"]
    assert "encrypt_type" not in bot.seen[0]["query"]
    state.close()


def test_raw_documents_go_out_as_they_are(control, bot):
    openid = control.follow()
    control.do(openid, type="raw", xml=build({"MsgType": "text", "Odd": "1"}))
    assert bot.seen[-1]["Odd"] == "1"
    control.do(
        openid, type="raw", fields={"MsgType": "event", "Event": "annual_renew", "X": {"Y": 1}}
    )
    assert (bot.seen[-1]["Event"], bot.seen[-1]["X"]) == ("annual_renew", {"Y": "1"})
