"""Log lines: nothing in them that names a person or a secret, and what helps is left."""

import logging
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from bot.logs import Masked

OPENID = "oABCDEFGHIJKLMNOPQRSTUVWXYZ1"
LINK = URLSafeTimedSerializer("s").dumps(["consent", OPENID, 1795496400])
PACKED = URLSafeTimedSerializer("s").dumps(["consent", "o" * 200, 1795496400])


def shown(line, error=None):
    record = logging.LogRecord("n", logging.INFO, "f", 1, line, (), error)
    return Masked("%(message)s").format(record)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("510212197001010012", "<id number>"),
        ("身份证510212197001010012号", "身份证<id number>号"),
        ("T510212197001010012", "T<id number>"),
        ("T51021219700101001X", "T<id number>"),
        ("id_51021219700101001x.", "id_<id number>."),
        ("510212 19700101 0012", "<id number>"),
        ("510212-19700101-0012", "<id number>"),
        ("5102 1219 7001 0100 12", "<id number>"),
        ("证510212700101001号", "证<id number>号"),
        ("510212 700101 001", "<id number>"),
        ("手机13812345678", "手机<phone>"),
        ("+8613812345678", "<phone>"),
        ("tel:+86 138-1234-5678", "tel:<phone>"),
        ("008613812345678,", "<phone>,"),
        ("138 1234 5678", "<phone>"),
        (OPENID, "<openid>"),
        (f"x_{OPENID}", "x_<openid>"),
        (f"-{OPENID}", "-<openid>"),
        (f"{OPENID}_7", "<openid>"),
        ("oABCDEFGHIJKLMNOPQRSTUVWXYZ_", "<openid>"),
        ("oABCDEFGHIJKLMNOPQRSTUVWXYZ-", "<openid>"),
        (f"人{OPENID}:7:1795496400", "人<openid>:7:1795496400"),
        (f"/consent/{LINK}?code=1", "/consent/<link>?code=<hidden>"),
        (f"token {LINK}", "token <link>"),
        (f"token {PACKED}", "token <link>"),
        ("/consent/abc", "/consent/<link>"),
        ("/upload/abc?code=1", "/upload/<link>?code=<hidden>"),
        ("/upload/abc/id_front?offset=0", "/upload/<link>/id_front?offset=0"),
        ("access_token=abc&x=1", "access_token=<hidden>&x=1"),
        ('{"access_token": "abc", "x": 1}', '{"access_token": "<hidden>", "x": 1}'),
        ("{'appid': 'wx1', 'secret': 's'}", "{'appid': 'wx1', 'secret': '<hidden>'}"),
        ("appsecret=s msg_signature=abc", "appsecret=<hidden> msg_signature=<hidden>"),
        ('{"openid":"oShort"}', '{"openid":"<hidden>"}'),
        ("postgresql+psycopg://u:p@w@h:1/x", "postgresql+psycopg://u:<hidden>@h:1/x"),
        ("redis://:pw@h", "redis://:<hidden>@h"),
    ],
)
def test_what_names_a_person_or_a_secret_is_masked(line, expected):
    assert shown(line) == expected


NO_DIGIT = st.text(st.characters(codec="utf-8", exclude_categories=["Nd"], exclude_characters="Xx"))


@given(
    NO_DIGIT,
    st.from_regex(r"[1-8][0-9]{5}", fullmatch=True),
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.from_regex(r"[0-9]{3}[0-9Xx]", fullmatch=True),
    NO_DIGIT,
)
def test_no_id_number_stays_whatever_stands_beside_it(before, region, born, rest, after):
    assert f"{born:%Y%m%d}" not in shown(f"{before}{region}{born:%Y%m%d}{rest}{after}")


@pytest.mark.parametrize(
    "line",
    [
        "errcode=40001 rid: 6a2f-11",
        "row 1795496400000000 due at 1795496400",
        "msgid 3000000000000000001",
        "20261124100000 5 of 12",
        "wechat refused /cgi-bin/message/custom/send: 45015 (park)",
        "test_one_of_the_points_is_owed_once",
        "https://api.weixin.qq.com:443/cgi-bin/token",
        "2026-11-24 10:00:00,123Z WARNING bot.store: busy",
    ],
)
def test_what_helps_to_find_a_fault_is_left(line):
    assert shown(line) == line


def test_a_traceback_is_masked_too():
    try:
        raise ValueError(f"{OPENID} 13812345678")
    except ValueError:
        text = shown("failed", sys.exc_info())
    assert "ValueError: <openid> <phone>" in text
    assert OPENID not in text.replace("<openid>", "").rpartition("ValueError:")[2]
