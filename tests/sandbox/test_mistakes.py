"""Whatever is sent to the sandbox: a mistake is a sentence, never a 500."""

import json

import pytest

from tests.sandbox.conftest import APP_ID

HUGE = "9" * 23


def answer_to(control, path, raw):
    return control.client.post(path, data=raw, content_type="application/json")


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "slow", "seconds": 0, "path": ["a"]},
        {"kind": "slow", "seconds": 0, "path": 5},
        {"kind": ["slow"]},
        {"kind": "errcode", "errcode": True},
    ],
)
def test_a_fault_that_is_none_is_refused_and_strikes_nobody(control, rule):
    openid = control.follow()
    assert control.refused("/faults", rule)
    assert control.get("/faults")["faults"] == []
    assert control.do(openid, type="text", text="x")["status"] == "success"
    assert control.send(openid) == 0


@pytest.mark.parametrize(
    "raw",
    [
        rb'{"type":"text","text":"\ud800"}',
        rb'{"type":"raw","xml":"\ud800"}',
        rb'{"type":"raw","fields":{"a":"\ud800"}}',
        b'{"type":"location","scale":1e999}',
        b'{"type":"location","scale":NaN}',
        b'{"type":"location","x":Infinity}',
        b'{"type":"file","size":1e999}',
        b'{"type":"photos","count":1000000000}',
        b'{"type":"photos","count":-1}',
        b'{"type":"choose","n":1,"of":-99999999999999999999999}',
        b'{"type":"choose","n":1,"of":99999999999999999999999}',
        b"[" * 100_000,
    ],
)
def test_a_message_that_cannot_be_is_refused(control, raw):
    openid = control.follow()
    answer = answer_to(control, f"/control/followers/{openid}/messages", raw)
    assert (answer.status_code, list(answer.get_json())) == (400, ["error"])


@pytest.mark.parametrize(
    ("path", "row"),
    [
        ("/templates", {"id": "x", "kind": ["template"], "fields": {}}),
        ("/reset", {"keep": [["a"]]}),
        ("/reset", {"keep": [{}]}),
    ],
)
def test_a_list_where_a_word_belongs_is_refused(control, path, row):
    assert control.refused(path, row)


def test_a_number_that_no_log_can_reach_is_refused(control):
    openid = control.follow()
    for path in ("/wire", f"/followers/{openid}/timeline"):
        assert control.refused(f"{path}?after={HUGE}", method="get")


def test_a_consent_that_utf_8_cannot_carry_is_no_consent(control):
    openid = control.follow()
    control.client.set_cookie("sandbox_openid", openid, domain="localhost")
    raw = rb'{"templates":{"\ud800":true}}'
    assert answer_to(control, "/jssdk/consent", raw).get_json() == {"ok": False}


def test_an_address_that_is_none_is_not_gone_back_to(control):
    openid = control.follow()
    control.client.set_cookie("sandbox_openid", openid, domain="localhost")
    query = {"appid": APP_ID, "response_type": "code", "scope": "snsapi_base"}
    for back in ("http://[", "http://h:99999/", "nowhere"):
        answer = control.client.get(
            "/connect/oauth2/authorize", query_string={**query, "redirect_uri": back}
        )
        assert answer.status_code == 400
        assert "redirect_uri" in answer.get_data(as_text=True)


@pytest.mark.parametrize("url", ["http://[bad", "http://127.0.0.1:99999/", "nowhere"])
def test_a_link_that_is_no_address_opens_nothing(control, world, url):
    query = {"openid": control.follow(), "url": url}
    assert (
        control.client.get("/open", base_url=world.account.base_url, query_string=query).status_code
        == 400
    )


@pytest.mark.parametrize(
    ("path", "row"),
    [
        ("/cgi-bin/tags/update", {"tag": {"id": [], "name": "a"}}),
        ("/cgi-bin/tags/delete", {"tag": {"id": []}}),
        ("/cgi-bin/tags/delete", {"tag": {"id": {}}}),
        ("/cgi-bin/user/tag/get", {"tagid": [1]}),
        ("/cgi-bin/tags/members/batchtagging", {"tagid": [1], "openid_list": ["a"]}),
    ],
)
def test_a_tag_that_is_no_number_is_an_error_of_the_api(control, path, row):
    assert control.code(path, row) == 45159


def test_a_body_that_is_deeper_than_json_is_a_format_error_of_the_api(control):
    query = {"access_token": control.token()["access_token"]}
    answer = control.client.post("/cgi-bin/tags/create", data=b"[" * 100_000, query_string=query)
    assert json.loads(answer.data)["errcode"] == 47001
