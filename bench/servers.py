"""The servers compared: each is one gunicorn process of eight threads, behind one port."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

TOKEN, APP, KEY = "benchtoken", "wx00000000000bench", "B" * 43
ROOT = Path(__file__).parent.parent

ECHO = f'''
from flask import Flask, request
from wechatpy.crypto import WeChatCrypto
from wechatpy import parse_message, create_reply
app = Flask(__name__)
crypto = WeChatCrypto("{TOKEN}", "{KEY}", "{APP}")

@app.post("/wechat")
def callback():
    q = request.args
    xml = crypto.decrypt_message(request.data, q["msg_signature"], q["timestamp"], q["nonce"])
    message = parse_message(xml)
    reply = create_reply(message.content, message).render()
    return crypto.encrypt_message(reply, q["nonce"], q["timestamp"])

@app.get("/health")
def health():
    return "ok"
'''

WEROBOT = f'''
import os
from werobot import WeRoBot
from werobot.session.sqlitestorage import SQLiteStorage
storage = os.environ["STORAGE"]
if storage == "redis":
    import redis
    from werobot.session.redisstorage import RedisStorage
    session = RedisStorage(redis.Redis.from_url(os.environ["REDIS"]))
else:
    session = SQLiteStorage(storage)
robot = WeRoBot(token="{TOKEN}", enable_session=True, session_storage=session)
robot.config["APP_ID"], robot.config["ENCODING_AES_KEY"] = "{APP}", "{KEY}"

@robot.text
def hello(message, session):
    session["count"] = session.get("count", 0) + 1
    return message.content

app = robot.wsgi
'''


@dataclass
class Server:
    """One server under test, and what runs beside it."""

    name: str
    port: int
    command: list[str]
    env: dict[str, str]
    path: str = "/wechat"
    beside: list[list[str]] = field(default_factory=list)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        """Start it and wait until its port answers."""
        env = {**os.environ, **self.env}
        for command in [self.command, *self.beside]:
            self.processes.append(subprocess.Popen(command, env=env, cwd=ROOT))
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=1)
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{self.name} does not start")

    def cpu(self) -> float:
        """Return the seconds of processor time its serving processes have used."""
        pids = [self.processes[0].pid]
        path = Path(f"/proc/{pids[0]}/task/{pids[0]}/children")
        pids += [int(pid) for pid in path.read_text().split()]
        ticks = 0
        for pid in pids:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """Stop it and what runs beside it."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(15)


def gunicorn(module: str, port: int) -> list[str]:
    """Return the command for an application in a module."""
    return [
        sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", "8",
        "--worker-class", "gthread", "--keep-alive", "60", "--log-level", "error",
        "--no-control-socket", f"{module}:app",
    ]  # fmt: skip


def servers(folder: Path, ports: list[int], redis_url: str) -> list[Server]:
    """Make the servers, the echo first."""
    (folder / "bench_echo.py").write_text(ECHO)
    (folder / "bench_werobot.py").write_text(WEROBOT)
    path = {"PYTHONPATH": str(folder)}
    ours = {
        "WECHAT_APP_ID": APP,
        "WECHAT_APP_SECRET": "s",
        "WECHAT_TOKEN": TOKEN,
        "WECHAT_AES_KEY": KEY,
        "WELDMATE_ENV": "production",
        "BIND": f"127.0.0.1:{ports[3]}",
        "DATABASE_URL": f"sqlite:///{folder}/ours.sqlite",
        "DATA_KEY_FILE": f"{folder}/data.key",
    }
    run = [sys.executable, "-m", "bot"]
    return [
        Server("bare Flask + wechatpy, echo", ports[0], gunicorn("bench_echo", ports[0]), path),
        Server(
            "WeRoBot, session in SQLite", ports[1], gunicorn("bench_werobot", ports[1]),
            {**path, "STORAGE": f"{folder}/werobot.sqlite"}, "/",
        ),
        Server(
            "WeRoBot, session in Redis", ports[2], gunicorn("bench_werobot", ports[2]),
            {**path, "STORAGE": "redis", "REDIS": redis_url}, "/",
        ),
        Server(
            "weldmate, a durable turn on SQLite FULL", ports[3], [*run, "serve"], ours,
            beside=[[*run, "worker"], [*run, "clock"]],
        ),
    ]  # fmt: skip
