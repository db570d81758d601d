"""The HTTP door: the callback on the real wire, our pages, and what a monitor asks."""

from xml.etree import ElementTree as ET

import pytest

from bot.ports import Busy
from bot.web.app import create_app
from bot.wechat.envelope import Envelope, sign
from tests.conftest import ROOT


@pytest.fixture
def client(lite_house):
    return create_app(lite_house).test_client()


def push(house, words, number=1, openid="oA"):
    now = str(int(house.clock.now().timestamp()))
    xml = (
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{openid}</FromUserName>"
        f"<CreateTime>{now}</CreateTime><MsgType>text</MsgType><MsgId>{number}</MsgId>"
        f"<Content>{words}</Content></xml>"
    )
    settings = house.settings
    sealed = Envelope(settings.wechat_aes_key, settings.wechat_app_id).seal(xml.encode())
    query = {
        "timestamp": now, "nonce": "7", "encrypt_type": "aes",
        "msg_signature": sign(settings.wechat_token, now, "7", sealed),
    }  # fmt: skip
    return query, f"<xml><Encrypt>{sealed}</Encrypt></xml>"


def test_a_message_is_answered_sealed(client, lite_house):
    query, body = push(lite_house, "自查")
    answer = client.post("/wechat", query_string=query, data=body)
    assert answer.status_code == 200
    sealed = ET.fromstring(answer.data).findtext("Encrypt")
    settings = lite_house.settings
    xml = Envelope(settings.wechat_aes_key, settings.wechat_app_id).open(sealed).decode()
    assert "哪家发的" in xml


def test_an_exact_replay_gets_the_same_words(client, lite_house):
    query, body = push(lite_house, "自查")
    first, second = (client.post("/wechat", query_string=query, data=body) for _ in range(2))
    assert first.status_code == second.status_code == 200
    with lite_house.conversations.open(1) as conversation:
        assert conversation.person.turn == 1


@pytest.mark.parametrize("body", [b"", b"x", b"<xml/>", b"<xml><Encrypt>x</Encrypt></xml>"])
def test_what_is_not_from_wechat_is_refused_without_a_traceback(client, body):
    answer = client.post("/wechat", data=body)
    assert answer.status_code in {400, 403}
    assert b"Traceback" not in answer.data


def test_the_console_checks_us(client, lite_house):
    signature = sign(lite_house.settings.wechat_token, "1", "2")
    query = {"signature": signature, "timestamp": "1", "nonce": "2", "echostr": "e7"}
    assert client.get("/wechat", query_string=query).data == b"e7"
    assert client.get("/wechat", query_string={**query, "nonce": "3"}).status_code == 403


def test_a_monitor_can_ask(client, lite_house):
    assert client.get("/health").json == {"status": "ok"}
    assert client.get("/ready").status_code == 200
    query, body = push(lite_house, "自查")
    client.post("/wechat", query_string=query, data=body)
    assert b'weldmate_turn_seconds_count{kind="text"} 1.0' in client.get("/metrics").data


def test_not_ready_before_the_schema_is_there(make_house, tmp_path):
    house = make_house(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    assert create_app(house).test_client().get("/ready").status_code == 503


def test_the_demos_door_is_not_there_in_production(make_house, sqlite_url):
    house = make_house(sqlite_url, weldmate_env="production")
    assert create_app(house).test_client().get("/demo/due?now=2026-01-01").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["", "?now=x", "?now=2026-11-24T10:00", "?now=2026-11-24", "?now=9999-12-31T23:59:59%2B00:00",
     "?now=0001-01-01T00:00:00%2B08:00"],
)  # fmt: skip
def test_the_demos_door_wants_an_instant(client, query):
    answer = client.get(f"/demo/due{query}")
    assert answer.status_code == 400
    assert b"Traceback" not in answer.data
    assert client.get("/demo/due?now=2026-11-24T10:00%2B08:00").json["pending"] == 0


def test_a_message_that_cannot_be_recorded_is_refused_without_a_traceback(
    client, lite_house, monkeypatch, caplog
):
    def busy(*_args):
        raise Busy

    monkeypatch.setattr(lite_house.conversations, "arrive", busy)
    query, body = push(lite_house, "自查")
    assert client.post("/wechat", query_string=query, data=body).status_code == 503
    assert [record.exc_info for record in caplog.records] == [None]
    monkeypatch.undo()
    assert client.post("/wechat", query_string=query, data=body).status_code == 200


@pytest.mark.parametrize("token", ["x", "WyJjb25zZW50Il0.x.y", "a" * 500])
def test_a_false_link_is_gone(client, token):
    assert client.get(f"/consent/{token}").status_code == 410


def test_a_link_of_another_purpose_or_too_old_is_gone(client, lite_house, clock):
    other = lite_house.links.make("pay", "oA").rpartition("/")[2]
    assert client.get(f"/consent/{other}").status_code == 410
    good = lite_house.links.make("consent", "oA").rpartition("/")[2]
    answer = client.get(f"/consent/{good}")
    assert answer.status_code == 302
    assert "connect/oauth2/authorize" in answer.location
    clock.advance(days=3)
    assert client.get(f"/consent/{good}").status_code == 410


def test_a_forwarded_link_with_a_foreign_state_is_gone(client, lite_house):
    good = lite_house.links.make("consent", "oA").rpartition("/")[2]
    assert client.get(f"/consent/{good}?code=c&state=wrong").status_code == 410


def test_the_pages_are_where_the_application_looks():
    assert (ROOT / "bot/web/pages/consent.html").exists()
