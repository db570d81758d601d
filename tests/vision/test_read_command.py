"""``weldmate read``: one line a file, whatever is in it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from bot.cli.photos import _told
from bot.domain.photo import Field, PhotoReading
from tests.conftest import ROOT
from tests.test_cli import sentence, weldmate
from tests.vision.cards import PEOPLE, e_certificate
from tests.vision.conditions import photographed
from tests.vision.hostile import REFUSED, SVG

FILES = {"nothing.jpg": b"", "picture.svg": SVG, "half.jpg": REFUSED["half a JPEG"][0]()}


def test_each_file_is_one_line_in_order(tmp_path):
    (tmp_path / "证.jpg").write_bytes(photographed(e_certificate(PEOPLE[0]), "clean"))
    for name, file in FILES.items():
        (tmp_path / name).write_bytes(file)
    names = ["nothing.jpg", "证.jpg", "picture.svg", "half.jpg"]
    done = weldmate(tmp_path, "read", *names, "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    rows = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [row["file"] for row in rows] == names
    assert [row["document"] for row in rows] == [None, "certificate", None, None]
    assert [row["problems"] for row in rows] == [["empty"], [], ["kind"], ["damaged"]]
    assert rows[0] == {"file": "nothing.jpg", "document": None, "fields": {}, "problems": ["empty"]}
    number = rows[1]["fields"]["id_number"]
    assert number["value"] == PEOPLE[0].id_number
    assert 0.9 < number["score"] <= 1


def test_a_person_gets_a_table():
    reading = PhotoReading("id_front", {"name": Field("张翀", 0.95)}, ("name_unsure",))
    assert list(_told(Path("a.jpg"), reading)) == [
        "a.jpg: id_front",
        "  name             0.950  张翀",
        "  problems: name_unsure",
    ]


def test_a_file_that_is_not_there_is_a_mistake_of_use(tmp_path):
    done = weldmate(tmp_path, "read", "no.jpg", "--json")
    assert done.returncode == 2
    assert "no.jpg" in done.stderr.decode()


def test_what_is_not_installed_is_one_sentence(tmp_path):
    (tmp_path / "a.jpg").write_bytes(SVG)
    starter = (
        "import sys; from bot.vision import process;"
        "process.COMMAND = [sys.executable, '-c', "
        "\"import sys; sys.modules['rapidocr'] = None; from bot.vision.__main__ import main; main()\"];"
        "from bot.cli import main; sys.argv = ['weldmate', 'read', 'a.jpg']; main()"
    )
    (tmp_path / "start.py").write_text(starter, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "start.py"],
        cwd=tmp_path, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert "weldmate[photos]" in sentence(done)
