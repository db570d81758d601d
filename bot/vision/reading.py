"""One photo from a file to what it shows: opened, weighed, read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import cast, get_args

import numpy as np
from PIL import Image

from bot.domain.papers import Papers
from bot.domain.photo import NAME_SURE, REQUIRED, Field, Paper, PhotoReading, gravest_first
from bot.ports import Sight
from bot.vision import light, portrait
from bot.vision.forms import Form, read_form
from bot.vision.ocr import LONGEST, Ocr, Picture
from bot.vision.photos import encode, open_photo, shrink

SMALL = 600
"""Pixels of the longer edge below which print is lost."""

PAPERS: tuple[str, ...] = get_args(Paper)


class Eyes:
    """The weights for words and faces, and what papers say; one photo at a time."""

    def __init__(self, papers: Papers) -> None:
        self.papers = papers
        self._ocr, self._faces = Ocr(), portrait.Faces()

    def see(self, file: bytes, expected: str, today: date) -> Sight:
        """Read a file. Raises ``BadPhoto``."""
        photo = open_photo(file)
        return Sight(encode(photo), self._read(photo, expected, today))

    def _read(self, photo: Image.Image, expected: str, today: date) -> PhotoReading:
        """Read what is there; a paper of another kind than ours is only weighed."""
        picture = _bgr(shrink(photo, LONGEST))
        quality = list(_quality(photo, picture))
        if expected and expected not in PAPERS:
            return PhotoReading(None, problems=gravest_first(quality))
        if expected == "portrait":
            found = self._portrait(photo, sure=False) or self._form(picture, quality, today)
            found = found if found.document else self._portrait(photo, sure=True) or found
        else:
            found = self._form(picture, quality, today)
            if found.document is None:
                found = self._portrait(photo, sure=False) or found
        wrong = ["wrong_document"] if expected and found.document not in {None, expected} else []
        return PhotoReading(found.document, found.fields, gravest_first([*wrong, *found.problems]))

    def _form(self, picture: Picture, quality: list[str], today: date) -> PhotoReading:
        if "blurred" in quality:
            return PhotoReading(None, problems=tuple(quality))
        lines = self._ocr.lines(picture)
        form = read_form(lines, self.papers, today)
        if form is None:
            return PhotoReading(None, problems=(*quality, "not_recognised" if lines else "no_text"))
        paper = cast("Paper", form.paper)
        return PhotoReading(paper, form.fields, (*quality, *_form_problems(form, paper, today)))

    def _portrait(self, photo: Image.Image, *, sure: bool) -> PhotoReading | None:
        """Return the portrait, or None if a face is not what the photo is of.

        ``sure``: nothing else can be meant, so tell what is wrong with it.
        """
        picture = _bgr(shrink(photo, portrait.LONGEST))
        faces = self._faces.find(picture)
        if not sure and not portrait.is_portrait(faces, picture):
            return None
        problems = list(portrait.portrait_problems(picture, faces))
        if not faces:
            return PhotoReading(None, problems=tuple(problems))
        wall, wrong = portrait.background(picture)
        return PhotoReading("portrait", {"background": wall}, (*problems, *wrong))


def _bgr(photo: Image.Image) -> Picture:
    return np.ascontiguousarray(np.asarray(photo)[:, :, ::-1])


def _quality(photo: Image.Image, picture: Picture) -> Iterator[str]:
    if max(photo.size) < SMALL:
        yield "too_small"
    if light.light(picture) < light.DARK:
        yield "dark"
    if light.edges(picture) < light.SHARP:
        yield "blurred"


def _form_problems(form: Form, paper: Paper, today: date) -> Iterator[str]:
    if form.number_wrong:
        yield "id_number_invalid"
    for name in REQUIRED[paper]:
        if name not in form.fields and not (name == "id_number" and form.number_wrong):
            yield f"missing_{name}"
    if (name_read := form.fields.get("name")) and name_read.score < NAME_SURE:
        yield "name_unsure"
    if _over(form.fields.get("valid_to"), today):
        yield "expired_id"
    if _over(form.fields.get("valid_until"), today):
        yield "expired_certificate"


def _over(last: Field | None, today: date) -> bool:
    return last is not None and last.value != "long" and date.fromisoformat(last.value) < today
