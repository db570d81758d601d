"""The callback's door: what is refused, what is read, and what goes back."""

import base64
import hashlib
import xml.etree.ElementTree as ET
from datetime import timedelta
from urllib.parse import unquote

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from bot.messages import Choice, Incoming, Reply, Said
from bot.wechat.envelope import BLOCK, Envelope, Refused, sign
from bot.wechat.gateway import DEEPEST, LARGEST
from bot.wechat.markup import render
from tests.wechat.door import APP, KEY, NOW, TOKEN, gateway, message, opened, plainly, sealed

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
        (
            sealed(message("<CreateTime>soon</CreateTime>").replace("1714112445", "soon")),
            "sender_or_time",
        ),
        (sealed(message("<a>" * 6000 + "</a>" * 6000)), "deep"),
        (sealed(message("<Content>您好</Content>").encode("gb2312")), "xml"),
        (({}, b"\xef\xbb\xbf"), "xml"),
        (({}, b""), "xml"),
        (({}, b"<json>{}</json>"), "shape"),
        (
            ({"msg_signature": "\udcff", "nonce": "\ud800"}, b"<xml><Encrypt>x</Encrypt></xml>"),
            "signature",
        ),
        (sealed("<!DOCTYPE a [<!ENTITY b 'c'>]><xml><a>&b;</a></xml>"), "xml"),
    ],
)
def test_what_is_not_from_wechat_or_not_readable_is_refused(case, reason):
    with pytest.raises(Refused) as refused:
        gateway().open(*case)
    assert refused.value.reason == reason
    assert refused.value.status in {400, 403}


@pytest.mark.parametrize("minutes", [-10, -9, 9, 10])
def test_a_message_is_good_for_ten_minutes_both_ways(minutes):
    assert gateway().open(*sealed(message(), at=NOW + timedelta(minutes=minutes))).text == "hi"


def padded(inner, fill):
    """Seal by hand, with a padding as told."""
    key = base64.b64decode(KEY + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    plain = b"r" * 16 + len(inner).to_bytes(4, "big") + inner + APP.encode() + fill
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


@pytest.mark.parametrize("length", range(BLOCK))
def test_every_right_padding_is_taken(length):
    envelope, inner = Envelope(KEY, APP), b"x" * length
    pad = BLOCK - (20 + length + len(APP)) % BLOCK
    assert envelope.open(padded(inner, bytes((pad,)) * pad)) == inner
    assert envelope.open(envelope.seal(inner)) == inner


HI_PAD = BLOCK - (22 + len(APP)) % BLOCK


@pytest.mark.parametrize("last", sorted(set(range(256)) - {HI_PAD}))
def test_no_wrong_padding_is_taken(last):
    with pytest.raises(Refused):
        Envelope(KEY, APP).open(padded(b"hi", b"\0" * (HI_PAD - 1) + bytes((last,))))
    with pytest.raises(Refused):
        Envelope(KEY, APP).open(padded(b"hi", bytes((last,)) * HI_PAD))


@pytest.mark.parametrize("at", range(HI_PAD - 1))
def test_each_byte_of_the_padding_counts(at):
    fill = bytearray((HI_PAD,) * HI_PAD)
    fill[at] ^= 1
    with pytest.raises(Refused, match="padding"):
        Envelope(KEY, APP).open(padded(b"hi", bytes(fill)))


@pytest.mark.parametrize("size", [0, 1, 3, 4, 20, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_length_that_is_wrong_is_refused(size):
    key = base64.b64decode(KEY + "=")
    plain = b"r" * 16 + size.to_bytes(4, "big") + b"hi" + APP.encode()
    pad = BLOCK - len(plain) % BLOCK
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    raw = encryptor.update(plain + bytes((pad,)) * pad) + encryptor.finalize()
    with pytest.raises(Refused, match=r"length|app_id"):
        Envelope(KEY, APP).open(base64.b64encode(raw).decode())


@pytest.mark.parametrize("pad", range(1, BLOCK + 1))
def test_a_block_of_padding_alone_is_refused(pad):
    key = base64.b64decode(KEY + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    raw = encryptor.update(bytes((pad,)) * BLOCK) + encryptor.finalize()
    with pytest.raises(Refused):
        Envelope(KEY, APP).open(base64.b64encode(raw).decode())


def test_the_previous_key_is_taken_during_a_rotation_only():
    old = sealed(message(), key="B" * 43)
    rotating = gateway(wechat_aes_key_previous="B" * 43)
    assert rotating.open(*old).text == "hi"
    assert rotating.open(*sealed(message())).text == "hi"
    for case in (sealed(message(), key="C" * 43), sealed(message(), key="B" * 43, app="wxother")):
        with pytest.raises(Refused):
            rotating.open(*case)
    with pytest.raises(Refused):
        gateway().open(*old)


def test_a_plain_message_is_taken_where_the_setting_allows_it_and_its_signature_is_right():
    body = message().encode()
    allowed = gateway(wechat_plain_allowed=True)
    assert allowed.open(plainly(), body).text == "hi"
    for query in ({**plainly(), "signature": "x"}, plainly(NOW - timedelta(minutes=11)), {}):
        with pytest.raises(Refused):
            allowed.open(query, body)


def test_a_plain_message_is_refused_though_its_signature_is_right():
    with pytest.raises(Refused, match="plain"):
        gateway().open(plainly(), message().encode())


@pytest.mark.parametrize("plain_allowed", [False, True])
def test_of_a_compatible_callback_only_what_is_sealed_counts(plain_allowed):
    query, body = sealed(message())
    both = body.replace(b"<xml>", message("<Content>forged</Content>").encode()[:-6])
    door = gateway(wechat_plain_allowed=plain_allowed)
    assert door.open({**plainly(), **query}, both).text == "hi"
    with pytest.raises(Refused, match="signature"):
        door.open(plainly(), both)


def test_a_sealed_message_signed_as_a_plain_one_is_refused():
    query, body = sealed(message())
    plain = gateway(wechat_plain_allowed=True)
    with pytest.raises(Refused, match="signature"):
        plain.open({**plainly(), "msg_signature": plainly()["signature"]}, body)
    with pytest.raises(Refused, match="signature"):
        plain.open({**query, "nonce": "8"}, body)


@pytest.mark.parametrize(
    "stamp",
    ["", "soon", "-1714112445", "1714112445.5", "１７１４１１２４４５", "9" * 13, " 1714112445"],
)
def test_a_timestamp_that_is_no_number_is_refused(stamp):
    query = {**plainly(), "timestamp": stamp, "signature": sign(TOKEN, stamp, "7")}
    with pytest.raises(Refused, match="timestamp"):
        gateway(wechat_plain_allowed=True).open(query, message().encode())


def test_the_largest_body_is_read_and_one_byte_more_is_not():
    allowed = gateway(wechat_plain_allowed=True)
    body = message("<MsgType>text</MsgType><Content></Content>").encode()
    full = body.replace(b"<Content>", b"<Content>" + b"x" * (LARGEST - len(body)))
    assert len(allowed.open(plainly(), full).text) == LARGEST - len(body)
    with pytest.raises(Refused, match="too_large"):
        allowed.open(plainly(), full.replace(b"xx", b"xxx", 1))


def test_elements_are_read_to_the_deepest_level_and_no_further():
    levels = DEEPEST - 2
    assert opened("<a>" * levels + "<b>x</b>" + "</a>" * levels).kind == "unknown"
    with pytest.raises(Refused, match="deep"):
        opened("<a>" * DEEPEST + "<b>x</b>" + "</a>" * DEEPEST)


@pytest.mark.parametrize("encoding", ["gb2312", "unicode_escape", "utf-16", "rot13", "x"])
def test_an_encoding_that_a_body_names_is_not_tried(encoding):
    named = f'<?xml version="1.0" encoding="{encoding}"?>{message()}'
    assert gateway().open(*sealed(named)).text == "hi"


# what goes back


def incoming(text="hi"):
    return Incoming("k", "oA", "text", NOW, text, account="gh_1")


def independently(body):
    """Open a sealed reply after the official description alone."""
    row = {element.tag: element.text for element in ET.fromstring(body)}
    parts = sorted([TOKEN, row["TimeStamp"], row["Nonce"], row["Encrypt"]])
    assert hashlib.sha1("".join(parts).encode()).hexdigest() == row["MsgSignature"]
    key = base64.b64decode(KEY + "=")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = decryptor.update(base64.b64decode(row["Encrypt"])) + decryptor.finalize()
    assert 1 <= plain[-1] <= 32
    plain = plain[: -plain[-1]]
    end = 20 + int.from_bytes(plain[16:20], "big")
    assert plain[end:].decode() == APP
    return {element.tag: element.text for element in ET.fromstring(plain[20:end])}


@given(st.text(min_size=1).filter(str.strip))
def test_what_is_allowed_in_xml_survives_and_nothing_else_is_sent(words):
    inner = independently(gateway().seal(incoming(), Reply((Said("k", words),))))
    legal = "".join(
        sign
        for sign in words
        if sign in "\t\n\r"
        or " " <= sign <= "\ud7ff"
        or (sign >= "\ue000" and sign not in "\ufffe\uffff")
    )
    assert (inner["Content"] or "") == legal.replace("\r\n", "\n").replace("\r", "\n")
    assert (inner["ToUserName"], inner["FromUserName"]) == ("oA", "gh_1")
    assert set(inner) == {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"}


@pytest.mark.parametrize("openid", ["oA", "a]]>b", "<xml>", "]]><Content>"])
def test_no_sender_writes_the_reply(openid):
    asked = Incoming("k", openid, "text", NOW, "", account="gh_1")
    assert independently(gateway().seal(asked, Reply((Said("k", "w"),))))["ToUserName"] == openid


@pytest.mark.parametrize(
    "words",
    ["plain", "]]>", "a]]>b]]]]>c", "line\nline", '<a href="https://x">x</a>', "😀/::)", "&amp;"],
)
def test_a_reply_survives_the_way_back_to_the_letter(words):
    body = gateway().seal(incoming(), Reply((Said("k", words),)))
    row = {element.tag: element.text for element in ET.fromstring(body)}
    crypto = WeChatCrypto(TOKEN, KEY, APP)
    xml = crypto.decrypt_message(body, row["MsgSignature"], row["TimeStamp"], row["Nonce"])
    inner = {element.tag: element.text for element in ET.fromstring(xml)}
    assert inner == independently(body)
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
        ("<MsgType a='1'>TEXT</MsgType><Content>x</Content>", "text", {"text": "x"}),
        ("<MsgType>text</MsgType><MsgType>event</MsgType>", "text", {}),
        ("<FromUserName>oB</FromUserName><MsgType>text</MsgType>", "text", {"openid": "oA"}),
        ("<MsgType>text</MsgType><URL>u</URL>", "text", {"fields": {"URL": "u"}}),
        ("<MsgType>text</MsgType><Content>１２ 😀/::)</Content>", "text", {"text": "１２ 😀/::)"}),
        (
            "<MsgType>text</MsgType><Content><![CDATA[<a>]]]]><![CDATA[>]]></Content>",
            "text",
            {"text": "<a>]]>"},
        ),
        ("<MsgType>text</MsgType><bizmsgmenuid>0</bizmsgmenuid>", "text", {"choice": 0}),
        ("<MsgType>text</MsgType><bizmsgmenuid>٣</bizmsgmenuid>", "text", {"choice": None}),
        (
            "<MsgType>text</MsgType><bizmsgmenuid>" + "9" * 19 + "</bizmsgmenuid>",
            "text",
            {"choice": None},
        ),
        (
            "<MsgType>image</MsgType><PicUrl>http://x</PicUrl><MediaId>m</MediaId>",
            "image",
            {"fields": {"PicUrl": "http://x"}},
        ),
        (
            "<MsgType>voice</MsgType><MediaId>m</MediaId><Format>amr</Format><Recognition></Recognition>",
            "voice",
            {"media_id": "m", "text": ""},
        ),
        (
            event(
                "scancode_push",
                "<EventKey>k</EventKey><ScanCodeInfo><ScanType>qrcode</ScanType>"
                "<ScanResult>r</ScanResult></ScanCodeInfo>",
            ),
            "scancode",
            {
                "event_key": "k",
                "fields": {"ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": "r"}},
            },
        ),
        (
            event(
                "pic_sysphoto",
                "<SendPicsInfo><Count>1</Count><PicList><item><PicMd5Sum>5"
                "</PicMd5Sum></item></PicList></SendPicsInfo>",
            ),
            "photos",
            {},
        ),
        (event("pic_photo_or_album"), "photos", {}),
        (
            event("scan", "<EventKey>qrscene_7</EventKey><Ticket>t</Ticket>"),
            "scan",
            {"event_key": "qrscene_7"},
        ),
        (event("view", "<EventKey>u</EventKey><MenuId>1</MenuId>"), "view", {"event_key": "u"}),
        (
            event(
                "TEMPLATESENDJOBFINISH", "<MsgID>9</MsgID><Status>failed: system failed</Status>"
            ),
            "template_result",
            {"fields": {"results": [{"id": "9", "ok": False, "reason": "failed: system failed"}]}},
        ),
        (
            event(
                "subscribe_msg_change_event",
                "<SubscribeMsgPopupEvent><List><TemplateId>t</TemplateId>"
                "<SubscribeStatusString>reject</SubscribeStatusString></List>"
                "</SubscribeMsgPopupEvent>",
            ),
            "consent",
            {"fields": {"templates": [["t", "reject"]]}},
        ),
        (event("subscribe_msg_popup_event"), "consent", {"fields": {"templates": []}}),
        (
            event(
                "subscribe_msg_popup_event", "<SubscribeMsgPopupEvent>x</SubscribeMsgPopupEvent>"
            ),
            "consent",
            {"fields": {"templates": []}},
        ),
        (
            event(
                "subscribe_msg_sent_event",
                "<SubscribeMsgSentEvent><List><MsgID>5</MsgID><ErrorCode>0</ErrorCode>"
                "<ErrorStatus>success</ErrorStatus></List><List><MsgID>6</MsgID>"
                "<ErrorCode>43101</ErrorCode><ErrorStatus>refused</ErrorStatus></List>"
                "</SubscribeMsgSentEvent>",
            ),
            "subscription_result",
            {
                "fields": {
                    "results": [
                        {"id": "5", "ok": True, "reason": "success"},
                        {"id": "6", "ok": False, "reason": "refused"},
                    ]
                }
            },
        ),
        (event("MASSSENDJOBFINISH"), "unknown", {}),
        (event("PUBLISHJOBFINISH"), "unknown", {}),
        (event("qualification_verify_fail"), "account", {}),
        (event("naming_verify_success"), "account", {}),
        (
            event("verify_expired", "<ExpiredTime>1</ExpiredTime>"),
            "account",
            {"fields": {"ExpiredTime": "1"}},
        ),
        (event("<a>CLICK</a>"), "unknown", {}),
        (
            event("CLICK", "<Event>VIEW</Event><EventKey a='1'>k</EventKey>"),
            "click",
            {"event_key": "k"},
        ),
        ("<MsgType>event</MsgType>", "unknown", {}),
    ],
)
def test_every_type_of_message_and_event_is_read(inner, kind, shown):
    got = opened(inner)
    assert got.kind == kind
    assert {name: getattr(got, name) for name in shown} == shown
    assert Incoming.from_json(got.to_json()) == got


def test_a_message_is_known_by_its_sender_its_number_and_its_second():
    assert opened("<MsgType>text</MsgType><MsgId>7</MsgId>").key == "oA:7:1714112445"
    assert opened("<MsgType>image</MsgType><MsgId>8</MsgId>").key == "oA:8:1714112445"


@pytest.mark.parametrize("field", ["Ticket", "MsgID", "MsgId", "TemplateId", "EventKey"])
def test_each_mark_of_an_event_tells_two_apart(field):
    one, two, again = (
        opened(event("x", f"<{field}>{value}</{field}>")).key for value in ("1", "2", "1")
    )
    assert one == again != two


def test_two_events_of_one_second_have_two_keys():
    keys = {
        opened(event(name, f"<EventKey>{key}</EventKey>")).key
        for name in ("CLICK", "SCAN")
        for key in "ab"
    }
    assert len(keys) == 4
