"""How people spell dates and numbers, folded into a small alphabet that patterns can read.

Numerals become digits; words become signs: ``Y`` year, ``M`` month, ``D`` day, ``e`` the end
of, ``<+1Y>`` next year, ``<-1M>`` last month; whatever parts digits becomes one full stop.
The words themselves are content.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words by their sign.

    ``signs`` maps a spelling to its sign: ``Y M D e``, ``+nY`` (the year n from now),
    ``+nM``, ``+nD``. ``digits`` maps a numeral to 0-9, or to 20, 30 … for a numeral of whole
    tens; ``ten`` lists the words for ten. ``unreadable`` lists ways to say that one cannot
    tell, ``issued`` and ``expiring`` words beside the day of issue and that of expiry,
    ``roughly`` words for a time that is no day.
    """

    signs: Mapping[str, str]
    digits: Mapping[str, int]
    ten: frozenset[str]
    unreadable: tuple[str, ...]
    issued: tuple[str, ...] = ()
    expiring: tuple[str, ...] = ()
    roughly: tuple[str, ...] = ()


_PARTS = frozenset({"Pd", "Po", "Pc", "Sm", "Zs"})
"""Dashes, stops, commas, underscores, tildes, spaces: categories of what parts a date."""

_NEVER_PARTS = frozenset(":+=%@#&*!?'\"<>")
"""Marks of those categories with another meaning: a time of day, a sum."""


def fold(text: str, vocabulary: Vocabulary) -> str:
    """Fold a text into signs, digits and full stops; any string will do."""
    signs = "".join(_signs(visible(text), vocabulary))
    digits = re.sub(r"(?<=\d) +(?=\d)", ".", _in_digits(signs, vocabulary)).replace(" ", "")
    return re.sub(r"(?<=[YM>])\.+|\.+(?=[YMDe])", "", re.sub(r"\.+", ".", digits))


def whole_number(text: str, vocabulary: Vocabulary) -> int | None:
    """Return the whole number which the text consists of, in digits or numerals."""
    digits = _in_digits(unicodedata.normalize("NFKC", text).strip(" .,:)("), vocabulary)
    return int(digits) if re.fullmatch(r"[0-9]{1,9}", digits) else None


def within(text: str, words: tuple[str, ...]) -> bool:
    """Tell whether a text holds one of these words, spaces left aside."""
    plain = "".join(text.split())
    return any(word in plain for word in words)


def visible(text: str) -> str:
    """Make full-width signs half-width, spaces one kind, and drop what cannot be seen."""
    plain = unicodedata.normalize("NFKC", text)
    spaced = (" " if sign.isspace() else sign for sign in plain)
    return "".join(sign for sign in spaced if unicodedata.category(sign) not in {"Cf", "Cc"})


def _signs(plain: str, vocabulary: Vocabulary) -> Iterator[str]:
    spellings = sorted(filter(None, vocabulary.signs), key=len, reverse=True)
    squeezed = re.sub(r"(?<!\d) +| +(?!\d)", "", plain)
    at = 0
    while at < len(squeezed):
        word = next((word for word in spellings if squeezed.startswith(word, at)), "")
        if word:
            sign = vocabulary.signs[word]
            yield f"<{sign}>" if sign[:1] in {"+", "-"} else sign
        else:
            yield _other(squeezed[at])
        at += len(word) or 1


def _other(sign: str) -> str:
    """Keep a sign that is no word, unless it could be taken for one of our own."""
    if sign in "YMDe" or sign in "<>":
        return "?"
    if unicodedata.category(sign) in _PARTS and sign not in _NEVER_PARTS:
        return " " if sign == " " else "."
    return sign


def _in_digits(signs: str, vocabulary: Vocabulary) -> str:
    out: list[str] = []
    run: list[str] = []
    for sign in (*signs, ""):
        if sign and (sign in vocabulary.digits or sign in vocabulary.ten):
            run.append(sign)
            continue
        if run:
            out.append(_value(run, vocabulary))
            run = []
        out.append(sign if not sign.isdecimal() else str(int(sign)))
    return "".join(out)


def _value(run: list[str], vocabulary: Vocabulary) -> str:
    """Spell a run of numerals in digits: one by one, or as tens and ones."""
    digits, ten = vocabulary.digits, vocabulary.ten
    values = [10 if sign in ten else digits[sign] for sign in run]
    at = next((i for i, value in enumerate(values) if value >= 10), None)
    if at is None or at > 1 or len(values) > at + 2:
        return "".join(map(str, values))
    tens = values[at] * (values[0] if at else 1)
    ones = values[at + 1] if len(values) > at + 1 else 0
    return str(tens + ones) if ones < 10 else "".join(map(str, values))
