"""Rules of the house that no linter knows."""

import re
import subprocess

from tests.conftest import ROOT

CODE = sorted((ROOT / "bot").rglob("*.py"))


def test_no_chinese_sign_stands_in_the_code():
    chinese = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]|\\\\u[3-9f][0-9a-f]{3}")
    ours = {"\\ud800", "\\udfff", "\\ufffe", "\\uffff"}  # what XML forbids, not words
    ours |= {"\\u3400", "\\u9fff", "\\ufeff"}  # where the script begins and ends; a byte mark
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in CODE
        for match in chinese.finditer(path.read_text(encoding="utf-8"))
        if match.group() not in ours
    ]
    assert found == []


def test_no_room_has_a_name_that_says_nothing():
    empty = {"utils", "util", "helpers", "helper", "common", "core", "misc", "manager", "base"}
    rooms = {part for path in CODE for part in (*path.parts, path.stem)}
    assert rooms & empty == set()


def test_the_sandbox_and_the_bot_know_nothing_of_each_other():
    for path in (ROOT / "sandbox").rglob("*.py"):
        assert not re.search(r"^(from|import) bot\b", path.read_text(encoding="utf-8"), re.M), path


def test_every_setting_stands_in_the_example():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    from dataclasses import fields

    from bot.config import Settings

    missing = [f.name.upper() for f in fields(Settings) if f"{f.name.upper()}=" not in example]
    assert missing == ["FAILPOINT"]


def test_no_tracked_file_names_a_registry():
    listed = subprocess.run(
        ["git", "ls-files"], check=True, cwd=ROOT, capture_output=True, text=True
    )
    for name in listed.stdout.split():
        if name.startswith("requirements/"):
            assert "http" not in (ROOT / name).read_text(encoding="utf-8")
