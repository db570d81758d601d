"""Whole talks as text, which a training centre can read and write.

::

    # a comment
    = 2026-11-24 10:00        the day (and hour, Shanghai) it begins
    @ Xiao Li                 who speaks from here on; each is a follower of his own
    > words                   what he types
    > [follow] [unfollow] [tap KEY] [choose 2] [photo NAME] [scan SCENE] [consent] [code]
    < words.key               what comes back, piece by piece, in order
    <~ pattern                … or by a pattern
    <-                        nothing comes back
    ~ 3d                      the clock goes on; ``~ next``: to the next reminder
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol


class Driver(Protocol):
    """Plays one side of a talk; each call returns the texts that came back, in order."""

    def begin(self, instant: str) -> None:
        """Set the day (and hour) before anything is said."""
        ...

    def speak(self, who: str, words: str) -> list[str]:
        """Type words, or do what stands in brackets."""
        ...

    def turn_clock(self, who: str, by: str) -> list[str]:
        """Let time pass; return what reached this person meanwhile."""
        ...


Pattern = Callable[[str], re.Pattern[str]]
"""The pattern of a key's words. Raises ``KeyError``."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its number."""

    number: int
    mark: str
    text: str


class Mismatch(Exception):
    """What came is not what the transcript says."""

    def __init__(self, line: int, expected: str, came: str) -> None:
        super().__init__(f"line {line}: expected {expected}\n  what came:\n{_indent(came)}")


class BadTranscript(Exception):
    """A line that means nothing."""


_MARKS = ("<~", "<-", "<", ">", "~", "=", "@")


def read(text: str) -> list[Line]:
    """Read a transcript's lines. Raises ``BadTranscript``."""
    lines: list[Line] = []
    for number, raw in enumerate(text.splitlines(), 1):
        if not raw.strip() or raw.startswith("#"):
            continue
        mark = next((mark for mark in _MARKS if raw.startswith(mark)), None)
        if mark is None:
            raise BadTranscript(f"line {number}: begins with none of {' '.join(_MARKS)} #")
        lines.append(Line(number, mark, raw[len(mark) :].strip()))
    return lines


@dataclass
class Player:
    """Plays a transcript and compares, or rewrites the answers."""

    driver: Driver
    pattern: Pattern
    who: str = "A"
    _left: list[str] = field(default_factory=list)
    _last: int = 0

    def play(self, text: str) -> None:
        """Play it all. Raises ``Mismatch`` at the first difference."""
        for line in read(text):
            self._line(line)
        self._all_heard()

    def _line(self, line: Line) -> None:
        if line.mark in {">", "~", "@", "="}:
            self._all_heard()
            self._last = line.number
        match line.mark:
            case "=":
                self.driver.begin(line.text)
            case "@":
                self.who = line.text
            case ">":
                self._left = self.driver.speak(self.who, line.text)
            case "~":
                self._left = self.driver.turn_clock(self.who, line.text)
            case "<-":
                self._all_heard()
            case _:
                self._expect(line)

    def _expect(self, line: Line) -> None:
        try:
            pattern = re.compile(line.text) if line.mark == "<~" else self.pattern(line.text)
        except KeyError:
            raise BadTranscript(f"line {line.number}: no words have the key {line.text}") from None
        while self._left and not self._left[0].strip():
            self._left.pop(0)
        heard = self._left[0] if self._left else ""
        match = pattern.match(heard.lstrip("\n")) if heard else None
        if match is None:
            raise Mismatch(line.number, line.text, "\n".join(self._left) or "(nothing)")
        self._left[0] = _after_choices(heard.lstrip("\n")[match.end() :])

    def _all_heard(self) -> None:
        rest = "\n".join(part for part in self._left if part.strip())
        self._left = []
        if rest:
            raise Mismatch(self._last, "nothing more", rest)


def _after_choices(rest: str) -> str:
    """Drop the lines to tap that follow a question or an answer."""
    return re.sub(r"\A(\n(\d\.|\N{RIGHTWARDS ARROW}) [^\n]*)+", "", rest)


def rewrite(text: str, driver: Driver, keys_of: Callable[[str], Sequence[str]]) -> str:
    """Play it and put the answers that came in place of those that stand there."""
    out: list[str] = []
    who = "A"
    for raw in text.splitlines():
        if raw.startswith("<"):
            continue
        out.append(raw)
        mark, rest = raw[:1], raw[1:].strip()
        if mark == "=":
            driver.begin(rest)
        elif mark == "@":
            who = rest
        elif mark in {">", "~"}:
            came = driver.speak(who, rest) if mark == ">" else driver.turn_clock(who, rest)
            keys = [key for part in came for key in keys_of(part)]
            out += [f"<{key}" if key.startswith("~") else f"< {key}" for key in keys]
            if not came and mark == ">":
                out.append("<-")
    return "\n".join(out) + "\n"


def recognise(text: str, keys: Iterable[str], pattern: Pattern) -> list[str]:
    """Find the keys whose words make up a text, the longest match first."""
    patterns = [(key, pattern(key)) for key in keys]
    found: list[str] = []
    rest = text.strip("\n")
    while rest.strip():
        matches = [(m.end(), key) for key, p in patterns if (m := p.match(rest)) and m.end()]
        whole = [(end, key) for end, key in matches if end == len(rest) or rest[end] == "\n"]
        if not whole:
            return [*found, f"~ {re.escape(rest.splitlines()[0])}"]
        end, key = max(whole)
        found.append(key)
        rest = _after_choices(rest[end:]).lstrip("\n")
    return found


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
