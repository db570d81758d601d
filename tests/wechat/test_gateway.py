"""The callback's door: the official vectors, and everything that must be refused."""

import contextlib
import os
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from bot.messages import Choice, Incoming, Reply, Said
from bot.wechat.envelope import BLOCK, Envelope, Refused, sign
from bot.wechat.gateway import Gateway
from bot.wechat.markup import render
from bot.wechat.pages import js_signature
from tests.conftest import ROOT, StandingClock, test_settings

NOW = datetime(2024, 4, 26, 6, 20, 45, tzinfo=UTC)
KEY, APP = "A" * 43, "wxba5fad812f8e6fb9"
SAFE = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZ"
    "qzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2"
    "Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBre"
    "bufAlr7F9mFUPAJGj04="
)
REPLY = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="


def gateway(**more):
    clock = StandingClock(NOW)
    options = {"wechat_token": "AAAAA", "wechat_aes_key": KEY, "wechat_app_id": APP, **more}
    return Gateway(test_settings("sqlite://", ROOT, **options), clock)


def sealed(xml, *, key=KEY, app=APP, token="AAAAA", at=NOW, tamper=lambda text: text):
    text = tamper(Envelope(key, app).seal(xml if isinstance(xml, bytes) else xml.encode()))
    stamp, nonce = str(int(at.timestamp())), "7"
    query = {"timestamp": stamp, "nonce": nonce, "msg_signature": sign(token, stamp, nonce, text)}
    return query, f"<xml><Encrypt><![CDATA[{text}]]></Encrypt></xml>".encode()


def message(inner="<MsgType>text</MsgType><MsgId>1</MsgId><Content>hi</Content>"):
    return (
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>oA</FromUserName>"
        f"<CreateTime>1714112445</CreateTime>{inner}</xml>"
    )


def opened(inner, **more):
    return gateway(**more).open(*sealed(message(inner)))


# the official vectors


def test_the_official_check_of_the_console():
    query = {
        "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
        "timestamp": "1714036504",
        "nonce": "1514711492",
        "echostr": "4375120948345356249",
    }
    assert gateway().verify(query) == "4375120948345356249"
    with pytest.raises(Refused):
        gateway().verify({**query, "nonce": "1"})


def test_the_official_plain_signature():
    assert sign("AAAAA", "1714037059", "486452656") == "899cf89e464efb63f54ddac96b0a0a235f53aa78"


def test_the_official_safe_message_opens():
    expected = "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"
    assert sign("AAAAA", "1714112445", "415670741", SAFE) == expected
    assert len(Envelope(KEY, APP).open(SAFE)) == 167


def test_the_official_reply_is_sealed_to_the_letter():
    got = Envelope(KEY, APP).seal(b'{"demo_resp":"good luck"}', b"707722b803182950")
    assert got == REPLY
    signature = sign("AAAAA", "1713424427", "415670741", REPLY)
    assert signature == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


def test_another_projects_vector_opens():
    envelope = Envelope("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wxb11529c136998cb6")
    text = (
        "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="
    )
    assert envelope.open(text).decode() == "我是中文abcd123"


def test_the_official_signature_of_the_js_sdk():
    ticket = (
        "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    )
    url = "http://mp.weixin.qq.com?params=value#part"
    got = js_signature(ticket, "Wm3WZYTPz0wzccnW", 1414587457, url)
    assert got == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


# what is refused


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (sealed(message(), token="other"), "signature"),
        (sealed(message(), at=NOW - timedelta(minutes=11)), "stale"),
        (sealed(message(), at=NOW + timedelta(minutes=11)), "stale"),
        (sealed(message(), app="wxother"), "app_id"),
        (sealed(message(), key="B" * 43), "padding"),
        (sealed(message(), tamper=lambda text: text[:-8]), "blocks"),
        (sealed(message(), tamper=lambda text: "*" + text[1:]), "base64"),
        (({}, b"<xml><Encrypt>x</Encrypt></xml>"), "signature"),
        (({}, message().encode()), "plain"),
        (({}, b"not xml"), "xml"),
        (({}, b"<xml/>"), "shape"),
        (({}, b"<a>" * 9000 + b"x" * 64 * 1024), "too_large"),
        (sealed("<xml><Content>no sender</Content></xml>"), "sender_or_time"),
        (sealed("<!DOCTYPE a [<!ENTITY b 'c'>]><xml><a>&b;</a></xml>"), "xml"),
    ],
)
def test_what_is_not_from_wechat_or_not_readable_is_refused(case, reason):
    with pytest.raises(Refused) as refused:
        gateway().open(*case)
    assert refused.value.reason == reason
    assert refused.value.status in {400, 403}


def test_a_message_is_still_good_after_nine_minutes():
    assert gateway().open(*sealed(message(), at=NOW - timedelta(minutes=9))).text == "hi"


@pytest.mark.parametrize("pad", [0, *range(2, 256)])
def test_no_wrong_padding_is_taken(pad):
    envelope = Envelope(KEY, APP)
    inner = b"r" * 16 + (2).to_bytes(4, "big") + b"hi" + APP.encode()
    fill = BLOCK - len(inner) % BLOCK
    if pad == fill:
        return
    encryptor = envelope._cipher().encryptor()
    import base64

    plain = inner + b"\0" * (fill - 1) + bytes((pad,))
    text = base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()
    with pytest.raises(Refused):
        envelope.open(text)


def test_the_previous_key_is_taken_during_a_rotation_only():
    old = sealed(message(), key="B" * 43)
    assert gateway(wechat_aes_key_previous="B" * 43).open(*old).text == "hi"
    with pytest.raises(Refused):
        gateway().open(*old)


def test_a_plain_message_is_taken_where_the_setting_allows_it_and_its_signature_is_right():
    stamp = str(int(NOW.timestamp()))
    query = {"timestamp": stamp, "nonce": "7", "signature": sign("AAAAA", stamp, "7")}
    body = message().encode()
    assert gateway(wechat_plain_allowed=True).open(query, body).text == "hi"
    with pytest.raises(Refused):
        gateway(wechat_plain_allowed=True).open({**query, "signature": "x"}, body)


# what goes back


def incoming(text="hi"):
    return Incoming("k", "oA", "text", NOW, text, account="gh_1")


@pytest.mark.parametrize(
    "words",
    ["plain", "]]>", "a]]>b]]]]>c", "line\nline", '<a href="https://x">x</a>', "😀/::)", "&amp;"],
)
def test_a_reply_survives_the_way_back_to_the_letter(words):
    body = gateway().seal(incoming(), Reply((Said("k", words),)))
    row = {element.tag: element.text for element in ET.fromstring(body)}
    crypto = WeChatCrypto("AAAAA", KEY, APP)
    xml = crypto.decrypt_message(body, row["MsgSignature"], row["TimeStamp"], row["Nonce"])
    inner = {element.tag: element.text for element in ET.fromstring(xml)}
    assert inner["Content"] == words
    assert (inner["ToUserName"], inner["FromUserName"]) == ("oA", "gh_1")


def test_signs_that_xml_forbids_are_dropped():
    body = gateway().seal(incoming(), Reply((Said("k", "a\x00\x08\x1f\ufffeb"),)), encrypted=False)
    assert ET.fromstring(body).findtext("Content") == "ab"


def test_nothing_to_say_is_the_word_success():
    assert gateway().seal(incoming(), Reply()) == b"success"


def test_a_choice_is_a_line_to_tap_that_sends_its_words():
    text = render((Said("k", "Which?", (Choice(1, "一 & <二>", 823799501),)),))
    assert text.startswith("Which?\n<a href=")
    assert "1. 一 &amp; &lt;二&gt;</a>" in text
    content = text.partition("msgmenucontent=")[2].partition("&msgmenuid=")[0]
    assert unquote(content) == "一 & <二>"


# every type


def event(name, rest=""):
    return f"<MsgType>event</MsgType><Event>{name}</Event>{rest}"


@pytest.mark.parametrize(
    ("inner", "kind", "shown"),
    [
        ("<MsgType>text</MsgType><MsgId>1</MsgId><Content></Content>", "text", {"text": ""}),
        (
            "<MsgType>text</MsgType><Content>x</Content><bizmsgmenuid>101</bizmsgmenuid>",
            "text",
            {"choice": 101},
        ),
        (
            "<MsgType>text</MsgType><Content>x</Content><bizmsgmenuid>abc</bizmsgmenuid>",
            "text",
            {"choice": None},
        ),
        ("<MsgType>image</MsgType><MediaId>m</MediaId>", "image", {"media_id": "m"}),
        ("<MsgType>voice</MsgType><MediaId>m</MediaId>", "voice", {"media_id": "m"}),
        ("<MsgType>video</MsgType><MediaId>m</MediaId>", "video", {}),
        ("<MsgType>shortvideo</MsgType><MediaId>m</MediaId>", "video", {}),
        ("<MsgType>location</MsgType><Location_X>1</Location_X>", "location", {}),
        ("<MsgType>link</MsgType><Url>u</Url>", "link", {}),
        ("<MsgType>file</MsgType><Title>t</Title>", "file", {}),
        ("<MsgType>hologram</MsgType>", "unknown", {}),
        ("", "unknown", {}),
        (event("subscribe", "<EventKey></EventKey>"), "follow", {"event_key": ""}),
        (event("subscribe", "<EventKey>qrscene_7</EventKey>"), "follow", {"event_key": "7"}),
        (event("unsubscribe"), "unfollow", {}),
        (event("SCAN", "<EventKey>7</EventKey>"), "scan", {"event_key": "7"}),
        (event("LOCATION", "<Latitude>1</Latitude>"), "place", {}),
        (event("CLICK", "<EventKey>k</EventKey>"), "click", {"event_key": "k"}),
        (event("VIEW", "<EventKey>u</EventKey>"), "view", {}),
        (event("scancode_waitmsg"), "scancode", {}),
        (event("pic_weixin"), "photos", {}),
        (event("location_select"), "place", {}),
        (event("view_miniprogram"), "view", {}),
        (
            event("TEMPLATESENDJOBFINISH", "<MsgID>9</MsgID><Status>success</Status>"),
            "template_result",
            {"fields": {"results": [{"id": "9", "ok": True, "reason": "success"}]}},
        ),
        (
            event("TEMPLATESENDJOBFINISH", "<MsgID>9</MsgID><Status>failed:user block</Status>"),
            "template_result",
            {"fields": {"results": [{"id": "9", "ok": False, "reason": "failed:user block"}]}},
        ),
        (
            event(
                "subscribe_msg_popup_event",
                "<SubscribeMsgPopupEvent><List><TemplateId>t</TemplateId>"
                "<SubscribeStatusString>accept</SubscribeStatusString></List>"
                "<List><TemplateId>u</TemplateId>"
                "<SubscribeStatusString>reject</SubscribeStatusString></List>"
                "</SubscribeMsgPopupEvent>",
            ),
            "consent",
            {"fields": {"templates": [["t", "accept"], ["u", "reject"]]}},
        ),
        (
            event(
                "subscribe_msg_change_event",
                "<SubscribeMsgChangeEvent><List><TemplateId>t</TemplateId>"
                "<SubscribeStatusString>reject</SubscribeStatusString></List>"
                "</SubscribeMsgChangeEvent>",
            ),
            "consent",
            {"fields": {"templates": [["t", "reject"]]}},
        ),
        (
            event(
                "subscribe_msg_sent_event",
                "<SubscribeMsgSentEvent><List><MsgID>5</MsgID><ErrorCode>0</ErrorCode>"
                "<ErrorStatus>success</ErrorStatus></List></SubscribeMsgSentEvent>",
            ),
            "subscription_result",
            {"fields": {"results": [{"id": "5", "ok": True, "reason": "success"}]}},
        ),
        (event("annual_renew"), "account", {}),
        (event("qualification_verify_success"), "account", {}),
        (event("never_seen"), "unknown", {}),
        ("<MsgType>text</MsgType><Content a='1'>x</Content>", "text", {"text": "x"}),
        ("<MsgType>text</MsgType><Content>x</Content><Content>y</Content>", "text", {"text": "x"}),
        ("<MsgType><b>text</b></MsgType>", "unknown", {}),
    ],
)
def test_every_type_of_message_and_event_is_read(inner, kind, shown):
    got = opened(inner)
    assert got.kind == kind
    assert {name: getattr(got, name) for name in shown} == shown
    assert Incoming.from_json(got.to_json()) == got


def test_two_events_of_one_second_have_two_keys():
    keys = {
        opened(event(name, f"<EventKey>{key}</EventKey>")).key
        for name in ("CLICK", "SCAN")
        for key in "ab"
    }
    assert len(keys) == 4


# anything at all: 20,000 bodies in CI (each example tries one or two)

MANY = 3_400 if os.environ.get("CI") == "true" else 300

ENVELOPES = st.builds(
    lambda text, cut, at, byte: (text, cut, at, byte),
    st.text(max_size=60),
    st.integers(0, 400),
    st.integers(0, 400),
    st.integers(0, 255),
)


def only_incoming_or_refused(query, body):
    with contextlib.suppress(Refused):
        assert isinstance(gateway().open(query, body), Incoming)


@settings(max_examples=MANY)
@given(
    st.binary(max_size=300),
    st.dictionaries(
        st.sampled_from(["timestamp", "nonce", "signature", "msg_signature"]), st.text(max_size=20)
    ),
)
def test_no_body_and_no_query_whatever_raises_anything_else(body, query):
    only_incoming_or_refused(query, body)
    only_incoming_or_refused(query, b"<xml><Encrypt>" + body + b"</Encrypt></xml>")


@settings(max_examples=MANY)
@given(ENVELOPES)
def test_no_changed_envelope_raises_anything_else(case):
    text, cut, at, byte = case
    query, body = sealed(message(f"<MsgType>text</MsgType><Content>{text}</Content>"))
    only_incoming_or_refused(query, body[:cut] + bytes((byte,)) + body[cut + at :])
    only_incoming_or_refused({**query, "timestamp": text}, body)


@settings(max_examples=MANY)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_nothing_validly_sealed_raises_anything_else(inner):
    only_incoming_or_refused(*sealed(inner))
    only_incoming_or_refused(
        *sealed(
            b"<xml><FromUserName>o</FromUserName><CreateTime>1</CreateTime>" + inner + b"</xml>"
        )
    )


TAGS = st.sampled_from(
    [
        "MsgType",
        "Content",
        "MsgId",
        "Event",
        "EventKey",
        "List",
        "MediaId",
        "bizmsgmenuid",
        "FromUserName",
        "CreateTime",
        "SubscribeMsgPopupEvent",
    ]
)
NODES = st.recursive(
    st.sampled_from(["", "event", "text", "1", "subscribe_msg_popup_event", "x y", "9" * 30]),
    lambda inner: st.lists(st.tuples(TAGS, inner), max_size=4).map(
        lambda rows: "".join(f"<{tag}>{text}</{tag}>" for tag, text in rows)
    ),
    max_leaves=8,
)


@settings(max_examples=MANY)
@given(NODES)
def test_no_shape_of_xml_raises_anything_else(inner):
    only_incoming_or_refused(*sealed(message(inner)))
