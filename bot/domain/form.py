"""The application form: what it holds, what is missing, what does not fit together."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, Literal

from bot.domain.document import Document
from bot.domain.photo import PhotoReading
from bot.domain.spelling import visible

PHONE = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")
"""A mobile number of the mainland, with or without the country's code."""

_BETWEEN = frozenset({"Pd", "Zs", "Ps", "Pe"})
"""Dashes, spaces, brackets: categories of what people put between digits."""

REQUIRED = ("name", "id_number", "phone", "employer", "years")

NONE = "@none"
"""Stands for "I have none" (no employer now, nobody to ask there)."""


@dataclass(frozen=True, slots=True)
class Form:
    """What an application says of a person. Empty: not known yet. Days are ISO text."""

    name: str = ""
    id_number: str = ""
    phone: str = ""
    """Proved by a code sent to it, or empty."""
    employer: str = ""
    contact_person: str = ""
    years: str = ""
    """Full years of welding work."""
    number: str = ""
    trade: str = ""
    first_issued_on: str = ""
    valid_until: str = ""
    issuer: str = ""

    def to_row(self) -> dict[str, str]:
        """Return what is known."""
        return {part.name: value for part in fields(self) if (value := getattr(self, part.name))}


FIELDS: tuple[str, ...] = tuple(part.name for part in fields(Form))


def form(row: Mapping[str, Any]) -> Form:
    """Make a form of what is known; what no form has any more is dropped."""
    return Form(**{name: str(row[name]) for name in FIELDS if row.get(name)})


def lacking(filled: Form) -> tuple[str, ...]:
    """Name what must still be told."""
    return tuple(name for name in REQUIRED if not getattr(filled, name))


def lacking_papers(wanted: Iterable[Document], there: Iterable[str]) -> tuple[str, ...]:
    """Name the required papers of which no photo is there, in the order they are asked for."""
    have = set(there)
    return tuple(paper.id for paper in wanted if paper.required and paper.id not in have)


def read_phone(text: str) -> str | None:
    """Return a mobile number in its eleven digits, however it was typed."""
    signs = (sign for sign in visible(text) if unicodedata.category(sign) not in _BETWEEN)
    found = PHONE.fullmatch("".join(sign for sign in signs if sign not in ".,\u00b7"))
    return found[1] if found else None


def mask_phone(phone: str) -> str:
    """Return what may be shown of a phone number."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) == 11 else "*" * len(phone)


def mask_id(number: str) -> str:
    """Return what may be shown of an ID number: four signs at either end."""
    if len(number) < 12:
        return "*" * len(number)
    return f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}"


def mask_name(name: str) -> str:
    """Return what a list shows of a name: the family name."""
    return f"{name[:1]}{'*' * (len(name) - 1)}" if name else ""


def masked_form(filled: Form) -> Form:
    """Return what may be shown of a form to whoever need not know more."""
    return replace(
        filled,
        name=mask_name(filled.name),
        id_number=mask_id(filled.id_number),
        phone=mask_phone(filled.phone),
        contact_person=mask_name(filled.contact_person),
        number=mask_id(filled.number),
    )


Doubt = Literal["names", "id_numbers", "id_expired", "certificate_expired", "numbers"]
"""What does not fit: it is said and shown to an operator, and never blocks."""


@dataclass(frozen=True, slots=True)
class Readings:
    """What was read of each paper, by its id."""

    readings: Mapping[str, PhotoReading] = field(default_factory=dict)

    def value(self, paper: str, name: str) -> str:
        """Return a field of a paper, or nothing."""
        reading = self.readings.get(paper)
        found = reading.fields.get(name) if reading else None
        return found.value if found else ""


def doubts(filled: Form, papers: Readings, today: date) -> tuple[Doubt, ...]:
    """Name what does not fit between the form and what the papers show."""
    found: list[Doubt] = []
    same: tuple[tuple[str, Doubt], ...] = (("name", "names"), ("id_number", "id_numbers"))
    for name, doubt in same:
        values = [papers.value(paper, name) for paper in ("id_front", "certificate")]
        if len({_plain(value) for value in (getattr(filled, name), *values)} - {""}) > 1:
            found.append(doubt)
    if _past(papers.value("id_back", "valid_to"), today):
        found.append("id_expired")
    if _past(papers.value("certificate", "valid_until"), today):
        found.append("certificate_expired")
    number = papers.value("certificate", "number")
    if number and filled.number and _plain(number) != _plain(filled.number):
        found.append("numbers")
    return tuple(found)


def _plain(value: str) -> str:
    """Leave aside how a name or a number is spaced, dotted or cased."""
    return "".join(sign for sign in visible(value).upper() if sign.isalnum())


def _past(day: str, today: date) -> bool:
    try:
        return date.fromisoformat(day) < today
    except ValueError:
        return False


FROM_PAPER: Mapping[str, tuple[str, ...]] = {
    "id_front": ("name", "id_number"),
    "certificate": ("number", "trade", "first_issued_on", "valid_until", "issuer"),
}
"""What a paper that the welder has confirmed fills in."""


def filled_from(filled: Form, paper: str, reading: PhotoReading) -> Form:
    """Return the form with what a confirmed paper says."""
    row = filled.to_row()
    for name in FROM_PAPER.get(paper, ()):
        if (found := reading.fields.get(name)) and found.value:
            row[name] = found.value
    return form(row)
