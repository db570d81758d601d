"""Log lines: nothing in them that names a person or a secret, and what helps is left."""

import io
import logging
import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from bot.cli.processes import PROCESSES
from bot.logs import Masked, MaskedRecord
from tests.conftest import ROOT

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
        ("５１０２１２１９７００１０１００１２", "<id number>"),
        ("号51021219700101001ｘ。", "号<id number>。"),
        ("51021219700101001Ｘ", "<id number>"),
        ("5102 1219 7001 0100 1x", "<id number>"),
        ("5 1 0 2 1 2 1 9 7 0 0 1 0 1 0 0 1 2", "<id number>"),
        ("510212　19700101　0012", "<id number>"),
        ("510212—19700101–0012", "<id number>"),
        ("510212199013450012", "<id number>"),
        ("51021219901345001x", "<id number>"),
        (r"\uff11\uff13\uff18\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18", "<phone>"),
        ("１３８１２３４５６７８", "<phone>"),
        ("＋86　138－1234－5678", "<phone>"),
        ("1 3 8 1 2 3 4 5 6 7 8", "<phone>"),
        ("138  1234  5678", "<phone>"),
        ("1381 2345 678", "<phone>"),
        ("[('13812345678', 13812345678)]", "[('<phone>', <phone>)]"),
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
        pytest.param(f"token {LINK}", "token <link>", id="link"),
        pytest.param(f"token {PACKED}", "token <link>", id="packed link"),
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
        "due at 1795496400 5 of 12",
        "１２张，共３——照旧",
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


ID = "51021219700101001x"
PRIVATE = (OPENID, "13812345678", ID)


def emitted(fill, formatter):
    """Let a logger of anybody's, with a handler of anybody's, log what ``fill`` says."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    logger = logging.Logger("anybody")
    logger.addHandler(handler)
    kept = logging.getLogRecordFactory()
    logging.setLogRecordFactory(MaskedRecord)
    try:
        fill(logger)
    finally:
        logging.setLogRecordFactory(kept)
    return out.getvalue()


class Telling(Exception):
    def __str__(self):
        return f"no such person: {self.args}"


def failing(logger):
    try:
        raise Telling(*PRIVATE)
    except Telling:
        logger.exception("%s failed", ID)


@pytest.mark.parametrize(
    "fill",
    [
        lambda log: log.error("%s %s %s", *PRIVATE),
        lambda log: log.error("%(who)s", {"who": PRIVATE}),
        lambda log: log.error(Telling(*PRIVATE)),
        lambda log: log.error("at", stack_info=True, extra={}),
        lambda log: log.error("%d", ID),
        lambda log: log.error("%s %s", *PRIVATE, ID),
        failing,
    ],
)
@pytest.mark.parametrize(
    "formatter",
    [None, logging.Formatter("%(message)s %(args)s %(exc_info)s"), Masked("%(message)s")],
)
def test_no_handler_of_anybody_sees_what_is_private(fill, formatter):
    told = emitted(fill, formatter)
    assert told
    assert [one for one in PRIVATE if one in told] == []


def test_a_traceback_still_says_where_and_what():
    told = emitted(failing, logging.Formatter("%(message)s"))
    assert told.startswith("<id number> failed\nTraceback (most recent call last):\n")
    assert "in failing" in told
    assert told.endswith("Telling: no such person: ('<openid>', '<phone>', '<id number>')\n")


ENTRY = """
import logging, sys, threading
import bot.cli

private = {private!r}

def log_everything(**_options):
    logging.getLogger("anybody").error("%s", private)
    from gunicorn.config import Config
    from gunicorn.glogging import Logger
    door = Logger(Config())
    try:
        raise ValueError(private)
    except ValueError:
        logging.getLogger("anybody").exception("lost")
        door.exception("Error handling request %s", private[0])
    def fail():
        raise ValueError(private)
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    raise ValueError(private)

command = bot.cli.weldmate
for name in sys.argv[1:]:
    command = command.commands[name]
command.callback, command.params = log_everything, []
bot.cli.main()
"""


@pytest.mark.parametrize("entry", [*(command.name for command in PROCESSES), "human list"])
def test_no_process_shows_what_is_private(entry):
    script = ENTRY.format(private=PRIVATE)
    done = subprocess.run(
        [sys.executable, "-c", script, *entry.split()],
        cwd=ROOT, check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    told = done.stdout + done.stderr
    assert done.returncode == 1
    assert told.count("Traceback") == 4
    assert told.count("<phone>") >= 5
    assert [one for one in PRIVATE if one in told] == []
