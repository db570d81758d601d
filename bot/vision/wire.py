"""What the two processes say to each other: frames of a JSON object and some bytes."""

from __future__ import annotations

import json
import struct
from dataclasses import asdict
from typing import Any, BinaryIO, cast

from bot.domain.papers import Papers, Printed
from bot.domain.photo import Field, Paper, PhotoReading

HEAD = struct.Struct(">II")
"""Lengths of the JSON and of the bytes."""

MOST = 64 * 2**20
"""No frame is longer; a length beyond it means that the other side has lost its way."""


class Lost(Exception):
    """The other side is gone, or says what is no frame."""


def write(stream: BinaryIO, words: dict[str, Any], load: bytes = b"") -> None:
    """Write a frame. Raises ``OSError`` when nobody reads any more."""
    text = json.dumps(words).encode()
    stream.write(HEAD.pack(len(text), len(load)) + text)
    stream.write(load)
    stream.flush()


def read(stream: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """Read a frame. Raises ``Lost``."""
    text_size, load_size = HEAD.unpack(_exactly(stream, HEAD.size))
    if text_size + load_size > MOST:
        raise Lost("too long")
    text, load = _exactly(stream, text_size), _exactly(stream, load_size)
    try:
        words = json.loads(text)
    except ValueError:
        raise Lost("no JSON") from None
    if not isinstance(words, dict):
        raise Lost("no object")
    return words, load


def _exactly(stream: BinaryIO, size: int) -> bytes:
    found = stream.read(size)
    if len(found) < size:
        raise Lost("the end")
    return found


def papers_out(papers: Papers) -> dict[str, Any]:
    """Make the language of papers into JSON."""
    return asdict(papers)


def papers_in(row: dict[str, Any]) -> Papers:
    """Make JSON into the language of papers."""
    printed = {
        paper: Printed(
            tuple(part["marks"]),
            {field: tuple(labels) for field, labels in part["labels"].items()},
            tuple(part["others"]),
        )
        for paper, part in row["printed"].items()
    }
    until, lasting = tuple(row["until"]), tuple(row["lasting"])
    return Papers(printed, until, lasting, row["provinces"], row["glyphs"])


def reading_out(reading: PhotoReading) -> dict[str, Any]:
    """Make a reading into JSON."""
    fields = {name: [field.value, field.score] for name, field in reading.fields.items()}
    return {"document": reading.document, "fields": fields, "problems": list(reading.problems)}


def reading_in(row: dict[str, Any]) -> PhotoReading:
    """Make JSON into a reading."""
    fields = {name: Field(value, score) for name, (value, score) in row["fields"].items()}
    document = cast("Paper | None", row["document"])
    return PhotoReading(document, fields, tuple(row["problems"]))
