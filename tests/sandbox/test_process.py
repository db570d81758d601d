"""``python -m sandbox`` as a process: starts, remembers, stops."""

import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
import requests

from tests.sandbox.conftest import APP_ID, KEY, SECRET, TOKEN, free_port

pytestmark = pytest.mark.slow


@contextmanager
def running(bot, *more):
    port = free_port()
    options = ["--app-id", APP_ID, "--app-secret", SECRET, "--token", TOKEN, "--aes-key", KEY]
    where = ["--port", str(port), "--push-url", bot.url]
    command = [sys.executable, "-m", "sandbox", *where, *options, *more]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        base = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                requests.get(f"{base}/health", timeout=1)
                break
            except requests.ConnectionError:
                time.sleep(0.05)
        try:
            yield process, base
        finally:
            process.kill()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_and_remembers_everything(bot, tmp_path, end):
    state = str(tmp_path / "var" / "sandbox.sqlite")
    with running(bot, "--state", state) as (process, base):
        openid = requests.post(f"{base}/control/followers", json={}, timeout=5).json()["openid"]
        path = f"{base}/control/followers/{openid}"
        row = {"type": "text", "text": "秘密"}
        requests.post(f"{path}/messages", json=row, timeout=5)
        requests.post(f"{base}/control/clock", json={"advance": "9d"}, timeout=5)
        before = requests.get(f"{path}/timeline", timeout=5).json()
        people = requests.get(f"{base}/control/followers", timeout=5).json()["followers"]
        process.send_signal(end)
        assert process.wait(5) == 0
        log = process.stderr.read()
    assert openid not in log
    assert "秘密" not in log
    with running(bot, "--state", state) as (_, base):
        path = f"{base}/control/followers/{openid}"
        assert requests.get(f"{path}/timeline", timeout=5).json() == before
        after = requests.get(f"{base}/control/followers", timeout=5).json()["followers"]
        assert [one["openid"] for one in after] == [one["openid"] for one in people]
        assert requests.get(f"{base}/control/clock", timeout=5).json()["offset"] > 9 * 86400 - 5
        first = bot.seen[-1]["MsgId"]
        requests.post(f"{path}/messages", json={"type": "text", "text": "x"}, timeout=5)
        assert int(bot.seen[-1]["MsgId"]) > int(first)


def test_the_same_seed_gives_the_same_names(bot):
    names = []
    for _ in range(2):
        with running(bot, "--seed", "5") as (_, base):
            rows = [requests.post(f"{base}/control/followers", json={}, timeout=5) for _ in "ab"]
            names.append([row.json()["openid"] for row in rows])
    assert names[0] == names[1]
    assert names[0][0] != names[0][1]


def test_a_port_that_is_taken_is_one_sentence(bot):
    with running(bot) as (_, base):
        port = base.rsplit(":", 1)[1]
        options = ["--app-id", "a", "--app-secret", "s", "--token", "t", "--aes-key", KEY]
        command = [sys.executable, "-m", "sandbox", "--port", port, "--push-url", bot.url]
        whole = [*command, *options]
        done = subprocess.run(whole, check=False, capture_output=True, text=True, timeout=20)
        assert done.returncode == 1
        assert "choose another with --port" in done.stderr
        assert "Traceback" not in done.stderr
