"""``weldmate read``: what photos show, for people and for whoever measures it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import get_args

import click

from bot.cli.house import content as content_folder
from bot.config import BadSetting
from bot.domain.photo import Paper, PhotoReading
from bot.domain.reminders import SHANGHAI
from bot.ports import BadPhoto, NotRead, Reader

TRIES = 2
"""A photo that ends its reader so many times is called damaged."""


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--expect", default="", type=click.Choice(["", *get_args(Paper)]))
def read(files: tuple[Path, ...], as_json: bool, expect: str) -> None:
    """Read photos of ID cards, certificates and portraits."""
    from bot.library import load
    from bot.vision import MOST_BYTES, PhotoReader

    papers = load(content_folder()).papers
    with closing(PhotoReader(papers, lambda: datetime.now(SHANGHAI).date())) as reader:
        for file in files:
            with file.open("rb") as opened:
                photo = opened.read(MOST_BYTES + 1)
            reading = _read(reader, photo, expect)
            if as_json:
                click.echo(json.dumps(_row(file, reading), ensure_ascii=False))
            else:
                for line in _told(file, reading):
                    click.echo(line)


def _read(reader: Reader, photo: bytes, expect: str) -> PhotoReading:
    """Read one; what is no photo shows nothing, and says why. Raises ``BadSetting``."""
    for _ in range(TRIES):
        try:
            return reader.read(photo, expect).reading
        except BadPhoto as error:
            return PhotoReading(None, problems=(error.reason,))
        except NotRead as error:
            if str(error) == "not_installed":
                raise BadSetting(
                    "Reading photos needs more: pip install 'weldmate[photos]'."
                ) from None
            if not error.again:
                break
    return PhotoReading(None, problems=("damaged",))


def _row(file: Path, reading: PhotoReading) -> dict[str, object]:
    return {
        "file": str(file),
        "document": reading.document,
        "fields": {
            name: {"value": field.value, "score": round(field.score, 4)}
            for name, field in reading.fields.items()
        },
        "problems": list(reading.problems),
    }


def _told(file: Path, reading: PhotoReading) -> Iterator[str]:
    yield f"{file}: {reading.document or 'nothing we know'}"
    for name, field in reading.fields.items():
        yield f"  {name:<16} {field.score:.3f}  {field.value}"
    if reading.problems:
        yield f"  problems: {', '.join(reading.problems)}"


PHOTOS = (read,)
