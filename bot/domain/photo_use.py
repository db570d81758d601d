"""What becomes of a photo that has been read: taken, asked about, or taken again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.domain.photo import NAME_SURE, Field, PhotoReading

READABLE = frozenset({"id_front", "id_back", "certificate", "portrait"})

USELESS = frozenset(
    {
        "blurred", "too_small", "dark", "no_text", "no_face", "many_faces", "face_small",
        "face_large", "tilted", "face_blurred", "face_dark", "face_bright", "background_uneven",
    }
)  # fmt: skip
"""Problems for which a photo is wanted again."""

MOST_REFUSED = 2
"""Times a paper is asked for again; the next photo is taken as it is, for a person to judge."""


@dataclass(frozen=True, slots=True)
class Use:
    """``read``: to be confirmed by him. ``document`` is empty when nobody can tell what it is."""

    state: Literal["refused", "read", "kept"]
    document: str = ""


def use_of(reading: PhotoReading, expected: str, refused_before: int) -> Use:
    """Decide about a photo; ``expected`` is the paper asked for, or empty."""
    useless = USELESS & frozenset(reading.problems)
    if expected not in READABLE and expected and reading.document is None:
        useless -= {"no_text", "no_face"}  # a paper that people look at, not we
    if useless and refused_before < MOST_REFUSED:
        return Use("refused", expected)
    if reading.document is not None:
        return Use("read", reading.document)
    if not expected:
        return Use("read")
    if expected in READABLE and not useless:
        return Use("read")  # it shows something, but not what was asked for
    return Use("kept", expected)


def second_look(first: PhotoReading, other: PhotoReading) -> PhotoReading:
    """Join two opinions: gaps are filled, a name that differs is doubted.

    The second opinion's value is taken where the first is unsure of the name; an identity
    number has its own check sign, and the first that holds is kept.
    """
    fields = {**other.fields, **first.fields}
    problems = [p for p in first.problems if p.removeprefix("missing_") not in other.fields]
    mine, theirs = first.fields.get("name"), other.fields.get("name")
    if mine and theirs:
        if mine.value == theirs.value:
            fields["name"] = Field(mine.value, max(mine.score, theirs.score, NAME_SURE))
            problems = [p for p in problems if p != "name_unsure"]
        else:
            fields["name"] = theirs if mine.score < NAME_SURE else mine
            problems = [*(p for p in problems if p != "name_unsure"), "name_unsure"]
    return PhotoReading(first.document, fields, tuple(problems))
