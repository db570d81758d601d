"""The control interface: followers, deeds, the clock, faults, the wire."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.clock import read_duration, read_instant


def test_a_follower_has_a_name_like_wechats_and_may_have_a_fixed_one(control, bot):
    openid = control.follow()
    assert (len(openid), openid[0]) == (28, "o")
    assert bot.seen[-1]["Event"] == "subscribe"
    assert bot.seen[-1]["EventKey"] == ""
    assert bot.seen[-1]["FromUserName"] == openid
    assert control.follow(openid="zhang") == "zhang"
    listed = control.get("/followers")["followers"]
    assert {one["openid"] for one in listed} == {openid, "zhang"}


def test_leaving_is_reported_and_silences(control, bot):
    openid = control.follow()
    answer = control.client.delete(f"/control/followers/{openid}").get_json()
    assert (answer["status"], bot.seen[-1]["Event"]) == ("success", "unsubscribe")
    path = f"/followers/{openid}/messages"
    assert "does not follow" in control.refused(path, {"type": "text", "text": "x"})
    assert "does not follow" in control.refused(f"/followers/{openid}", method="delete")
    control.follow(openid=openid)
    assert control.do(openid, type="text", text="x")["status"] == "success"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"type": "text", "text": "x]]>y"}, {"MsgType": "text", "Content": "x]]>y"}),
        ({"type": "voice"}, {"MsgType": "voice", "Format": "amr", "Recognition": ""}),
        ({"type": "video"}, {"MsgType": "video"}),
        ({"type": "shortvideo"}, {"MsgType": "shortvideo"}),
        ({"type": "location", "x": 30.5, "label": "L"}, {"Location_X": "30.5", "Label": "L"}),
        ({"type": "link", "url": "u", "title": "t"}, {"Url": "u", "Title": "t"}),
        ({"type": "file", "title": "a.pdf"}, {"MsgType": "file", "Title": "a.pdf"}),
        ({"type": "click", "key": "K"}, {"Event": "CLICK", "EventKey": "K"}),
        ({"type": "view", "url": "u"}, {"Event": "VIEW", "EventKey": "u", "MenuId": "1"}),
        ({"type": "view_miniprogram", "path": "p"}, {"Event": "view_miniprogram"}),
        ({"type": "scan", "scene": "s"}, {"Event": "SCAN", "EventKey": "s"}),
        (
            {"type": "scancode", "key": "k", "result": "r"},
            {
                "Event": "scancode_push",
                "ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": "r"},
            },
        ),
        ({"type": "photos", "event": "pic_sysphoto", "count": 2}, {"Event": "pic_sysphoto"}),
        ({"type": "place", "label": "L"}, {"Event": "location_select"}),
        ({"type": "report_location"}, {"Event": "LOCATION", "Precision": "119.0"}),
        ({"type": "raw", "fields": {"MsgType": "new", "A": "1"}}, {"MsgType": "new", "A": "1"}),
    ],
)
def test_every_deed_and_its_push(control, bot, row, expected):
    openid = control.follow()
    assert control.do(openid, **row)["status"] == "success"
    seen = bot.seen[-1]
    assert {name: seen.get(name) for name in expected} == expected
    assert seen["CreateTime"] == seen["query"]["timestamp"] or seen["CreateTime"].isdigit()
    assert ("MsgId" in seen) == (seen["MsgType"] != "event")


def test_times_are_virtual(control, bot):
    openid = control.follow()
    control.pass_time(to="2031-05-01T00:00:00Z")
    control.do(openid, type="text", text="x")
    at = int(datetime(2031, 5, 1, tzinfo=UTC).timestamp())
    assert abs(int(bot.seen[-1]["CreateTime"]) - at) <= 2
    assert abs(int(bot.seen[-1]["query"]["timestamp"]) - at) <= 2
    assert control.bubbles(openid)[0]["at"].startswith("2031-05-01T00:00:0")


@pytest.mark.parametrize(
    ("path", "row"),
    [
        ("/followers/nobody/messages", {"type": "text", "text": "x"}),
        ("/followers/zhang/messages", {}),
        ("/followers/zhang/messages", {"type": "poem"}),
        ("/followers/zhang/messages", {"type": "text"}),
        ("/followers/zhang/messages", {"type": "text", "text": 7}),
        ("/followers/zhang/messages", {"type": "image"}),
        ("/followers/zhang/messages", {"type": "image", "data": "*"}),
        ("/followers/zhang/messages", {"type": "choose", "n": 1}),
        ("/followers/zhang/messages", {"type": "location", "x": "north"}),
        ("/followers/zhang/messages", {"type": "photos", "event": "x"}),
        ("/followers/zhang/messages", {"type": "raw"}),
        ("/followers/zhang/messages", {"type": "open", "url": "file:///x"}),
        ("/followers/zhang/messages", {"type": "open", "url": "http://127.0.0.1:9/"}),
        ("/followers/zhang/messages", {"type": "text", "text": "x", "duplicates": -1}),
        ("/followers/zhang/messages", [1]),
        ("/followers", {"openid": "a b"}),
        ("/followers", {"openid": "zhang"}),
        ("/clock", {}),
        ("/clock", {"advance": "soon"}),
        ("/clock", {"to": "soon"}),
        ("/faults", {"kind": "boredom"}),
        ("/faults", [{"kind": "errcode"}]),
        ("/faults", [{"kind": "duplicate", "path": "/cgi-bin/token"}]),
        ("/faults", [{"kind": "slow", "times": 0}]),
        ("/faults", [{"kind": "slow", "seconds": -1}]),
        ("/templates", {"id": "x"}),
        ("/templates", {"id": "x", "kind": "template", "fields": [1]}),
        ("/reset", {"keep": ["everything"]}),
    ],
)
def test_a_mistake_is_one_sentence(control, path, row):
    control.follow(openid="zhang")
    sentence = control.refused(path, row)
    assert sentence.endswith(".")
    assert "Traceback" not in sentence


def test_paths_that_are_not_there(control):
    assert control.client.get("/control/nothing").status_code == 404
    assert control.client.put("/control/clock").get_json() == {"error": "Method Not Allowed."}
    assert control.refused("/wire?after=x", method="get")
    assert control.refused("/media/none", method="get")


def test_durations_and_instants():
    assert read_duration("1d12h") == timedelta(days=1.5)
    assert read_duration("90s") == timedelta(seconds=90)
    assert read_instant("2026-01-01T08:00:00+08:00") == datetime(2026, 1, 1, tzinfo=UTC)
    for bad in ("", "d", "1y", "-1d", "1.5d"):
        with pytest.raises(ValueError, match="no duration"):
            read_duration(bad)


def test_the_clock_only_goes_forward(control):
    first = read_instant(control.get("/clock")["now"])
    control.pass_time(advance="3d")
    then = read_instant(control.get("/clock")["now"])
    assert timedelta(days=3) <= then - first < timedelta(days=3, seconds=2)
    control.pass_time(to="2020-01-01T00:00:00Z")
    assert read_instant(control.get("/clock")["now"]) >= then
    assert 259_199 <= control.get("/clock")["offset"] < 259_202


class Due:
    """A bot with dues at some instants, each of which takes two questions to be done."""

    def __init__(self, *dues):
        self.dues = list(dues)
        self.visited = []
        self.patience = 1

    def __call__(self, now):
        now = read_instant(now)
        self.visited.append(now)
        past = [due for due in self.dues if due <= now]
        if past and self.patience:
            self.patience -= 1
            return {"pending": len(past), "next_due_at": None, "next_reminder_at": None}
        if past:
            self.dues.remove(past[0])
            self.patience = 1
            if past[1:]:
                return self(now.isoformat())
        at = min(self.dues, default=None)
        at = at and at.isoformat()
        return {"pending": 0, "next_due_at": at, "next_reminder_at": at}


def test_a_jump_stops_at_every_due_time(control, bot):
    now = read_instant(control.get("/clock")["now"])
    dues = [now + timedelta(days=n, hours=1) for n in range(4)]
    bot.due = Due(*dues)
    answer = control.pass_time(advance="3d")
    assert answer["late"] is False
    assert len(bot.due.dues) == 1
    for due in dues[:3]:
        assert any(timedelta(0) <= at - due < timedelta(seconds=1) for at in bot.due.visited)
    assert control.pass_time(to_next=True)["late"] is False
    assert bot.due.dues == []


def test_a_bot_that_does_not_finish_is_left_behind_and_named(control, bot):
    bot.due = lambda _now: {"pending": 1, "next_due_at": None, "next_reminder_at": None}
    assert control.pass_time(advance="1d")["late"] is True


def test_a_bot_without_dues_is_jumped_over(control):
    began = time.monotonic()
    assert control.pass_time(advance="3650d")["late"] is False
    assert time.monotonic() - began < 10  # 87,600 hours, one by one, take minutes


def test_a_jump_waits_for_pushes_in_flight(control, bot):
    openid = control.follow()
    bot.answers = [lambda _fields: time.sleep(0.1) or b"success"]
    control.do(openid, type="text", text="x", wait=False)
    control.pass_time(advance="1d")
    assert bot.seen[-1]["Content"] == "x"
    assert control.get("/wire")["entries"][-1]["answer"]["status"] == 200


def test_the_wire_shows_both_directions_in_clear_and_sealed(control, bot):
    openid = control.follow()
    bot.answers = [bot.says("你好")]
    control.do(openid, type="text", text="在吗")
    control.send(openid, "再见")
    entries = control.get("/wire")["entries"]
    push = [e for e in entries if e["kind"] == "push"][-1]
    assert "在吗" in push["request"]["xml"]
    assert "<Encrypt>" in push["request"]["body"]
    assert "你好" in push["answer"]["xml"]
    assert "<Encrypt>" in push["answer"]["body"]
    assert "msg_signature=" in push["request"]["url"]
    api = entries[-1]
    assert (api["kind"], api["request"]["method"]) == ("api", "POST")
    assert "再见" in api["request"]["body"]
    assert control.get(f"/wire?after={api['n']}") == {"entries": []}


def test_the_callback_is_verified_as_the_console_does(control):
    assert control.post("/verify") == {"ok": True}


def test_reset_forgets_everybody(control):
    control.follow()
    control.pass_time(advance="1d")
    template = {"id": "t", "kind": "template", "title": "T", "fields": {"thing1": "x"}}
    control.post("/templates", template)
    control.post("/reset")
    assert control.get("/followers") == {"followers": []}
    assert control.get("/wire") == {"entries": []}
    assert control.get("/clock")["offset"] == 0
    assert [t["id"] for t in control.get("/templates")["templates"]] == ["t"]
    control.post("/reset", {"keep": []})
    assert control.get("/templates")["templates"] == []


def test_errors_of_the_api_on_demand(control):
    openid = control.follow()
    path = "/cgi-bin/message/custom/send"
    rule = {"path": path, "kind": "errcode", "errcode": -1, "times": 2}
    assert control.post("/faults", [rule])["faults"][0]["times"] == 2
    assert [control.send(openid) for _ in range(3)] == [-1, -1, 0]
    assert len(control.bubbles(openid)) == 1
    assert control.get("/faults") == {"faults": []}


def test_a_fault_of_every_kind_on_the_api(control):
    control.follow()
    path, value = "/cgi-bin/user/get", control.token()["access_token"]
    control.post("/faults", [{"path": path, "kind": "http_500"}])
    answer = control.client.get(path, query_string={"access_token": value})
    assert answer.status_code == 500
    control.post("/faults", [{"path": path, "kind": "expire_token"}])
    assert control.code(path, access_token=value) == 42001
    assert control.token()["access_token"] != value
    control.post("/faults", [{"path": "*", "kind": "slow", "seconds": 0.1}])
    began = time.monotonic()
    control.code(path, access_token=control.world.tokens.stable()[0])
    assert time.monotonic() - began >= 0.1
    control.post("/faults", [{"path": "*", "kind": "slow", "times": 5}])
    control.client.delete("/control/faults")
    assert control.get("/faults") == {"faults": []}


def test_a_rule_by_chance_follows_the_seed(control):
    rule = {
        "path": "/cgi-bin/user/get",
        "kind": "errcode",
        "errcode": -1,
        "times": 99,
        "chance": 0.5,
    }
    control.post("/faults", [rule])
    codes = [control.code("/cgi-bin/user/get") for _ in range(40)]
    assert 8 < codes.count(-1) < 32


@pytest.mark.parametrize(("kind", "arrives"), [("cut_before", 1), ("cut_after", 2)])
def test_a_push_that_is_cut_is_tried_again(control, bot, kind, arrives):
    openid = control.follow()
    bot.seen.clear()
    bot.answers = [bot.says("好")] * 2
    control.post("/faults", [{"path": "push", "kind": kind}])
    answer = control.do(openid, type="text", text="x")
    assert (answer["status"], answer["tries"]) == ("ok", 2)
    assert len(bot.seen) == arrives
    assert len(control.bubbles(openid)) == 2


def test_a_duplicate_on_demand(control, bot):
    openid = control.follow()
    bot.seen.clear()
    control.post("/faults", [{"kind": "duplicate"}])
    answer = control.do(openid, type="text", text="x")
    assert len(bot.seen) == 2
    assert answer["duplicates"] == [{"status": "success", "same": True}]


def test_two_pushes_swap(control, bot):
    openid = control.follow()
    bot.seen.clear()
    control.post("/faults", [{"kind": "reorder"}])
    control.do(openid, type="text", text="1", wait=False)
    time.sleep(0.05)
    control.do(openid, type="text", text="2")
    assert control.world.pusher.drained(3)
    assert [m["Content"] for m in bot.seen] == ["2", "1"]
    assert int(bot.seen[0]["MsgId"]) > int(bot.seen[1]["MsgId"])


def test_a_push_with_nobody_to_swap_with_goes_in_the_end(control, bot):
    openid = control.follow()
    control.post("/faults", [{"kind": "reorder", "seconds": 0.05}])
    assert control.do(openid, type="text", text="1")["status"] == "success"


def test_parallel_messages_are_numbered_in_the_order_of_the_screen(control, bot):
    openid = control.follow()
    bot.seen.clear()

    def say(n):
        row = {"type": "text", "text": str(n)}
        control.client.application.test_client().post(
            f"/control/followers/{openid}/messages", json=row
        )

    threads = [threading.Thread(target=say, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shown = [b["text"] for b in control.bubbles(openid)]
    by_id = [m["Content"] for m in sorted(bot.seen, key=lambda m: int(m["MsgId"]))]
    assert shown == by_id
