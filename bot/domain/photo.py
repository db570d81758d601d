"""What a photo of a paper shows, whoever read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Paper = Literal["id_front", "id_back", "certificate", "portrait"]
"""Papers that can be read; ids of documents.yaml. All others are looked at by people."""

NAME_SURE = 0.96
"""A name read with less trust is shown to an operator: names have no check sign."""

REQUIRED: Mapping[Paper, tuple[str, ...]] = {
    "id_front": ("name", "id_number"),
    "id_back": ("valid_from", "valid_to"),
    "certificate": ("name", "id_number", "number", "valid_until"),
    "portrait": (),
}
"""Fields without which a paper has to be photographed again, or typed."""

PROBLEMS: Mapping[str, str] = {
    "wrong_document": "another paper was asked for; the reading is of the one that is there",
    "blurred": "too little is sharp; nothing was read",
    "too_small": "too few pixels for what is printed",
    "dark": "too little light",
    "no_text": "nothing is printed on it, as far as can be seen",
    "not_recognised": "something is printed on it, but it is no paper we know",
    "no_face": "portrait: nobody is on it, or the eyes are hidden",
    "many_faces": "portrait: more than one face",
    "face_small": "portrait: the face takes too little of the height",
    "face_large": "portrait: the face takes too much of the height",
    "tilted": "portrait: the head is held aslant",
    "face_blurred": "portrait: the face is not sharp",
    "face_dark": "portrait: the face has too little light",
    "face_bright": "portrait: the face has too much light",
    "background_uneven": "portrait: there are shadows or things behind",
    "background_colour": "portrait: what is behind is neither white nor blue",
    "id_number_invalid": "an identity number is there, but its check sign does not fit",
    "missing_name": "the name could not be read",
    "missing_id_number": "no identity number could be read",
    "missing_number": "the certificate's number could not be read",
    "missing_valid_from": "the first day of validity could not be read",
    "missing_valid_to": "the last day of the ID card could not be read",
    "missing_valid_until": "the last day of the certificate could not be read",
    "name_unsure": f"the name was read with less trust than {NAME_SURE}",
    "expired_id": "the ID card's last day is over",
    "expired_certificate": "the certificate's last day is over",
}
"""Every code that ``PhotoReading.problems`` may hold, the gravest first."""

BAD_PHOTO: Mapping[str, str] = {
    "empty": "no byte",
    "kind": "neither JPEG nor PNG nor WebP",
    "damaged": "begins like a photo, but cannot be decoded",
    "pixels": "more than 40 million pixels",
    "bytes": "more than 12 MB",
}
"""Every reason a file may be refused for."""


@dataclass(frozen=True, slots=True)
class Field:
    """What was read in one place, and how far it can be trusted (0 to 1)."""

    value: str
    score: float


@dataclass(frozen=True, slots=True)
class PhotoReading:
    """What one photo shows.

    ``fields``: of ``id_front`` name and id_number; of ``id_back`` valid_from and valid_to
    (a day in ISO form, or ``long``); of ``certificate`` name, id_number, number, trade,
    first_issued_on, valid_until, issuer; of ``portrait`` background (white, blue, red,
    other). What could not be read is not there. ``problems`` are codes, the gravest first.
    """

    document: Paper | None
    fields: Mapping[str, Field] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def gravest_first(codes: Iterable[str]) -> tuple[str, ...]:
    """Put problems in order, each once. Raises ``ValueError`` for a code that is none."""
    return tuple(sorted(set(codes), key=list(PROBLEMS).index))
