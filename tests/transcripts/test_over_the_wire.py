"""``weldmate play``: the same files over HTTP, every message signed and encrypted."""

import subprocess
import sys

from tests.conftest import ROOT
from tests.stand import Stand

STORY = ROOT / "tests" / "transcripts" / "story.txt"
APPLICATION = STORY.with_name("application.txt")


def play(*arguments):
    command = [sys.executable, "-m", "bot", "play", *map(str, arguments)]
    done = subprocess.run(
        command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout, done.stderr


def test_a_talk_fits_on_a_fresh_sandbox_whatever_the_day_is():
    assert play(STORY) == (0, "✓ story.txt\n", "")


def test_a_whole_application_fits_on_a_fresh_sandbox():
    """Photos are fetched and read, a code comes by the cloud: all of it by other processes."""
    assert play(APPLICATION) == (0, "✓ application.txt\n", "")


def test_a_line_that_does_not_fit_is_named(tmp_path):
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("= 2031-01-01\n> 自查\n< eligibility.issuer\n", encoding="utf-8")
    code, said, _ = play(wrong)
    assert code == 1
    assert said.startswith("✗ wrong.txt: line 3: expected eligibility.issuer")


def test_a_running_sandbox_plays_what_its_clock_has_not_passed(tmp_path, sqlite_url):
    early = tmp_path / "early.txt"
    early.write_text("= 2026-11-01\n> 自查\n", encoding="utf-8")
    with Stand(tmp_path, sqlite_url) as stand:
        assert play("--sandbox", stand.sandbox, STORY)[0] == 0
        code, said, _ = play("--sandbox", stand.sandbox, early)
    assert code == 1
    assert "it begins on 2026-11-01 10:00, and this sandbox's clock is at 20" in said
