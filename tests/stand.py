"""The whole thing as processes: sandbox, web, worker and clock, on ports and files of their own."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from bot.demo import environ, sandbox_options
from tests.servers import free_port

MORNING = "2026-11-24T10:00+08:00"
"""When every stand begins: at night other reminders are due than in the morning."""

ROOT = Path(__file__).parent.parent


class Stand:
    """Starts everything, talks to the sandbox's control, kills what it is told to kill."""

    def __init__(self, folder, database_url, redis_url="", parts=("web", "worker", "clock")):
        self.folder, self.parts = folder, parts
        bot_port, sandbox_port = free_port(), free_port()
        env = environ(folder, bot_port, sandbox_port)
        self.failpoint = folder / "failpoint"
        self.env = env | {
            "WELDMATE_ENV": "test",
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "FAILPOINT": str(self.failpoint),
            "PYTHONPATH": str(ROOT),
        }
        self.bot = env["PUBLIC_BASE_URL"]
        self.sandbox = env["WECHAT_API_BASE"]
        self.sandbox_port = sandbox_port
        self.processes = {}

    def __enter__(self):
        self.log = (self.folder / "log").open("ab")
        try:
            self.start_all()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start_all(self):
        options = sandbox_options(self.env, self.folder, self.sandbox_port)
        self.spawn("sandbox", "-m", "sandbox", *options, "--now", MORNING)
        self.until(f"{self.sandbox}/health")
        for part in self.parts:
            self.start(part)
        if "web" in self.parts:
            self.until(f"{self.bot}/ready")

    def start(self, part):
        self.spawn(part, "-m", "bot", {"web": "serve"}.get(part, part))

    def spawn(self, name, *command):
        self.processes[name] = subprocess.Popen(
            [sys.executable, *command],
            env=self.env,
            cwd=ROOT,
            stdout=self.log,
            stderr=self.log,
        )

    def weldmate(self, *command):
        """Run one command of the bot with this installation's settings."""
        run = [sys.executable, "-m", "bot", *command]
        done = subprocess.run(run, env=self.env, cwd=ROOT, check=True, capture_output=True)
        return done.stdout.decode()

    def __exit__(self, *_error):
        for process in reversed(self.processes.values()):
            process.terminate()
        for process in reversed(self.processes.values()):
            try:
                process.wait(12)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.log.close()

    def until(self, url, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(urllib.error.URLError, OSError):
                urllib.request.urlopen(url, timeout=1).close()
                return
            time.sleep(0.05)
        raise RuntimeError(f"{url} does not answer:\n{(self.folder / 'log').read_text()[-3000:]}")

    # killing

    def arm(self, point, passes=1):
        """Let the next process that passes this point so often kill itself there."""
        draft = self.failpoint.with_suffix(".draft")
        draft.write_text(f"{point} {passes}")
        draft.replace(self.failpoint)

    def disarm(self):
        self.failpoint.unlink(missing_ok=True)

    def web_worker(self):
        """Return the process that serves: gunicorn's child."""
        master = self.processes["web"].pid
        path = Path(f"/proc/{master}/task/{master}/children")
        children = path.read_text().split() if path.exists() else []
        return int(children[0]) if children else None

    def kill_web(self):
        pid = self.web_worker()
        if pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return pid

    def kill(self, part):
        """Kill a process and start it again, as the parent would."""
        self.processes[part].kill()
        self.processes[part].wait()
        self.start(part)

    def revive(self):
        """Start what a failpoint has killed."""
        for part in self.parts:
            if self.processes[part].poll() is not None:
                self.start(part)

    # the sandbox's control

    def call(self, method, path, row=None):
        data = None if row is None else json.dumps(row).encode()
        request = urllib.request.Request(
            f"{self.sandbox}/control{path}",
            method=method,
            data=data,
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return json.load(error)

    def follow(self, openid):
        return self.call("POST", "/followers", {"openid": openid})

    def say(self, openid, text, **more):
        row = {"type": "text", "text": text, **more}
        return self.call("POST", f"/followers/{openid}/messages", row)

    def send(self, openid, **row):
        return self.call("POST", f"/followers/{openid}/messages", row)

    def timeline(self, openid, after=0):
        return self.call("GET", f"/followers/{openid}/timeline?after={after}")["bubbles"]

    def turn(self, **row):
        return self.call("POST", "/clock", row)
