"""The certificate, and how to tell the four kinds apart by their numbers."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

Authority = Literal["housing", "emergency", "market", "skill"]
AUTHORITIES: tuple[Authority, ...] = ("housing", "emergency", "market", "skill")
Status = Literal["valid", "suspended", "revoked", "cancelled"]
STATUSES: tuple[Status, ...] = ("valid", "suspended", "revoked", "cancelled")

STRICT_LENGTH = 14
"""Province sign, city letter, 2 trade digits, 4 year digits, 6 serial digits (annex 2)."""

EMERGENCY_LENGTH = 19
"""The emergency office's number is a T before the 18 characters of the identity number."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate of one person. ``id`` 0: not stored yet."""

    id: int
    authority: Authority
    number: str
    expires_on: date
    status: Status = "valid"


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
    """Tidy a number and tell whose certificate it is; never rejects (forms vary in practice)."""
    tidy = "".join(unicodedata.normalize("NFKC", text).split()).upper().replace("-", "")
    if len(tidy) == EMERGENCY_LENGTH and tidy[0] == "T" and tidy[1:18].isdigit():
        return Number(tidy, "emergency", strict=True)
    if tidy and tidy[0] in marks.provinces:
        rest = tidy[2:]
        strict = len(tidy) == STRICT_LENGTH and tidy[1:2].isalpha() and rest.isdigit()
        if strict or (len(tidy) > 6 and tidy[1:].isascii() and tidy[1:].isalnum()):
            return Number(tidy, "housing", strict)
    return Number(tidy, _named(tidy, marks), strict=False)


def _named(text: str, marks: Marks) -> Authority | None:
    found = {
        name for name, words in marks.issuers.items() if any(word.upper() in text for word in words)
    }
    return cast(Authority, found.pop()) if len(found) == 1 else None
