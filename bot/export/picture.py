"""The side that asks for a picture: it is drawn in a child, because Pillow may not live here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

PATIENCE_S = 8.0
"""A picture takes one second; a worker that is told to stop has ten."""

MOST_BYTES = 200_000
"""Of a picture: people pay for what they load."""

PNG = b"\x89PNG\r\n\x1a\n"

COMMAND = [sys.executable, "-m", "bot.export.card"]


class NotDrawn(Exception):
    """The child did not give a picture; the text says why, and nothing of what it shows."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a receipt's picture says, from top to bottom; a pair is (label, value)."""

    heading: str
    title: str
    items: tuple[tuple[str, str], ...]
    total: tuple[str, str]
    facts: tuple[tuple[str, str], ...]
    foot: str


def draw(card: Card, patience_s: float = PATIENCE_S) -> bytes | None:
    """Return a PNG of at most ``MOST_BYTES``; None where nothing that draws is installed.

    Raises ``NotDrawn``.
    """
    if find_spec("PIL") is None:
        return None
    try:
        child = subprocess.run(
            COMMAND,
            input=json.dumps(asdict(card)).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_surroundings(),
            timeout=patience_s,
            start_new_session=True,  # Ctrl-C reaches the parent alone
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotDrawn("took too long") from None
    if child.returncode or not child.stdout.startswith(PNG):
        raise NotDrawn(f"ended with {child.returncode}")
    if len(child.stdout) > MOST_BYTES:
        raise NotDrawn("too large")
    return child.stdout


def _surroundings() -> dict[str, str]:
    """Return the child's environment: no key and no password of ours is in it."""
    kept = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "SYSTEMROOT", "VIRTUAL_ENV")
    there = {name: os.environ[name] for name in kept if name in os.environ}
    return {**there, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
