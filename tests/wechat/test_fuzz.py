"""Anything at all at the door: an Incoming or a Refused, and nothing else."""

import contextlib
import os

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import Incoming
from bot.wechat.envelope import Refused
from tests.wechat.door import gateway, message, plainly, sealed

BODIES = 20_000 if os.environ.get("CI") == "true" else 2_000
MANY = BODIES // 9 + 1
"""Examples of each test; together they try nine bodies or more."""
DOORS = (gateway(), gateway(wechat_plain_allowed=True, wechat_aes_key_previous="B" * 43))
ANY_TEXT = st.text(st.characters(), max_size=20)
"""Half surrogates too, which no encoding has."""

ENVELOPES = st.builds(
    lambda text, cut, at, byte: (text, cut, at, byte),
    st.text(max_size=60),
    st.integers(0, 400),
    st.integers(0, 400),
    st.integers(0, 255),
)


def only_incoming_or_refused(query, body):
    for door in DOORS:
        with contextlib.suppress(Refused):
            incoming = door.open(query, body)
            assert isinstance(incoming, Incoming)
            assert Incoming.from_json(incoming.to_json()) == incoming


@settings(max_examples=MANY)
@given(
    st.binary(max_size=300),
    st.dictionaries(
        st.sampled_from(["timestamp", "nonce", "signature", "msg_signature"]), ANY_TEXT
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
@given(st.integers(0, 400), st.integers(0, 7), st.binary(max_size=3))
def test_no_flipped_bit_of_what_is_sealed_raises_anything_else(at, bit, more):
    inner = bytearray(message().encode() + more)
    inner[at % len(inner)] ^= 1 << bit
    only_incoming_or_refused(*sealed(bytes(inner)))
    only_incoming_or_refused(plainly(), bytes(inner))


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
