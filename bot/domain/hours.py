"""The hour of day people name. Code has the grammar; the words of it are content."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.spelling import Vocabulary, visible, whole_number

LONGEST = 12
"""Signs: a longer text is no hour, though one may stand in it."""

NOON, DAY = 12, 24

SMALL = range(1, 7)
"""Hours said without a part of the day that may be of the night or of the afternoon."""

STAYS_BELOW: Mapping[str, int] = {
    "dawn": NOON, "morning": NOON + 1, "noon": 0, "afternoon": 0, "evening": 5, "night": 6,
}  # fmt: skip
"""By part of the day: hours from here on, up to noon, are those of the other half."""


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour from 0 to 23; not ``sure`` when it may be twelve hours later."""

    hour: int
    sure: bool = True


@dataclass(frozen=True, slots=True)
class HourWords:
    """Words by part of the day (the keys of ``STAYS_BELOW``), and what stands behind an hour."""

    parts: Mapping[str, tuple[str, ...]]
    mark: tuple[str, ...]


def read_hour(text: str, words: HourWords, vocabulary: Vocabulary) -> Hour | None:
    """Read "8 in the evening", "20:00", "half past 7": the minutes are left out."""
    said = "".join(visible(text).split())
    if len(said) > LONGEST:
        return None
    part = next(
        (name for name, spellings in words.parts.items() if any(w in said for w in spellings)), ""
    )
    numerals = "".join(map(re.escape, (*vocabulary.digits, *vocabulary.ten)))
    marks = "|".join(map(re.escape, words.mark))
    found = re.search(rf"(?<![\w.-])(?P<n>\d+|[{numerals}]+)(?={marks}|$)", _apart(said, words))
    number = whole_number(found["n"], vocabulary) if found else None
    if found is None or number is None or not 0 <= number <= DAY:
        return None
    if part:
        return Hour(_of_part(number, part) % DAY)
    return Hour(number % DAY, number not in SMALL or found["n"].startswith("0"))


def _apart(said: str, words: HourWords) -> str:
    """Put a space behind the words of a part of the day, so that a number begins there."""
    spellings = sorted((w for ws in words.parts.values() for w in ws), key=len, reverse=True)
    return re.sub("|".join(map(re.escape, spellings)), " ", said)


def _of_part(hour: int, part: str) -> int:
    """Put an hour of a clock with twelve into its half of the day."""
    if hour == NOON and part in {"evening", "night", "dawn"}:
        return 0
    if part == "noon" and hour > 2:  # eleven at noon is eleven
        return hour
    return hour + NOON if STAYS_BELOW[part] <= hour < NOON else hour
