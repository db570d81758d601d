"""A notice is believed when everything about it is true, and else refused with a code."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pay.notices import LARGEST, WeChatNotices
from bot.ports.till import BadNotice, Return, Trade
from tests.pay.conftest import APP, KEY_ID, NUMBER, REFUND, notice, paid, refunded, rsa

PAID = Trade(
    NUMBER,
    "paid",
    100,
    "4200000925202101284997714292",
    datetime(2026, 11, 24, 1, 59, 58, tzinfo=UTC),
)


def refused(notices, headers, body):
    with pytest.raises(BadNotice) as error:
        notices.open(headers, body)
    return error.value.reason


def test_a_payment_is_told_in_both_modes(notices, platform, clock):
    for serial in platform.pairs:
        assert (
            notices.open(*platform.notice("TRANSACTION.SUCCESS", paid(), clock.at, serial)) == PAID
        )


def test_names_of_headers_may_be_written_in_any_case(notices, platform, clock):
    headers, body = platform.notice("TRANSACTION.SUCCESS", paid(), clock.at)
    assert notices.open({name.lower(): value for name, value in headers.items()}, body) == PAID
    assert notices.open({name.upper(): value for name, value in headers.items()}, body) == PAID


@pytest.mark.parametrize(
    ("event", "status", "state"),
    [
        ("REFUND.SUCCESS", "SUCCESS", "done"),
        ("REFUND.ABNORMAL", "ABNORMAL", "failed"),
        ("REFUND.CLOSED", "CLOSED", "failed"),
    ],
)
def test_a_refund_is_told(notices, platform, clock, event, status, state):
    told = notices.open(*platform.notice(event, refunded(refund_status=status), clock.at))
    at = PAID.at if state == "done" else None
    assert told == Return(REFUND, NUMBER, 40, state, at)


def test_a_true_notice_of_something_else_tells_nothing(notices, platform, clock):
    assert notices.open(*platform.notice("SECURITY_ECHO.SUCCESS", {"a": 1}, clock.at)) is None


@pytest.mark.parametrize("seconds", [-300, 300, 301, 60 * 60 * 24 * 365, -60 * 60])
def test_one_of_another_time_is_stale(notices, platform, clock, seconds):
    at = clock.at + timedelta(seconds=seconds)
    assert refused(notices, *platform.notice("TRANSACTION.SUCCESS", paid(), at)) == "stale"


@pytest.mark.parametrize("seconds", [-299, 0, 299])
def test_one_within_five_minutes_is_fresh(notices, platform, clock, seconds):
    at = clock.at + timedelta(seconds=seconds)
    assert notices.open(*platform.notice("TRANSACTION.SUCCESS", paid(), at)) == PAID


def test_a_probe_is_refused_as_one(notices, platform, clock):
    headers, body = platform.notice("TRANSACTION.SUCCESS", paid(), clock.at)
    headers["Wechatpay-Signature"] = "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"][19:]
    assert refused(notices, headers, body) == "probe"


def test_no_header_can_be_left_out(notices, platform, clock):
    headers, body = platform.notice("TRANSACTION.SUCCESS", paid(), clock.at)
    for name in headers:
        fewer = {other: value for other, value in headers.items() if other != name}
        assert refused(notices, fewer, body) == "header"
        assert refused(notices, {**headers, name: ""}, body) == "header"


def test_a_serial_that_is_not_known_is_refused_and_nobody_is_asked(
    notices, platform, clock, monkeypatch
):
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("asked the network"))
    headers, body = platform.notice("TRANSACTION.SUCCESS", paid(), clock.at)
    for serial in ("PUB_KEY_ID_0", "1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8D", "é", "x" * 5000):
        told = refused(notices, {**headers, "Wechatpay-Serial": serial}, body)
        assert told == ("header" if serial in {"é", "x" * 5000} else "serial")


def test_one_key_does_not_sign_under_the_name_of_the_other(notices, platform, clock, merchant):
    body = json.dumps(notice("TRANSACTION.SUCCESS", paid())).encode()
    other = platform.pairs[merchant.certificate_serial]
    assert refused(notices, platform.signed(body, KEY_ID, clock.at, key=other), body) == "signature"
    assert refused(notices, platform.signed(body, KEY_ID, clock.at, key=rsa()), body) == "signature"


def test_the_nonce_cannot_be_made_to_begin_the_body(notices, platform, clock):
    body = b"first\n" + json.dumps(notice("TRANSACTION.SUCCESS", paid())).encode()
    headers = platform.signed(body, KEY_ID, clock.at)
    headers["Wechatpay-Nonce"] += "\nfirst"
    assert refused(notices, headers, body.removeprefix(b"first\n")) == "header"


def test_a_large_body_is_refused_before_it_is_read(notices, platform, clock):
    body = b" " * (LARGEST + 1)
    assert refused(notices, platform.signed(body, at=clock.at), body) == "size"
    assert refused(notices, {}, body) == "size"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff",
        b"[" * 60000,
        b"{}",
        b'{"resource": []}',
        b'{"resource": {}}',
    ],
)
def test_what_is_signed_and_no_notice_is_refused(notices, platform, clock, body):
    assert refused(notices, platform.signed(body, at=clock.at), body) == "shape"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"algorithm": "AEAD_SM4_GCM"}, "shape"),
        ({"nonce": None}, "shape"),
        ({"ciphertext": 7}, "shape"),
        ({"nonce": "short"}, "seal"),
        ({"nonce": ""}, "seal"),
        ({"nonce": "\ud800" * 12}, "seal"),
        ({"nonce": "éééééé"}, "seal"),
        ({"ciphertext": "é"}, "seal"),
        ({"ciphertext": ""}, "seal"),
        ({"ciphertext": base64.b64encode(bytes(40)).decode()}, "seal"),
        ({"associated_data": "other"}, "seal"),
        ({"associated_data": None}, "seal"),
        ({"associated_data": {"a": 1}}, "seal"),
    ],
)
def test_a_seal_that_is_broken_is_refused(notices, platform, clock, change, reason):
    assert (
        refused(notices, *platform.notice("TRANSACTION.SUCCESS", paid(), clock.at, **change))
        == reason
    )


def test_a_seal_by_another_key_is_refused(notices, platform, clock):
    other = "f" * 32
    given = platform.notice("TRANSACTION.SUCCESS", paid(), clock.at, sealing=other)
    assert refused(notices, *given) == "seal"


@pytest.mark.parametrize(
    ("event", "values", "reason"),
    [
        ("TRANSACTION.SUCCESS", paid(mchid="1900000110"), "merchant"),
        ("TRANSACTION.SUCCESS", paid(appid="wx0000000000000002"), "account"),
        ("TRANSACTION.SUCCESS", paid(appid=None), "shape"),
        ("TRANSACTION.SUCCESS", paid(trade_state="NOTPAY"), "state"),
        ("TRANSACTION.SUCCESS", paid(trade_state="CLOSED"), "state"),
        ("TRANSACTION.SUCCESS", paid(trade_state="NEW"), "shape"),
        ("TRANSACTION.SUCCESS", paid(trade_state=["SUCCESS"]), "shape"),
        ("TRANSACTION.SUCCESS", paid(amount={"total": 100, "currency": "USD"}), "currency"),
        ("TRANSACTION.SUCCESS", paid(amount={"total": True}), "shape"),
        ("TRANSACTION.SUCCESS", paid(amount={"total": 100.0}), "shape"),
        ("TRANSACTION.SUCCESS", paid(amount={"total": "100"}), "shape"),
        ("TRANSACTION.SUCCESS", paid(amount={"total": 0}), "shape"),
        ("TRANSACTION.SUCCESS", paid(amount=[100]), "shape"),
        ("TRANSACTION.SUCCESS", paid(success_time="yesterday"), "shape"),
        ("TRANSACTION.SUCCESS", paid(success_time="2026-11-24T09:59:58"), "shape"),
        ("TRANSACTION.SUCCESS", paid(out_trade_no=""), "shape"),
        ("TRANSACTION.SUCCESS", paid(out_trade_no="x" * 200), "shape"),
        ("TRANSACTION.SUCCESS", refunded(), "shape"),
        ("TRANSACTION.SUCCESS", b"[1]", "shape"),
        ("TRANSACTION.SUCCESS", b"\xff", "shape"),
        ("REFUND.SUCCESS", refunded(mchid="1900000110"), "merchant"),
        ("REFUND.SUCCESS", refunded(refund_status="DONE"), "shape"),
        ("REFUND.SUCCESS", refunded(success_time=None), "shape"),
        ("REFUND.SUCCESS", paid(), "shape"),
    ],
)
def test_what_is_not_ours_or_not_as_agreed_is_refused(
    notices, platform, clock, event, values, reason
):
    assert refused(notices, *platform.notice(event, values, clock.at)) == reason


@pytest.fixture(scope="session")
def true_notice(keys, platform, standing):
    given = platform.notice("TRANSACTION.SUCCESS", paid(), standing.at)
    opener = WeChatNotices(keys, APP, standing)
    assert opener.open(*given) == PAID
    return opener, *given


def flipped(parts):
    """Yield the parts with one bit turned over, each bit of each part once."""
    for name, value in parts.items():
        for bit in range(8 * len(value)):
            changed = bytearray(value)
            changed[bit // 8] ^= 1 << bit % 8
            yield parts | {name: bytes(changed)}


def test_one_flipped_bit_anywhere_is_refused(true_notice):
    opener, headers, body = true_notice
    parts = {name: value.encode("latin-1") for name, value in headers.items()} | {"": body}
    for changed in flipped(parts):
        body = changed.pop("")
        refused(opener, {name: value.decode("latin-1") for name, value in changed.items()}, body)


@given(
    st.dictionaries(st.sampled_from(["Wechatpay-Serial", "Wechatpay-Nonce", "X"]), st.text()),
    st.binary(max_size=200),
)
def test_whatever_comes_is_refused_without_a_fault(true_notice, headers, body):
    opener, true_headers, _ = true_notice
    refused(opener, {**true_headers, **headers}, body)
    refused(opener, headers, body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["id", "resource", "event_type", "algorithm", "nonce"]), inner
            )
        ),
    )
)
def test_whatever_is_signed_is_refused_without_a_fault(true_notice, platform, standing, values):
    opener, *_ = true_notice
    body = json.dumps(values).encode()
    refused(opener, platform.signed(body, at=standing.at), body)
