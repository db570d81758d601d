"""Single values out of recognised text: names, numbers, days."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from bot.domain.id_number import IdNumber, read_id_number
from bot.domain.spelling import visible

HANZI = "[\u3400-\u9fff\U00020000-\U000323af]"

MIDDLE_DOT = "\N{MIDDLE DOT}"

_DOTS = re.compile(
    "[\N{BULLET}\N{KATAKANA MIDDLE DOT}\N{HYPHENATION POINT}\N{BULLET OPERATOR}"
    "\N{DOT OPERATOR}\N{BLACK CIRCLE}.]"
)
_NAME = re.compile(f"{HANZI}{{2,4}}|{HANZI}{{1,10}}(?:{MIDDLE_DOT}{HANZI}{{1,10}}){{1,3}}")

_LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "\N{MULTIPLICATION SIGN}": "X"})
_ID = re.compile("(?<![0-9A-Z])[1-9][0-9]{16}[0-9X](?![0-9])")
_ID_LIKE = re.compile("[0-9X]{15,20}")

_DAY = re.compile(
    r"(?<!\d)(\d{4})(?:\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})(?!\d)|\D?(\d{2})\D?(\d{2})(?!\d))"
)
_YEARS = range(1950, 2101)


def tidy(text: str, glyphs: Mapping[str, str]) -> str:
    """Return a text without spaces, half-width, its glyphs as they are printed."""
    plain = "".join(visible(text).split())
    return "".join(glyphs.get(sign, sign) for sign in plain)


def name_in(text: str) -> str | None:
    """Return a name of 2 to 4 signs, or of parts with a dot between, if a text is one."""
    dotted = _DOTS.sub(MIDDLE_DOT, text).strip(f":,;{MIDDLE_DOT}-_'\"")
    return dotted if _NAME.fullmatch(dotted) else None


def id_number_in(text: str, today: date) -> str | None:
    """Return an identity number whose check sign fits."""
    for found in _ID.finditer(text.upper().translate(_LOOK_ALIKE)):
        if isinstance(number := read_id_number(found[0], today), IdNumber):
            return number.text
    return None


def like_id_number(text: str) -> bool:
    """Tell whether a text holds something as long as an identity number."""
    return bool(_ID_LIKE.search(text.upper().translate(_LOOK_ALIKE)))


def certificate_number_in(text: str, provinces: str, *, labelled: bool) -> str | None:
    """Return the number of a certificate: 14 signs by the rule, 8 to 24 in the wild.

    Without a label before it the province's sign must stand at its beginning.
    """
    plain = re.sub(r"[^\w]", "", text.upper())
    if found := re.search(f"([{provinces}])([A-Z]?)([0-9OIL]{{8,20}})(?![0-9])", plain):
        return f"{found[1]}{found[2]}{found[3].translate(_LOOK_ALIKE)}"
    if labelled and re.fullmatch("[A-Z0-9]{8,24}", plain):
        return plain
    return None


def days_in(text: str) -> Iterator[tuple[date, int]]:
    """Yield the days of a text, and where each begins."""
    for found in _DAY.finditer(text):
        year, month, day = (int(part) for part in found.groups() if part)
        try:
            made = date(year, month, day)
        except ValueError:
            continue
        if year in _YEARS:
            yield made, found.start()
