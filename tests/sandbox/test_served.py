"""What only a real connection shows: cuts, OAuth with cookies, the JS-SDK."""

import threading
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from sandbox.jssdk import signature
from tests.sandbox.conftest import APP_ID, SECRET, Control


@pytest.fixture
def web():
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def inside(served, world):
    return Control(world)


SEND = "/cgi-bin/message/custom/send"


def send(web, served, inside, openid):
    row = {"touser": openid, "msgtype": "text", "text": {"content": "x"}}
    query = {"access_token": inside.token()["access_token"]}
    return web.post(served + SEND, params=query, json=row, timeout=2).json()["errcode"]


@pytest.mark.parametrize(("kind", "shown"), [("cut_before", 0), ("cut_after", 1)])
def test_a_call_that_is_cut_has_no_answer(web, served, inside, kind, shown):
    openid = inside.follow()
    inside.post("/faults", [{"path": SEND, "kind": kind}])
    with pytest.raises(requests.ConnectionError):
        send(web, served, inside, openid)
    assert len(inside.bubbles(openid)) == shown
    assert inside.get("/wire")["entries"][-1]["answer"]["cut"] == kind.removeprefix("cut_")
    assert send(web, served, inside, openid) == 0


def authorize(world, **changes):
    query = {
        "appid": APP_ID,
        "redirect_uri": "http://bot.example/page?x=1",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "st",
        **changes,
    }
    return f"{world.account.base_url}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect"


def exchange(web, served, code, **changes):
    query = {"appid": APP_ID, "secret": SECRET, "grant_type": "authorization_code", "code": code}
    url = f"{served}/sns/oauth2/access_token"
    return web.get(url, params={**query, **changes}, timeout=2).json()


def enter(web, served, openid, url="/health"):
    web.get(f"{served}/open", params={"openid": openid, "url": url}, timeout=2)


def code_of(web, world):
    answer = web.get(authorize(world), allow_redirects=False, timeout=2)
    back = urlsplit(answer.headers["Location"])
    query = parse_qs(back.query)
    assert (back.hostname, query["x"], query["state"]) == ("bot.example", ["1"], ["st"])
    return query["code"][0]


def test_a_code_tells_once_who_is_looking(web, served, inside, world):
    openid = inside.follow()
    enter(web, served, openid)
    code = code_of(web, world)
    answer = exchange(web, served, code)
    assert (answer["openid"], answer["scope"]) == (openid, "snsapi_base")
    assert exchange(web, served, code)["errcode"] == 40163
    assert exchange(web, served, "none")["errcode"] == 40029
    assert exchange(web, served, code, secret="x")["errcode"] == 40125
    assert exchange(web, served, code, grant_type="x")["errcode"] == 40002


def test_a_code_lives_five_minutes(web, served, inside, world):
    enter(web, served, inside.follow())
    code = code_of(web, world)
    inside.pass_time(advance="5m")
    assert exchange(web, served, code)["errcode"] == 42003


def test_a_stranger_gets_no_code(web, served, inside, world):
    assert web.get(authorize(world), allow_redirects=False, timeout=2).status_code == 400
    enter(web, served, inside.follow())
    for wrong in ({"appid": "x"}, {"scope": "all"}, {"redirect_uri": "javascript:x"}):
        answer = web.get(authorize(world, **wrong), allow_redirects=False, timeout=2)
        assert answer.status_code == 400


def test_the_phone_may_be_open_under_another_name_of_this_machine(web, served, inside):
    openid = inside.follow()
    other = served.replace("127.0.0.1", "localhost")
    answer = web.get(f"{other}/open", params={"openid": openid, "url": "/health"}, timeout=2)
    assert answer.url == f"{served}/health"


def test_a_link_is_opened_as_that_welder(served, inside, world):
    openid = inside.follow()
    back = urlencode({"redirect_uri": f"{served}/health"})
    link = authorize(world).replace(
        urlencode({"redirect_uri": "http://bot.example/page?x=1"}), back
    )
    page = inside.do(openid, type="open", url=link)["page"]
    assert (page["status"], page["body"].strip()) == (200, '{"status":"ok"}')
    assert "code=" in page["url"]


def verify(web, served, world, **changes):
    url = "http://127.0.0.1:1/consent?a=1"
    ticket = world.tokens.ticket()[0]
    query = {"appId": APP_ID, "timestamp": "1", "nonceStr": "n", "url": url}
    query["signature"] = signature(ticket, "n", "1", url)
    headers = {"Origin": "http://127.0.0.1:1"}
    whole = {**query, **changes}
    return web.get(f"{served}/jssdk/verify", params=whole, headers=headers, timeout=2)


def test_a_page_is_verified(web, served, world):
    answer = verify(web, served, world)
    assert answer.json() == {"ok": True, "errMsg": "config:ok"}
    assert answer.headers["Access-Control-Allow-Origin"] == "http://127.0.0.1:1"
    assert verify(web, served, world, appId="x").json()["errMsg"] == "config:invalid appid"
    wrong = verify(web, served, world, url="http://127.0.0.1:1/other").json()
    assert wrong == {"ok": False, "errMsg": "config:invalid signature"}


def test_only_pages_of_this_machine_may_ask(web, served):
    answer = web.get(
        f"{served}/jssdk/verify", headers={"Origin": "https://evil.example"}, timeout=2
    )
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_consent_sheet_writes_consents_and_tells_the_bot(web, served, inside, bot):
    for name in ("a", "b"):
        row = {"id": name, "kind": "subscription", "title": name, "fields": {"thing1": "x"}}
        inside.post("/templates", row)
    titles = web.get(f"{served}/jssdk/templates?ids=a,b,none", timeout=2).json()
    assert titles == {"a": "a", "b": "b"}
    path = f"{served}/jssdk/consent"
    answers = {"templates": {"a": True, "b": False}}
    assert web.post(path, json=answers, timeout=2).json() == {"ok": False}
    openid = inside.follow()
    enter(web, served, openid)
    assert web.post(path, json=answers, timeout=2).json() == {"ok": True}
    assert inside.world.pusher.drained(2)
    listed = bot.seen[-1]["SubscribeMsgPopupEvent"]["List"]
    assert [(one["TemplateId"], one["SubscribeStatusString"]) for one in listed] == [
        ("a", "accept"),
        ("b", "reject"),
    ]
    (shown,) = inside.get("/followers")["followers"]
    assert shown["consents"] == {"a": 1, "b": 0}


def test_the_script_and_the_phone_are_served(web, served):
    script = web.get(f"{served}/jssdk/jweixin-1.6.0.js", timeout=2)
    assert "wx-open-subscribe" in script.text
    assert "javascript" in script.headers["Content-Type"]
    assert web.get(f"{served}/health", timeout=2).json() == {"status": "ok"}
    assert web.get(f"{served}/", timeout=2).status_code == 200
    assert web.get(f"{served}/phone/../app.py", timeout=2).status_code == 404


def test_answers_on_a_kept_connection_are_not_delayed(web, served):
    """Head and body in two packets would wait 40 ms for an acknowledgement."""
    took = []
    for _ in range(20):
        began = time.monotonic()
        web.get(f"{served}/control/clock", timeout=2)
        took.append(time.monotonic() - began)
    assert min(took) < 0.03


def test_many_callers_at_once(served, inside):
    people = [inside.follow() for _ in range(6)]
    wrong = []

    def talk(openid):
        with requests.Session() as session:
            session.trust_env = False
            for n in range(5):
                row = {"type": "text", "text": str(n)}
                path = f"{served}/control/followers/{openid}/messages"
                told = session.post(path, json=row, timeout=5).json()
                if told["status"] != "success":
                    wrong.append(told)

    threads = [threading.Thread(target=talk, args=(openid,)) for openid in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert all(len(inside.bubbles(openid)) == 5 for openid in people)
