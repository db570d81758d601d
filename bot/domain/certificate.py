"""The certificate, and how to tell the four kinds apart by their numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

from bot.domain.id_number import check_sign
from bot.domain.spelling import visible

Authority = Literal["housing", "emergency", "market", "skill"]
AUTHORITIES: tuple[Authority, ...] = ("housing", "emergency", "market", "skill")
Status = Literal["valid", "suspended", "revoked", "cancelled"]
STATUSES: tuple[Status, ...] = ("valid", "suspended", "revoked", "cancelled")

_EMERGENCY = re.compile(r"(?<![A-Z0-9])T([1-9][0-9]{16}[0-9X])(?![A-Z0-9])")
"""The emergency office's number is a T before the 18 signs of the identity number (2.3)."""

_HOUSING = re.compile(r"([^\W0-9A-Z_])[A-Z][0-9]{12}(?![A-Z0-9])")
"""Province sign, city letter, 2 trade digits, 4 year digits, 6 serial digits (annex 2 of 75)."""

_LENIENT = re.compile(r"[A-Z0-9]{6,24}")
"""What may follow the province sign: forms vary, and no sample of Chongqing's was found (2.5)."""

_PROJECT = re.compile(r"(?<![A-Z0-9])(?:SMAW|GTAW|GMAW|FCAW|SAW|OFW|PAW|ESW|EGW)-[A-Z0-9]")
"""A project code of a pressure welder starts with the welding process (market supervision)."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate of one person. ``id`` 0: not stored yet."""

    id: int
    authority: Authority
    number: str
    expires_on: date
    status: Status = "valid"
    muted_above: int | None = None
    """Points of more days than these are not reminded of; -2 mutes all of them."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Words and signs by which a number or an issuer is known; they live in content/."""

    provinces: frozenset[str]
    """One-sign names of provinces: the first sign of a housing certificate's number."""
    issuers: Mapping[str, tuple[str, ...]]
    """Words that name an authority, by authority."""


@dataclass(frozen=True, slots=True)
class Number:
    """A certificate number as read: tidied, whose it is, and whether its form is exact."""

    text: str
    authority: Authority | None
    strict: bool


def read_number(text: str, marks: Marks) -> Number:
    """Tidy a number and tell whose certificate it is; never rejects (forms vary in practice).

    ``text`` of the result is the number alone where its form is certain, else everything
    typed, tidied. A T before 18 signs is the emergency office's even when the identity
    number behind it does not check: ``strict`` is then False.
    """
    spaced = visible(text).upper()
    typed = "".join(spaced.split())
    tidy = typed.replace("-", "")
    if found := _EMERGENCY.search(tidy):
        strict = check_sign(found[1][:17]) == found[1][17]
        return Number(found[0], "emergency", strict)
    for match in _HOUSING.finditer(tidy):
        if match[1] in marks.provinces:
            return Number(match[0], "housing", strict=True)
    if tidy and tidy[0] in marks.provinces and _LENIENT.fullmatch(tidy[1:]):
        return Number(tidy, "housing", strict=False)
    if _PROJECT.search(typed):
        return Number(typed, "market", strict=False)
    return Number(tidy, _named(tidy, marks), strict=False)


def authority_of(number: str, marks: Marks) -> Authority | None:
    """Tell whose certificate has this number, or None when its form says nothing."""
    return read_number(number, marks).authority


def _named(text: str, marks: Marks) -> Authority | None:
    found = {
        name for name, words in marks.issuers.items() if any(word.upper() in text for word in words)
    }
    return cast(Authority, found.pop()) if len(found) == 1 else None
