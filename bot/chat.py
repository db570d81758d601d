"""``weldmate chat``: the talk in a terminal, without WeChat, forgotten at the end."""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bot.config import Settings
from bot.handlers.router import answer
from bot.messages import Incoming
from bot.store.schema import upgrade
from bot.wiring import House


def local_house(folder: Path, content: Path) -> House:
    """Make a house that lives in a folder and knows no WeChat."""
    settings = Settings(
        wechat_app_id="wx0000000000000000",
        wechat_app_secret="-",  # noqa: S106 there is no account
        wechat_token="chat",  # noqa: S106
        wechat_aes_key="A" * 43,
        database_url=f"sqlite:///{folder / 'chat.sqlite'}",
        data_key_file=folder / "data.key",
        content_dir=content,
        weldmate_env="test",
    )
    upgrade(settings.database_url)
    return House(settings)


def run_chat(content: Path) -> None:
    """Read lines, print answers, until the input ends."""
    with tempfile.TemporaryDirectory() as folder:
        house = local_house(Path(folder), content)
        number = 0
        line = ""
        while True:
            now = datetime.now(UTC)
            kind = "text" if number else "follow"
            incoming = Incoming(f"chat:{number}", "chat", kind, now, line)  # type: ignore[arg-type]
            for said in answer(incoming, house.services).said:
                sys.stdout.write(said.text + "\n")
                for choice in said.choices:
                    sys.stdout.write(f"  {choice.n}. {choice.text}\n")
            sys.stdout.write("> ")
            sys.stdout.flush()
            line = sys.stdin.readline()
            if not line:
                break
            line, number = line.strip(), number + 1
        house.close()
