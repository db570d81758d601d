"""The command: whatever is wrong is one sentence, never a traceback."""

import json
import os
import subprocess
import sys

import pytest

from bot.store.schema import upgrade
from tests.conftest import ROOT
from tests.servers import free_port

PG = "postgresql+psycopg://u:verysecret@127.0.0.1:1/x"


def weldmate(folder, *command, stdin=b"", **settings):
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "WECHAT_APP_ID": "wx1",
        "WECHAT_APP_SECRET": "s",
        "WECHAT_TOKEN": "abc",
        "WECHAT_AES_KEY": "A" * 43,
        "WECHAT_API_BASE": "http://127.0.0.1:1",
        "DATABASE_URL": f"sqlite:///{folder / 'test.sqlite'}",
        "DATA_KEY_FILE": str(folder / "data.key"),
        "WELDMATE_ENV": "test",
        **settings,
    }
    return subprocess.run(
        [sys.executable, "-m", "bot", *command],
        env=env, cwd=folder, input=stdin, check=False, capture_output=True, timeout=30,
    )  # fmt: skip


def sentence(done):
    """Return the one line of what went wrong."""
    told = done.stderr.decode()
    assert done.returncode not in {0, None}
    assert "Traceback" not in told
    assert "verysecret" not in told
    (line,) = [line for line in told.splitlines() if line.startswith("weldmate: ")]
    return line


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a database of this release."""
    made = tmp_path_factory.mktemp("cli")
    upgrade(f"sqlite:///{made / 'test.sqlite'}")
    return made


@pytest.mark.parametrize(
    ("command", "settings", "told"),
    [
        (["db", "upgrade"], {"DATABASE_URL": PG}, "DATABASE_URL: the database"),
        (
            ["db", "upgrade"],
            {"DATABASE_URL": "sqlite:////nowhere/x.sqlite"},
            "DATABASE_URL: /nowhere: ",
        ),
        (["serve"], {"DATABASE_URL": PG}, "DATABASE_URL: the database"),
        (["reach", "o1"], {"DATABASE_URL": PG}, "DATABASE_URL: the database"),
        (["human", "list"], {"DATABASE_URL": PG}, "DATABASE_URL: the database"),
        (["human", "list"], {"DATABASE_URL": "sqlite:///empty.sqlite"}, "db upgrade"),
        (["reach", "o1"], {"DATABASE_URL": "sqlite:///empty.sqlite"}, "db upgrade"),
        (["menu", "push"], {"DATABASE_URL": "sqlite:///empty.sqlite"}, "db upgrade"),
        (["menu", "push"], {}, "WeChat's API: 0"),
        (["menu", "push"], {"REDIS_URL": "redis://127.0.0.1:1"}, "REDIS_URL: Redis"),
        (["worker"], {"REDIS_URL": "redis://127.0.0.1:1?db=x"}, "REDIS_URL: "),
        (["serve"], {"DATABASE_URL": PG.replace("1/x", "port/x")}, "DATABASE_URL: the port"),
        (["serve"], {"BIND": "127.0.0.1:99999"}, "BIND is"),
        (["serve"], {"PUBLIC_BASE_URL": "http://[bad"}, "PUBLIC_BASE_URL is"),
        (["serve"], {"RULEBOOK": "x"}, "RULEBOOK is"),
        (["serve"], {"DATA_KEY_FILE": "/proc/x/y"}, "DATA_KEY_FILE: "),
        (["clock"], {"CLOCK_URL": "http://127.0.0.1:1/x"}, "CLOCK_URL: "),
        (["reach", "o1"], {"CLOCK_URL": "http://127.0.0.1:1/x"}, "CLOCK_URL: "),
        (["human", "reply", "1", "x"], {"CLOCK_URL": "http://127.0.0.1:1/x"}, "CLOCK_URL: "),
        (["reach", b"\xff"], {}, "UTF-8"),
    ],
)
def test_what_is_wrong_is_one_sentence(folder, command, settings, told):
    assert told in sentence(weldmate(folder, *command, **settings))


def test_a_database_of_a_later_release_is_said_to_be_one(tmp_path):
    from sqlalchemy import create_engine, text

    url = f"sqlite:///{tmp_path / 'test.sqlite'}"
    upgrade(url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))
    engine.dispose()
    assert "r9999" in sentence(weldmate(tmp_path, "db", "upgrade"))


def test_words_under_a_lost_key_are_said_to_be_unreadable(tmp_path):
    from bot.store.driver import Statement
    from bot.wiring import House
    from tests.conftest import test_settings

    url = f"sqlite:///{tmp_path / 'test.sqlite'}"
    upgrade(url)
    house = House(test_settings(url, tmp_path))
    with house.database.write() as connection:
        connection.execute(Statement("INSERT INTO contacts (openid, created_at) VALUES ('o', 0)"))
        asked = Statement(
            "INSERT INTO human_requests (contact_id, state, reason, words, opened_at)"
            " VALUES (1, 'open', 'asked', :words, 0)"
        )
        words = house.cipher.seal("?", "human_requests.words", 1)
        connection.execute(asked, {"words": words})
    house.close()
    assert weldmate(tmp_path, "human", "list").returncode == 0
    (tmp_path / "data.key").unlink()
    assert "DATA_KEY_FILE: " in sentence(weldmate(tmp_path, "human", "list"))


@pytest.mark.parametrize(
    "command",
    [
        ["human", "reply", "99999999999999999999", "x"],
        ["human", "close", "0"],
        ["demo", "--port", "0"],
        ["demo", "--sandbox-port", "70000"],
        ["up", "--nosuch"],
        ["nosuch"],
    ],
)
def test_an_argument_that_cannot_be_is_named(folder, command):
    done = weldmate(folder, *command)
    assert done.returncode == 2
    assert b"Error: " in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_taken_port_is_named(folder):
    import socket

    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        port = door.getsockname()[1]
        done = weldmate(folder, "serve", BIND=f"127.0.0.1:{port}")
    assert done.returncode != 0
    assert str(port).encode() in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_terminal_without_chinese_is_told_all_the_same(folder):
    done = weldmate(
        folder, "eligibility", "--jsonl", stdin=b'\xef\xbb\xbf{}\n{"number": "\xff"}\n\xff\n',
        PYTHONIOENCODING="ascii",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    first, second, third = map(json.loads, done.stdout.splitlines())
    assert first["verdict"] == second["verdict"] == "needs_human"
    assert third == {"error": "not JSON"}
    assert done.stderr == b""


def test_a_talk_goes_on_in_a_terminal_without_chinese(folder):
    done = weldmate(
        folder, "chat", stdin="自查\n\xff\n".encode("latin-1", "replace"), PYTHONIOENCODING="ascii"
    )
    assert done.returncode == 0, done.stderr
    assert b"\\u" in done.stdout
    assert b"Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_fault(folder):
    command = f"yes '{{}}' | head -20000 | {sys.executable} -m bot eligibility --jsonl | head -1"
    done = subprocess.run(
        command, shell=True, cwd=ROOT, capture_output=True, check=False, timeout=60
    )
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr


def test_a_transcript_that_is_no_text_is_one_sentence(folder):
    path = folder / "bad.txt"
    path.write_bytes(b"> \xff\n")
    done = weldmate(folder, "play", str(path), "--sandbox", f"http://127.0.0.1:{free_port()}")
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
