"""What becomes of a photo that has been read: taken, asked about, or taken again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.domain.id_number import Wrong, read_id_number
from bot.domain.photo import NAME_SURE, Field, PhotoReading, gravest_first

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


def second_look(first: PhotoReading, other: PhotoReading, today: date) -> PhotoReading:
    """Join two opinions: gaps are filled, a name that differs is doubted.

    The second opinion's name is taken where the first is unsure of its own; an identity
    number has its own check sign, and the first that holds is taken.
    """
    told = {name: found for name, found in other.fields.items() if _holds(name, found, today)}
    fields = {**told, **first.fields}
    filled = {problem for name in told for problem in (f"missing_{name}", f"{name}_invalid")}
    problems = [problem for problem in first.problems if problem not in filled]
    mine, theirs = first.fields.get("name"), told.get("name")
    if mine and theirs:
        problems = [problem for problem in problems if problem != "name_unsure"]
        if mine.value == theirs.value:
            fields["name"] = Field(mine.value, max(mine.score, theirs.score, NAME_SURE))
        else:
            fields["name"] = theirs if mine.score < NAME_SURE else mine
            problems.append("name_unsure")
    return PhotoReading(first.document, fields, gravest_first(problems))


def _holds(name: str, found: Field, today: date) -> bool:
    """Tell whether a field of the second opinion may be believed."""
    return name != "id_number" or not isinstance(read_id_number(found.value, today), Wrong)
