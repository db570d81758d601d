"""What is printed on papers, so that their photos can be read: labels, signs, spellings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.row import BadRow, Row

FIELDS: Mapping[str, tuple[str, ...]] = {
    "id_front": ("name", "id_number"),
    "id_back": ("valid",),
    "certificate": ("name", "id_number", "number", "trade", "first_issued_on", "valid", "issuer"),
}
"""Places to be read on each paper; nothing else is ever kept of it."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One paper: ``marks`` tell it from others, ``labels`` stand before what is read.

    ``others`` are labels beside which nothing is read: they end what stands before them.
    """

    marks: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Papers:
    """Everything the reader of photos knows of the language of papers."""

    printed: Mapping[str, Printed]
    until: tuple[str, ...]
    """What stands before a last day."""
    lasting: tuple[str, ...]
    """What stands where a card never expires."""
    provinces: str
    """Signs by which the number of a certificate begins."""
    glyphs: Mapping[str, str]
    """Glyphs that recognition answers for others: traditional -> printed."""


def read(row: Row, provinces: tuple[str, ...]) -> Papers:
    """Read photos.yaml. Raises ``BadRow``."""
    row.only("papers until lasting glyphs", "part of it")
    papers = row.part("papers")
    papers.only(set(FIELDS), "paper that can be read")
    return Papers(
        {paper: _printed(papers.part(paper), fields) for paper, fields in FIELDS.items()},
        row.texts("until", 1),
        row.texts("lasting", 1),
        "".join(provinces),
        _glyphs(row),
    )


def _printed(row: Row, fields: tuple[str, ...]) -> Printed:
    row.only("marks labels others", "part of a paper")
    labels = row.part("labels")
    labels.only(set(fields), "field of this paper")
    found = {field: labels.texts(field, 1) for field in fields}
    return Printed(row.texts("marks", 2), found, row.texts("others"))


def _glyphs(row: Row) -> dict[str, str]:
    folded: dict[str, str] = {}
    for pair in row.texts("glyphs", 1):
        if len(pair) != 2 or pair[0] in folded:
            raise _wrong_pair(row, pair)
        folded[pair[0]] = pair[1]
    for wanted in folded.values():
        if wanted in folded:
            raise _wrong_pair(row, wanted)
    return folded


def _wrong_pair(row: Row, pair: str) -> BadRow:
    return row.wrong("glyphs", f"{pair!r} must be two signs, the first of no other pair")
