"""A whole application as one file, for whoever files it on the official platform."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

import click

from bot.cli.house import ready_house
from bot.domain.reminders import SHANGHAI
from bot.wiring import House

log = logging.getLogger(__name__)


def export_application(house: House, application_id: int, out: Path) -> tuple[str, ...]:
    """Write an open application to a new file that its owner alone can read.

    Returns what it lacks: names of fields and papers. Raises ``LookupError`` when there is
    no such open application, ``FileExistsError``, ``BadSetting``.
    """
    from bot.domain.form import lacking, lacking_papers
    from bot.export.parcel import application_zip

    contact = house.conversations.applicant(application_id)
    if contact is None:
        raise LookupError(application_id)
    with house.conversations.open(contact) as conversation:
        application = conversation.applications.current()
        if application is None or application.id != application_id:
            raise LookupError(application_id)
        pictures = {
            photo.document: conversation.applications.picture(photo.id)
            for photo in application.photos
            if photo.state == "kept"
        }
    papers, words = house.library.documents, house.library.words
    today = house.clock.now().astimezone(SHANGHAI).date()
    packed = application_zip(application, pictures, papers, today, words)
    _write(out, packed)
    log.info("application %d was revealed: exported with %d photos", application_id, len(pictures))
    return (*lacking(application.form), *lacking_papers(papers, pictures))


def _write(out: Path, content: bytes) -> None:
    held = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(held, "wb") as file:
        file.write(content)


@click.command("export")
@click.argument("application_id", type=click.IntRange(1, 2**63 - 1))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="a new file")
def application_export(application_id: int, out: Path) -> None:
    """Pack an application for filing: form, photos, data, and what to do with them."""
    try:
        lacks = export_application(ready_house(), application_id, out)
    except LookupError:
        click.echo(f"there is no open application {application_id}")
        sys.exit(1)
    click.echo(f"lacks: {', '.join(lacks)}" if lacks else "ok")
