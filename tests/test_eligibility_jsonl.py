"""``weldmate eligibility --jsonl``: a line in, a line out, by the rules of the talk."""

import io
import json
import os
import subprocess
import sys
from datetime import date

import pytest

from bot.dialogs.lexicon import ContentLexicon
from bot.eligibility_jsonl import run
from bot.library import load
from tests.conftest import ROOT

LIBRARY = load(ROOT / "content")
BOOK = LIBRARY.rulebooks["mohurd-2008"]
TODAY = date(2026, 11, 24)


def judged(*lines, book=BOOK):
    lexicon = ContentLexicon(LIBRARY.vocabulary)
    return [json.loads(line) for line in run(io.StringIO("\n".join(lines)), book, lexicon, TODAY)]


def test_a_line_in_is_a_line_out():
    (row,) = judged('{"today": "2027-02-01", "authority": "housing", "expires_on": "27年3月5号"}')
    assert (row["verdict"], row["opens_on"], row["safe_by"]) == (
        "eligible", "2026-12-05", "2027-02-03",
    )  # fmt: skip
    assert row["reasons"] == [{"id": "window_open", "source": "建质〔2008〕75号 第22条"}]


def test_a_month_without_a_day_needs_a_person_and_is_listed_as_missing():
    (row,) = judged('{"expires_on": "明年三月"}')
    assert row["verdict"] == "needs_human"
    assert "expires_on" in row["missing"]


@pytest.mark.parametrize(("typed", "day"), [("2027年2月底", "2027-02-28"), ("年底", "2026-12-31")])
def test_the_end_of_a_month_or_year_is_a_day(typed, day):
    assert judged(json.dumps({"expires_on": typed}))[0]["expires_on"] == day


@pytest.mark.parametrize(
    ("typed", "day"),
    [("11月24日", "2026-11-24"), ("11月23日", "2027-11-23"), ("5号", "2026-12-05"),
     ("2027", None), ("3月", None), ("2019年3月1日发证", None), ("还有3个月", None)],
)  # fmt: skip
def test_a_date_without_its_year_is_the_next_such_day_as_nobody_can_be_asked(typed, day):
    (row,) = judged(json.dumps({"expires_on": typed}))
    assert row["expires_on"] == day
    assert ("expires_on" in row["missing"]) == (day is None)


def test_the_number_tells_whose_certificate_it_is():
    (row,) = judged('{"number": "T500155199001010017", "expires_on": "2027-03-05"}')
    assert row["verdict"] == "other_authority"


@pytest.mark.parametrize(
    "line",
    ["[]", "1", "nonsense", '{"status": "lost"}', '{"healthy": 1}', '{"violations_2y": -1}',
     '{"violations_2y": true}', '{"hours": "24"}', '{"hours": [true]}', '{"today": "soon"}',
     "", "null", '"x"', '{"today": "2026-11-24", "born_on": "2026-11-25"}', '{"hours": [NaN]}',
     '{"hours": [-1]}', '{"number": 5}', '{"authority": ["housing"]}', '{"status": {}}',
     '{"today": "2026-W48-2"}', '{"today": "20261124"}', '{"today": ""}', '{"today": 7}',
     '{"born_on": "19900101"}', '{"today": "２０２６-11-24"}', '{"today": "2026-02-30"}',
     '{"expires_on": 7}', '{"authority": "none"}', '{"born_on": "1990"}', "[" * 20000],
)  # fmt: skip
def test_a_bad_line_is_an_error_and_the_next_goes_on(line):
    bad, good = judged(line, '{"expires_on": "2027-03-05"}')
    assert list(bad) == ["error"]
    assert good["verdict"] == "too_early"


def test_a_byte_order_mark_is_no_part_of_the_first_line():
    first, second = judged('\ufeff{"expires_on": "2027-03-05"}', '{"expires_on": "2027-03-05"}')
    assert first == second


def test_a_line_without_a_day_is_judged_today():
    assert judged("{}", '{"today": null}') == judged('{"today": "2026-11-24"}') * 2


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "utf-8"])
def test_json_is_utf8_whatever_the_machine_speaks(encoding):
    line = '{"today": "2026-11-24", "expires_on": "明年3月5号"}'
    done = subprocess.run(
        [sys.executable, "-m", "bot", "eligibility", "--jsonl"],
        check=False,
        cwd=ROOT,
        input=b"\xef\xbb\xbf" + line.encode() + b"\n\xff\xfe\n",
        capture_output=True,
        timeout=60,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )
    first, second = done.stdout.decode().splitlines()
    assert json.loads(first) == judged(line)[0]
    assert json.loads(second) == {"error": "not JSON"}
    assert (done.returncode, done.stderr) == (0, b"")
