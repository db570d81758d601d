"""A child without eyes, for what the parent does with any child: ``python -m tests.vision.stub``.

A photo tells it what to do.
"""

import sys
import time

from bot.vision import wire

SEEN = {"reading": {"document": None, "fields": {}, "problems": []}}


def main():
    asked, told = sys.stdin.buffer, sys.stdout.buffer
    wire.read(asked)
    wire.write(told, {"ready": True})
    grown = b""
    while True:
        match wire.read(asked)[1]:
            case b"hang":
                time.sleep(60)
            case b"die":
                sys.exit(3)
            case b"grow":
                while True:
                    grown += b"x" * 10_000_000
            case b"nonsense":
                wire.write(told, {"reading": {"document": 1}})
            case b"no frame":
                told.write(b"\xff" * 64)
                told.flush()
            case _:
                wire.write(told, SEEN, b"photo")


if __name__ == "__main__":
    main()
