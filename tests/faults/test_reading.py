"""The worker killed in the middle of reading a photo: it is read once more, and told of once."""

import base64
import contextlib
import time
from pathlib import Path

import pytest

from bot.config import read_settings
from bot.wiring import House
from tests.stand import ROOT, Stand

PHOTO = ROOT / "tests" / "transcripts" / "photos" / "身份证正面.jpg"
SHOWN = "身份证正面（有照片的一面），我看到的是："
WELDER = "oA"

POINTS = [
    *(("before_commit", n) for n in (1, 2, 3)),
    *(("after_commit", n) for n in (1, 2, 3)),
    ("after_arrival", 1),
]
"""Where the worker dies in the long form: before and after each of its commits, and when what
it has read has arrived."""


def asked_for_a_photo(stand):
    stand.follow(WELDER)
    for words in ("申请复审", "同意"):
        stand.say(WELDER, words)
    data = base64.b64encode(PHOTO.read_bytes()).decode()
    stand.send(WELDER, type="image", data=data)


def readers(parent=None):
    """Processes that read photos: all there are, or those of one worker."""
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if b"bot.vision" in (path / "cmdline").read_bytes():
                ppid = int((path / "stat").read_text().rpartition(")")[2].split()[1])
                if parent in {None, ppid}:
                    found.add(int(path.name))
    return found


def wait(condition, seconds=45):
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "it does not happen"
        time.sleep(0.05)
    return found


def told(stand):
    return [b["text"] for b in stand.timeline(WELDER) if SHOWN in b["text"]]


def rows(stand):
    """(state of each photo), (tries and state of each reading) as the database has them."""
    house = House(read_settings(stand.env))
    with house.database.read() as connection:
        photos = connection.raw.execute("SELECT state FROM photos").fetchall()
        jobs = connection.raw.execute("SELECT tries, state FROM jobs").fetchall()
    house.close()
    return photos, jobs


def is_told_once(stand):
    wait(lambda: told(stand))
    time.sleep(1.5)  # time enough for a second one
    assert len(told(stand)) == 1
    photos, _ = rows(stand)
    assert photos == [("read",)]
    assert stand.say(WELDER, "对")["replies"][0]["text"].startswith("第2样")


def test_a_worker_killed_while_a_photo_is_read_is_followed_by_one_that_reads_it(
    sqlite_url, tmp_path
):
    with Stand(tmp_path, sqlite_url, parts=("web", "clock")) as stand:
        asked_for_a_photo(stand)
        stand.start("worker")
        (reader,) = wait(lambda: readers(stand.processes["worker"].pid))
        time.sleep(0.3)
        stand.kill("worker")
        wait(lambda: reader not in readers())
        assert told(stand) == []
        is_told_once(stand)
        assert rows(stand)[1] == [(2, "done")]
        left = readers(stand.processes["worker"].pid)
    assert not left & readers()


@pytest.mark.full
@pytest.mark.parametrize(("point", "passes"), POINTS, ids=str)
def test_wherever_the_worker_dies_he_is_told_once(sqlite_url, tmp_path, point, passes):
    with Stand(tmp_path, sqlite_url, parts=("web", "clock", "worker")) as stand:
        stand.processes["worker"].kill()
        stand.processes["worker"].wait()
        asked_for_a_photo(stand)
        stand.arm(point, passes)
        stand.start("worker")
        wait(lambda: not stand.failpoint.exists())
        wait(lambda: any(stand.processes[part].poll() is not None for part in stand.parts))
        stand.revive()
        is_told_once(stand)
        left = readers(stand.processes["worker"].pid)
    assert not left & readers()
