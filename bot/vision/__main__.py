"""The child: reads photos until its standard input ends."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
from datetime import date
from typing import Any, BinaryIO

from bot.ports import BadPhoto
from bot.vision import wire

BUSY_S = 30
"""The kernel ends the child when one photo takes longer: its parent, who would, is gone."""

MOST_MEMORY = 4 * 2**30
"""Addresses, not memory: the parent watches the memory that is used."""

MISSING = "not_installed"


def main() -> int:
    """Answer the parent's frames. The first tells what papers say, each other is a photo."""
    asked, told = _streams()
    with contextlib.suppress(wire.Lost, BrokenPipeError):
        papers = wire.papers_in(wire.read(asked)[0])
        try:
            from bot.vision.reading import Eyes

            eyes = Eyes(papers)
        except ImportError:
            wire.write(told, {"failed": MISSING})
            return 1
        _narrow()
        wire.write(told, {"ready": True})
        while True:
            words, photo = wire.read(asked)
            signal.alarm(BUSY_S)
            wire.write(told, *_answer(eyes, words, photo))
            signal.alarm(0)
    return 0


def _answer(eyes: Any, words: dict[str, Any], photo: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        sight = eyes.see(photo, words["expected"], date.fromisoformat(words["today"]))
    except BadPhoto as error:
        return {"bad": error.reason}, b""
    except Exception as error:  # its text may hold what was read: its kind alone is told
        return {"failed": type(error).__name__}, b""
    return {"reading": wire.reading_out(sight.reading)}, sight.photo


def _streams() -> tuple[BinaryIO, BinaryIO]:
    """Take standard input and output for frames; whatever prints goes nowhere."""
    asked, told = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    return asked, told


def _narrow() -> None:
    """Give up what reading never needs: files of its own, a core dump full of ID cards."""
    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_AS, MOST_MEMORY),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))


if __name__ == "__main__":
    sys.exit(main())
