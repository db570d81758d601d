"""The parcel: a form, photos named by rule, data, and what to do with them.

The same application makes the same bytes, whenever it is packed.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date

from bot.domain.document import Document
from bot.domain.form import lacking_papers
from bot.export.sheet import Sheet
from bot.ports import Application, Words

LONGEST_NAME = 20
"""Signs of a person's name in a file's name."""

SCHEMA = "weldmate/application/1"
"""docs/export.md says what it holds."""

STEPS = ("official_entry", "process_steps", "form_fill", "fake_site", "progress_lookup", "returned")
"""Answers of the FAQ that lead through the official step."""

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_OPEN, _CLOSE = "\N{FULLWIDTH LEFT PARENTHESIS}", "\N{FULLWIDTH RIGHT PARENTHESIS}"

_ASIDE = re.compile(f"{_OPEN}[^{_CLOSE}]*{_CLOSE}")
_UNFIT = re.compile(r'[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\\/:*?"<>|]')


def application_zip(
    application: Application,
    pictures: Mapping[str, bytes],
    papers: Sequence[Document],
    today: date,
    words: Words,
) -> bytes:
    """Pack an application. ``pictures`` are JPEGs by document. Raises ``BadSetting``."""
    names = {
        document: f"{stem}.jpg"
        for document, stem in _stems(application, papers, words).items()
        if document in pictures
    }
    form = Sheet(application, papers, names, today, words).draw(pictures.get("portrait"))
    files = {
        "README.txt": _readme(application, papers, words),
        f"{words.say('export.file.form')}.pdf": form,
        **{name: pictures[document] for document, name in names.items()},
        "data.json": _data(application, names, today),
    }
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as parcel:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.external_attr = 0o600 << 16
            entry.create_system = 3
            entry.compress_type = zipfile.ZIP_DEFLATED
            parcel.writestr(entry, content)
    return held.getvalue()


def _stems(application: Application, papers: Sequence[Document], words: Words) -> Mapping[str, str]:
    """Name each paper's file: its place in the list, what it is, whose it is."""
    person = _UNFIT.sub("", application.form.name).strip(" .")[:LONGEST_NAME]
    stems = {}
    for number, paper in enumerate(papers, 1):
        values = {"number": f"{number:02}", "label": _ASIDE.sub("", paper.label)}
        stem = _UNFIT.sub("", words.say("export.file.photo", values))
        stems[paper.id] = f"{stem}_{person}" if person else stem
    return stems


def _readme(application: Application, papers: Sequence[Document], words: Words) -> bytes:
    """Write what to do: for a notepad of Windows too, so with its mark and line ends."""
    there = [photo.document for photo in application.photos if photo.state == "kept"]
    labels = {paper.id: paper.label for paper in papers}
    absent = [labels[name] for name in lacking_papers(papers, there)]
    parts = [words.say("export.readme.title"), words.say("export.readme.what")]
    if absent:
        listed = words.say("export.readme.comma").join(absent)
        parts.append(words.say("export.readme.lacking", {"papers": listed}))
    parts.append(words.say("export.readme.steps"))
    for intent in STEPS:
        keys = (f"faq.{intent}.title", f"faq.{intent}", f"faq.{intent}.more")
        parts.append("\n".join(words.say(key) for key in keys if words.has(key)))
    parts.append(words.say("export.readme.end"))
    return ("\n\n".join(parts) + "\n").replace("\n", "\r\n").encode("utf-8-sig")


def _data(application: Application, names: Mapping[str, str], today: date) -> bytes:
    photos = [photo for photo in application.photos if photo.document in names]
    row = {
        "schema": SCHEMA,
        "generated_on": today.isoformat(),
        "application": application.id,
        "state": application.state,
        "real_name": application.real_name,
        "form": application.form.to_row(),
        "papers": [
            {
                "document": photo.document,
                "file": names[photo.document],
                "read": {
                    name: {"value": found.value, "score": found.score}
                    for name, found in (photo.reading.fields if photo.reading else {}).items()
                },
            }
            for photo in sorted(photos, key=lambda photo: list(names).index(photo.document))
            if photo.state == "kept"
        ],
    }
    return (json.dumps(row, ensure_ascii=False, indent=2) + "\n").encode()
