"""What a photo of a paper shows, whoever read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Paper = Literal["id_front", "id_back", "certificate", "portrait"]
"""Papers that can be read; ids of documents.yaml. All others are looked at by people."""

NAME_SURE = 0.96
"""A name read with less trust is shown to an operator: names have no check sign."""


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
