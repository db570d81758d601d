"""One photo from a file to what it shows: opened, weighed, read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import get_args

import numpy as np
from PIL import Image

from bot.domain.papers import Papers
from bot.domain.photo import NAME_SURE, Field, Paper, PhotoReading, gravest_first
from bot.ports import Sight
from bot.vision import light, portrait
from bot.vision.forms import Form, read_form
from bot.vision.ocr import LONGEST, Ocr, Picture
from bot.vision.photos import encode, open_photo, shrink

SMALL = 600
"""Pixels of the longer edge below which print is lost."""

THIN = 120
"""Pixels of the shorter edge, the longer one at 1200: no paper is photographed so thin."""

STRAIGHT = 2.0
"""Degrees by which a paper may lie without being looked at once more."""

PAPERS: tuple[str, ...] = get_args(Paper)


class Eyes:
    """The weights for words and faces, and what papers say; one photo at a time."""

    def __init__(self, papers: Papers) -> None:
        self.papers = papers
        self._ocr, self._faces = Ocr(), portrait.Faces()

    def see(self, file: bytes, expected: str, today: date) -> Sight:
        """Read a file. Raises ``BadPhoto``.

        A paper is kept as it is read, so who photographed it upside down need not know. Of
        papers that only people look at nothing is read.
        """
        photo = open_photo(file)
        picture = _bgr(shrink(photo, LONGEST))
        if min(picture.shape[:2]) < THIN:
            return Sight(encode(photo), PhotoReading(None, problems=("too_small",)))
        quality = list(_quality(photo, picture))
        if expected and expected not in PAPERS:
            return Sight(encode(photo), PhotoReading(None, problems=gravest_first(quality)))
        face = self._face(photo) if expected == "portrait" else None
        form = None
        if face is None and "blurred" not in quality:
            lines, form = self._form(picture, today)
            quality += [] if form else ["not_recognised" if lines else "no_text"]
        if form:
            photo = _turned_back(photo, form.angle)
            problems = (*quality, *_form_problems(form, today))
            reading = PhotoReading(form.paper, form.fields, problems)
        else:
            face = face or self._face(photo, sure=expected == "portrait")
            reading = face or PhotoReading(None, problems=tuple(quality))
        return Sight(encode(photo), _ordered(reading, expected))

    def _form(self, picture: Picture, today: date) -> tuple[bool, Form | None]:
        """Return whether anything is printed, and the paper it is if it is one of ours.

        What a first look misses is looked for again on the picture laid straight (short
        names that lie on their side are often taken for nothing), then in its red alone,
        where a red stamp over black print is gone.
        """
        lines = self._ocr.lines(picture)
        form = read_form(lines, self.papers, today)
        if form is None or form.sure:
            return bool(lines), form
        straight = abs(form.angle) < STRAIGHT
        upright = picture if straight else light.turned_back(picture, form.angle)
        if not straight:
            form = form.with_look(read_form(self._ocr.lines(upright), self.papers, today))
        if form.missing:
            red = light.red_alone(upright)
            form = form.with_look(read_form(self._ocr.lines(red), self.papers, today))
        return True, form

    def _face(self, photo: Image.Image, *, sure: bool = False) -> PhotoReading | None:
        """Return the portrait, or None if a face is not what the photo is of.

        ``sure``: a portrait was asked for and nothing else is there.
        """
        picture = _bgr(shrink(photo, portrait.LONGEST))
        faces = self._faces.find(picture)
        if not sure and not portrait.is_portrait(faces, picture):
            return None
        problems = tuple(portrait.portrait_problems(picture, faces))
        if not faces:
            return PhotoReading(None, problems=problems)
        wall, wrong = portrait.background(picture)
        return PhotoReading("portrait", {"background": wall}, (*problems, *wrong))


def _bgr(photo: Image.Image) -> Picture:
    return np.ascontiguousarray(np.asarray(photo)[:, :, ::-1])


def _turned_back(photo: Image.Image, angle: float) -> Image.Image:
    """Turn a photo by right angles, so that the paper on it stands upright."""
    quarters = round(angle / 90) % 4
    return photo.rotate(90 * quarters, expand=True) if quarters else photo


def _quality(photo: Image.Image, picture: Picture) -> Iterator[str]:
    if max(photo.size) < SMALL:
        yield "too_small"
    if light.light(picture) < light.DARK:
        yield "dark"
    if light.edges(picture) < light.SHARP:
        yield "blurred"


def _ordered(reading: PhotoReading, expected: str) -> PhotoReading:
    wrong = expected and reading.document not in {None, expected}
    problems: Iterable[str] = (*reading.problems, *(["wrong_document"] if wrong else []))
    return replace(reading, problems=gravest_first(problems))


def _form_problems(form: Form, today: date) -> Iterator[str]:
    if form.number_wrong:
        yield "id_number_invalid"
    for name in form.missing:
        if name != "id_number" or not form.number_wrong:
            yield f"missing_{name}"
    if (name_read := form.fields.get("name")) and name_read.score < NAME_SURE:
        yield "name_unsure"
    if _over(form.fields.get("valid_to"), today):
        yield "expired_id"
    if _over(form.fields.get("valid_until"), today):
        yield "expired_certificate"


def _over(last: Field | None, today: date) -> bool:
    return last is not None and last.value != "long" and date.fromisoformat(last.value) < today
