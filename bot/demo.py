"""``weldmate demo``: the whole bot on the embedded default, with the sandbox before it."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from bot.config import read_settings
from bot.parent import Parent
from bot.store.schema import upgrade
from bot.wechat.menu import push
from bot.wiring import House

HOME = Path("var/demo")

AES_KEY = "DemoOnlyDemoOnlyDemoOnlyDemoOnlyDemoOnlyDem"
"""An account that exists only between this bot and its sandbox."""

MERCHANT_SERIAL = "5157F09EFDC096DE15EBE81A47057A72AF5B4A00"
"""The number of a certificate that the sandbox makes for its merchant."""


def environ(folder: Path, bot_port: int, sandbox_port: int) -> dict[str, str]:
    """Return the settings of the demo."""
    sandbox, pay = f"http://127.0.0.1:{sandbox_port}", folder / "pay"
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
        "TENCENT_SECRET_ID": "sandbox-cloud-id",
        "TENCENT_SECRET_KEY": "sandbox-cloud-key",
        "TENCENT_ASR_BASE": sandbox,
        "TENCENT_SMS_BASE": sandbox,
        "TENCENT_SMS_APP_ID": "1400000000",
        "TENCENT_SMS_SIGN": "weldmate",
        "TENCENT_SMS_CODE_TEMPLATE": "demo_code",
        "TENCENT_FACE_BASE": sandbox,
        "TENCENT_FACE_RULE": "1",
        "TENCENT_OCR_BASE": sandbox,
        "TENCENT_OCR": "1",
        "WECHATPAY_MCH_ID": "1900000109",
        "WECHATPAY_CERT_SERIAL": MERCHANT_SERIAL,
        "WECHATPAY_PRIVATE_KEY_FILE": str(pay / "merchant_key.pem"),
        "WECHATPAY_API_V3_KEY": "DemoOnlyDemoOnlyDemoOnlyDemoOnly",
        "WECHATPAY_PUBLIC_KEY_ID": "PUB_KEY_ID_0119000001092026112500",
        "WECHATPAY_PUBLIC_KEY_FILE": str(pay / "platform_public_key.pem"),
        "WECHATPAY_PLATFORM_CERTS": str(pay / "certificates"),
        "WECHATPAY_API_BASE": sandbox,
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
    parent = _company(env, sandbox_options(env, folder, sandbox_port))
    parent.children[0].start()
    _wait_for(f"{env['WECHAT_API_BASE']}/health")
    _publish_menu(env)
    _note_settings(folder / "settings", env)
    sys.stdout.write(f"\n  {env['WECHAT_API_BASE']}/\n\n")
    sys.stdout.flush()
    parent.run()


def _note_settings(path: Path, env: dict[str, str]) -> None:
    """Write the demo's settings for a shell, so that operators' commands find it (``. FILE``)."""
    path.touch(mode=0o600)
    own = sorted(name for name in env if os.environ.get(name) != env[name])
    lines = [f"export {name}={shlex.quote(env[name])}\n" for name in own]
    path.write_text("".join(lines), encoding="utf-8")


@contextmanager
def fresh_sandbox(now: str) -> Iterator[str]:
    """Run a bot with a sandbox whose clock begins at an instant; give the sandbox's address."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        env = environ(folder, _free_port(), sandbox_port := _free_port())
        options = sandbox_options(env, folder, sandbox_port)
        with (folder / "log").open("wb") as log:
            parent = _company(env, [*options, "--now", now], log)
            try:
                parent.children[0].start()
                _wait_for(f"{env['WECHAT_API_BASE']}/health")
                _publish_menu(env)
                for child in parent.children[1:]:
                    child.start()
                _wait_for(f"{env['PUBLIC_BASE_URL']}/ready")
                yield env["WECHAT_API_BASE"]
            finally:
                parent.stop()


def _company(env: dict[str, str], options: list[str], log: IO[bytes] | None = None) -> Parent:
    """Return the parent of the sandbox, which comes first, and of the bot's parts."""
    parent = Parent(output=log)
    parent.add("sandbox", "sandbox", *options, environ=env)
    for command in ("serve", "worker", "clock"):
        parent.add(command, "bot", command, environ=env)
    return parent


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


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
        *("--pay-dir", str(folder / "pay"), "--mch-id", env["WECHATPAY_MCH_ID"]),
        *("--merchant-serial", env["WECHATPAY_CERT_SERIAL"]),
        *("--api-v3-key", env["WECHATPAY_API_V3_KEY"]),
        *("--public-key-id", env["WECHATPAY_PUBLIC_KEY_ID"]),
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
    raise SystemExit(f"{url} does not answer: is the port taken?")
