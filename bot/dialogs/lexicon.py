"""What people type, made into meaning: the grammar is here, the words come from content/."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.dialogs.engine.slots.choice import plain
from bot.domain import dates
from bot.domain.certificate import Authority, Marks, read_number
from bot.domain.hours import Hour, HourWords, read_hour
from bot.domain.spelling import within

LONGEST_DATE = 12
"""Signs of a text that says a date or an hour and nothing else."""


class ContentLexicon:
    """The vocabulary of content/, ready to be asked. Implements ``engine.context.Lexicon``."""

    def __init__(self, vocabulary: Mapping[str, Any]) -> None:
        self._commands = _by_spelling(vocabulary["commands"])
        self._correct = sorted(map(plain, vocabulary["correct"]), key=len, reverse=True)
        self._start = _by_spelling(vocabulary["start"])
        self._questions = tuple(vocabulary["questions"])
        self._question_ends = tuple(vocabulary["question_ends"])
        either_or = _any([end for end in self._question_ends if len(end) == 1])
        self._either_or = re.compile(rf"(\w)(?:{either_or})\1")
        self._nothing = frozenset(map(plain, vocabulary["nothing"]))
        denials = vocabulary["denials"]
        self._denial = re.compile(f"(?:{_any(denials['innocent'])})|({_any(denials['words'])})")
        self._particles = frozenset(vocabulary["particles"])
        self._dates = _dates(vocabulary["dates"])
        hours = {name: tuple(words) for name, words in vocabulary["hours"].items()}
        self._hours = HourWords(mark=hours.pop("mark"), parts=hours)
        ordinal = vocabulary["ordinal"]
        self._ordinal = re.compile(
            f"(?:{_any(ordinal['before'])})*(?P<n>.+?)(?:{_any(ordinal['after'])})*$"
        )
        self.marks = Marks(
            frozenset(vocabulary["provinces"]),
            {name: tuple(words) for name, words in vocabulary["issuers"].items()},
        )

    def command(self, text: str) -> tuple[str, int | None] | None:
        """Return a global word's id, with its number if it has one."""
        said = plain(text)
        if said in self._commands:
            return self._commands[said], None
        for word in self._correct:
            if said == word:
                return "correct", None
            if said.startswith(word):
                number = self.number(said.removeprefix(word))
                return None if number is None else ("correct", number)
        return None

    def start(self, text: str) -> str | None:
        """Return the flow that this exact wish starts."""
        return self._start.get(plain(text))

    def number(self, text: str) -> int | None:
        """Return the number typed, "the second" and "I choose 2" included."""
        said = plain(unicodedata.normalize("NFKC", text))
        match = self._ordinal.fullmatch(said)
        return dates.read_number(match["n"], self._dates) if match else None

    def day(self, text: str, today: date) -> dates.Reading:
        """Read a date as people write it."""
        return dates.read_date(text, self._dates, today)

    def hour(self, text: str) -> Hour | None:
        """Return the hour of day typed: "8 in the evening" is 20."""
        return read_hour(text, self._hours, self._dates)

    def cannot_tell(self, text: str) -> bool:
        """Tell whether he says that he cannot read it, or does not know."""
        return within(text, self._dates.unreadable)

    def has_none(self, text: str) -> bool:
        """Tell whether he says that he has none of what is asked for."""
        return plain(text) in self._nothing

    def is_question(self, text: str) -> bool:
        """Tell whether the text has the shape of a question, "good not good" included."""
        said = unicodedata.normalize("NFKC", text)
        if any(mark in said for mark in self._questions) or self._either_or.search(said):
            return True
        ending = plain(said)
        return any(ending != end and ending.endswith(end) for end in self._question_ends)

    def is_answer(self, text: str) -> bool:
        """Tell a text that can only be an answer: a date, an hour, a number, one sign."""
        said = plain(unicodedata.normalize("NFKC", text))
        if len(said) <= 1 or said.isdecimal() or self.number(text) is not None:
            return True
        if self.is_question(text):
            return False
        today = date(2000, 1, 1)  # which day is named does not matter here
        if len(said) > LONGEST_DATE:
            return False
        named = isinstance(self.day(text, today), dates.Day | dates.Month | dates.Year)
        return named or self.hour(text) is not None

    def denies(self, text: str) -> bool:
        """Tell whether a word in the text denies something; "especially" holds none."""
        return any(match[1] for match in self._denial.finditer(text))

    def without_particles(self, text: str) -> tuple[str, ...]:
        """Drop one by one the particles at its end that colour an answer, no more."""
        barer: list[str] = []
        while len(text) > 1 and (last := text[-1]) in self._particles:
            text = text.removesuffix(last)
            barer.append(text)
        return tuple(barer)

    def authority_of(self, number: str) -> Authority | None:
        """Tell whose certificate has this number."""
        return read_number(number, self.marks).authority


def _by_spelling(words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {
        plain(str(spelling)) or str(spelling): name
        for name, spellings in words.items()
        for spelling in spellings
    }


def _any(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _dates(row: Mapping[str, Any]) -> dates.Vocabulary:
    return dates.Vocabulary(
        signs={word: sign for sign, words in row["signs"].items() for word in words},
        digits={str(word): int(value) for word, value in row["digits"].items()},
        ten=frozenset(row["ten"]),
        unreadable=tuple(row["unreadable"]),
        issued=tuple(row["issued"]),
        expiring=tuple(row["expiring"]),
        roughly=tuple(row["roughly"]),
    )
