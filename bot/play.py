"""``weldmate play``: transcripts over HTTP, against a running sandbox or a fresh one each."""

from __future__ import annotations

import base64
import re
import secrets
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from bot.demo import fresh_sandbox
from bot.domain.reminders import SHANGHAI
from bot.library import load
from bot.transcript import BadTranscript, Mismatch, Player, read

PUNCTUAL = timedelta(minutes=10)
"""A clock that is past a transcript's beginning by no more than this is on time."""

JPEG = b"\xff\xd8\xff\xe0 a photo \xff\xd9"


class SandboxDriver:
    """Plays followers of a sandbox. Implements ``transcript.Driver``."""

    def __init__(self, base: str, photos: Path) -> None:
        """``photos``: where ``[photo NAME]`` finds its file; without one any photo is sent."""
        self._base, self._photos = base.rstrip("/"), photos
        self._codes: dict[str, str] = {}
        self._session = requests.Session()
        self._session.trust_env = False
        self._people: dict[str, str] = {}
        self._seen: dict[str, int] = {}

    def _call(self, method: str, path: str, row: dict[str, Any] | None = None) -> Any:
        url = f"{self._base}/control{path}"
        answer = self._session.request(method, url, json=row, timeout=120)
        if answer.status_code != requests.codes.ok:
            raise BadTranscript(str(answer.json().get("error", answer.status_code)))
        return answer.json()

    def begin(self, instant: str) -> None:
        """Turn the clock to the day; it never goes back. Raises ``BadTranscript`` if it is over."""
        begins = instant_of(instant)
        now = datetime.fromisoformat(self._call("GET", "/clock")["now"])
        if now > begins + PUNCTUAL:
            raise BadTranscript(
                f"it begins on {begins:%F %H:%M}, and this sandbox's clock is at"
                f" {now.astimezone(SHANGHAI):%F %H:%M}; without --sandbox it gets a fresh one"
            )
        self._call("POST", "/clock", {"to": begins.isoformat()})

    def speak(self, who: str, words: str) -> list[str]:
        """Type words, or do what stands in brackets."""
        deed = re.fullmatch(r"\[(\w+)\s*(.*)\]", words)
        if words == "[follow]" or who not in self._people:
            self._follow(who)
            if words == "[follow]":
                return self._came(who)
            self._came(who)
        path = f"/followers/{self._people[who]}"
        if words == "[unfollow]":
            self._call("DELETE", path)
        else:
            self._call("POST", f"{path}/messages", self._message(who, deed, words))
        return self._came(who)

    def _message(self, who: str, deed: re.Match[str] | None, words: str) -> dict[str, Any]:
        if deed and deed[1] == "code":
            return {"type": "text", "text": self._codes.get(who, "")}
        if deed and deed[1] == "photo":
            file = self._photos / f"{deed[2]}.jpg"
            content = file.read_bytes() if file.exists() else JPEG
            return {"type": "image", "data": base64.b64encode(content).decode()}
        return _message(deed, words)

    def _follow(self, who: str) -> None:
        known = self._people.get(who) or f"o{secrets.token_hex(13)}"
        self._call("POST", "/followers", {"openid": known})
        self._people[who] = known

    def turn_clock(self, who: str, by: str) -> list[str]:
        """Let time pass."""
        row: dict[str, Any] = {"to_next": True} if by == "next" else {"advance": by}
        self._call("POST", "/clock", row)
        return self._came(who) if who in self._people else []

    def _came(self, who: str) -> list[str]:
        after = self._seen.get(who, 0)
        answer = self._call("GET", f"/followers/{self._people[who]}/timeline?after={after}")
        bubbles = answer["bubbles"]
        if bubbles:
            self._seen[who] = bubbles[-1]["n"]
        for bubble in bubbles:
            if bubble["via"] == "sms" and (found := re.search(r"\d{6}", bubble["text"])):
                self._codes[who] = found[0]
        return [b["text"] for b in bubbles if b["from"] != "welder" and b["via"] != "sms"]


def instant_of(text: str) -> datetime:
    """Read the day (and hour, Shanghai; 10 if there is none) at which a transcript begins."""
    day = datetime.fromisoformat(text)
    return day.replace(hour=day.hour or 10, tzinfo=SHANGHAI)


def _message(deed: re.Match[str] | None, words: str) -> dict[str, Any]:
    if deed is None:
        return {"type": "text", "text": words}
    name, value = deed[1], deed[2]
    rows: dict[str, dict[str, Any]] = {
        "tap": {"type": "click", "key": value},
        "choose": {"type": "choose", "n": int(value) if value.isdigit() else 0},
        "scan": {"type": "scan", "scene": value},
        "consent": {"type": "consent", "template": value, "accept": True},
        "voice": {"type": "voice"},
    }
    if name not in rows:
        raise BadTranscript(f"[{name}] is nothing a welder can do")
    return rows[name]


def _beginning(text: str) -> str:
    stated = next((line.text for line in read(text) if line.mark == "="), None)
    return (instant_of(stated) if stated else datetime.now(SHANGHAI)).isoformat()


def play_files(files: Sequence[Path], base: str | None, content: Path) -> int:
    """Play each file with followers of its own; return 0 if all of them fit.

    Without the address of a sandbox each is played on a fresh one, at its own time.
    """
    words = load(content).words
    failures = 0
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
            with nullcontext(base) if base else fresh_sandbox(_beginning(text)) as address:
                Player(SandboxDriver(address, path.parent / "photos"), words.pattern).play(text)
            sys.stdout.write(f"✓ {path.name}\n")
        except (Mismatch, BadTranscript, requests.RequestException, OSError, UnicodeError) as error:
            failures += 1
            sys.stdout.write(f"✗ {path.name}: {error}\n")
    return 1 if failures else 0
