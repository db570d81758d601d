"""``weldmate demo``: the whole bot on the embedded default, with the sandbox before it."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from bot.config import read_settings
from bot.parent import Parent
from bot.store.schema import upgrade
from bot.wechat.menu import push
from bot.wiring import House

HOME = Path("var/demo")

AES_KEY = "DemoOnlyDemoOnlyDemoOnlyDemoOnlyDemoOnlyDem"
"""An account that exists only between this bot and its sandbox."""


def environ(folder: Path, bot_port: int, sandbox_port: int) -> dict[str, str]:
    """Return the settings of the demo."""
    sandbox = f"http://127.0.0.1:{sandbox_port}"
    return {
        **os.environ,
        "WELDMATE_ENV": "demo",
        "WECHAT_APP_ID": "wx0000000000000de0",
        "WECHAT_APP_SECRET": _secret(folder / "secret"),
        "WECHAT_TOKEN": "demotoken",
        "WECHAT_AES_KEY": AES_KEY,
        "WECHAT_API_BASE": sandbox,
        "WECHAT_OAUTH_BASE": sandbox,
        "WECHAT_JS_URL": f"{sandbox}/jssdk/jweixin-1.6.0.js",
        "WECHAT_CONSENT_TEMPLATE": "demo_expiry",
        "CLOCK_URL": f"{sandbox}/control/clock",
        "DATABASE_URL": f"sqlite:///{folder / 'weldmate.sqlite'}",
        "REDIS_URL": "",
        "DATA_KEY_FILE": str(folder / "data.key"),
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{bot_port}",
        "BIND": f"127.0.0.1:{bot_port}",
    }


def run_demo(reset: bool, bot_port: int = 8080, sandbox_port: int = 8090) -> None:
    """Start everything, print the one address, and keep it going until Ctrl-C."""
    folder = HOME.absolute()
    if reset and folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    env = environ(folder, bot_port, sandbox_port)
    parent = Parent()
    parent.add("sandbox", "sandbox", *sandbox_options(env, folder, sandbox_port), environ=env)
    for name in ("web", "worker", "clock"):
        command = "serve" if name == "web" else name
        parent.add(name, "bot", command, environ=env)
    for child in parent.children[:1]:
        child.start()
    _wait_for(f"http://127.0.0.1:{sandbox_port}/health")
    _publish_menu(env)
    sys.stdout.write(f"\n  http://127.0.0.1:{sandbox_port}/\n\n")
    sys.stdout.flush()
    parent.run()


def _publish_menu(env: dict[str, str]) -> None:
    house = House(read_settings(env))
    upgrade(house.settings.database_url)
    push(house.api, house.library.menu)
    house.close()


def sandbox_options(env: dict[str, str], folder: Path, port: int) -> list[str]:
    """Return the sandbox's options for the same account."""
    return [
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--state", str(folder / "sandbox.sqlite")),
        *("--push-url", f"{env['PUBLIC_BASE_URL']}/wechat"),
        *("--app-id", env["WECHAT_APP_ID"], "--app-secret", env["WECHAT_APP_SECRET"]),
        *("--token", env["WECHAT_TOKEN"], "--aes-key", env["WECHAT_AES_KEY"]),
    ]


def _secret(path: Path) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(16), encoding="ascii")
    return path.read_text(encoding="ascii")


def _wait_for(url: str, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit("The sandbox does not start: is its port taken?")
