"""The official vectors of the callback, another project's, and the JS-SDK's."""

import json
from datetime import UTC, datetime

import pytest

from bot.wechat.envelope import Envelope, Refused, check, sign
from bot.wechat.pages import js_signature
from tests.wechat.door import APP, KEY, TOKEN, gateway, message

SAFE = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZ"
    "qzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2"
    "Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBre"
    "bufAlr7F9mFUPAJGj04="
)
REPLY = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="


def test_the_official_check_of_the_console():
    query = {
        "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
        "timestamp": "1714036504",
        "nonce": "1514711492",
        "echostr": "4375120948345356249",
    }
    assert gateway().verify(query) == "4375120948345356249"
    for name in ("signature", "timestamp", "nonce"):
        with pytest.raises(Refused):
            gateway().verify({**query, name: "1"})
        with pytest.raises(Refused):
            gateway().verify({key: value for key, value in query.items() if key != name})


def test_the_official_plain_signature():
    query = {
        "signature": "899cf89e464efb63f54ddac96b0a0a235f53aa78",
        "timestamp": "1714037059",
        "nonce": "486452656",
    }
    assert sign(TOKEN, query["timestamp"], query["nonce"]) == query["signature"]
    at = datetime.fromtimestamp(1714037060, UTC)
    assert gateway(at, wechat_plain_allowed=True).open(query, message().encode()).text == "hi"


def test_the_official_safe_message_opens():
    expected = "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"
    assert sign(TOKEN, "1714112445", "415670741", SAFE) == expected
    check(expected, TOKEN, "1714112445", "415670741", SAFE)
    inner = Envelope(KEY, APP).open(SAFE)
    assert len(inner) == 167
    assert json.loads(inner)["CreateTime"] == 1714112445
    assert Envelope(KEY, APP).seal(inner, b"a8eedb185eb2fecf") == SAFE


def test_the_official_reply_is_sealed_to_the_letter():
    got = Envelope(KEY, APP).seal(b'{"demo_resp":"good luck"}', b"707722b803182950")
    assert got == REPLY
    signature = sign(TOKEN, "1713424427", "415670741", REPLY)
    assert signature == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


def test_another_projects_vector_opens():
    envelope = Envelope("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wxb11529c136998cb6")
    text = (
        "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="
    )
    assert envelope.open(text).decode() == "我是中文abcd123"
    assert envelope.seal("我是中文abcd123".encode(), b"aaaabbbbccccdddd") == text


def test_the_official_signature_of_the_js_sdk():
    ticket = (
        "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    )
    url = "http://mp.weixin.qq.com?params=value#part"
    got = js_signature(ticket, "Wm3WZYTPz0wzccnW", 1414587457, url)
    assert got == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"
