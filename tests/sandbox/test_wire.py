"""WeChat's own vectors (wechat.md 1.2 and 9), and everything that can be wrong."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.jssdk import signature
from sandbox.wire import BadEnvelope, Envelope, sign, signed

APP = "wxba5fad812f8e6fb9"
ENCRYPT = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcv"
    "ZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3F"
    "n2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSe"
    "OBrebufAlr7F9mFUPAJGj04="
)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("AAAAA", "1714036504", "1514711492"), "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        (("AAAAA", "1714037059", "486452656"), "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
        (("AAAAA", "1714112445", "415670741"), "6c5c811b55cc85e0e1b54100749188c20beb3f5d"),
        (
            ("AAAAA", "1714112445", "415670741", ENCRYPT),
            "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
        ),
    ],
)
def test_the_signatures_of_the_official_page(parts, expected):
    assert sign(*parts) == expected
    assert signed(expected, *parts)
    assert not signed(expected, *parts[:-1], "other")


def test_the_sealed_message_of_the_official_page_opens():
    text = Envelope("A" * 43, APP).open(ENCRYPT)
    assert len(text.encode()) == 167
    assert "debug_demo" in text


def test_the_sealed_reply_of_the_official_page_is_the_same_to_the_byte():
    sealed = Envelope("A" * 43, APP).seal('{"demo_resp":"good luck"}', b"707722b803182950")
    assert sealed == (
        "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    )
    stamp = ("AAAAA", "1713424427", "415670741", sealed)
    assert sign(*stamp) == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


def test_the_vector_of_wxjava():
    envelope = Envelope("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wxb11529c136998cb6")
    sealed = (
        "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="
    )
    assert envelope.open(sealed) == "我是中文abcd123"
    assert envelope.seal("我是中文abcd123", b"aaaabbbbccccdddd") == sealed


def test_the_signature_of_the_js_sdk_page():
    ticket = (
        "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    )
    parts = ("Wm3WZYTPz0wzccnW", "1414587457", "http://mp.weixin.qq.com?params=value")
    expected = "0f9de62fce790f9a083d5c99e95740ceb90c27ed"
    assert signature(ticket, *parts) == expected
    assert signature(ticket, *parts[:2], parts[2] + "#top") == expected


@given(st.text(max_size=300))
def test_what_is_sealed_opens(text):
    text = text.encode("utf-8", "replace").decode()
    envelope = Envelope("B" * 43, APP)
    assert envelope.open(envelope.seal(text)) == text


@given(st.binary(max_size=200))
def test_garbage_is_refused_and_nothing_else_happens(raw):
    with pytest.raises(BadEnvelope):
        Envelope("B" * 43, APP).open(base64.b64encode(raw).decode())


def test_another_accounts_envelope_is_refused():
    with pytest.raises(BadEnvelope, match="app id"):
        Envelope("B" * 43, "wx-other").open(Envelope("B" * 43, APP).seal("x"))


def test_what_is_not_base64_is_refused():
    with pytest.raises(BadEnvelope, match="Base64"):
        Envelope("B" * 43, APP).open("***")
    with pytest.raises(ValueError, match="43"):
        Envelope("short", APP)
