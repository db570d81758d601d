"""One mapping of content, read key by key; every complaint names the file, line and key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date, datetime
from typing import Any, cast

from bot.domain.source import Mark, Source


class Lined(dict[Any, Any]):
    """A mapping that knows on which line of its file each key stands."""

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[Any, int] = {}


class BadRow(Exception):
    """Content is wrong; the text names file, line and key, and says how to mend it."""


class Row:
    """Reads one mapping. Every method raises ``BadRow`` for what it cannot use."""

    def __init__(self, values: Mapping[str, Any], file: str, path: str = "") -> None:
        self.values, self.file, self.path = values, file, path

    def place(self, key: str = "") -> str:
        """Return "file:line" of a key, or of the mapping; "file" where no line is known."""
        line = self.values.line if isinstance(self.values, Lined) else 0
        line = self.values.lines.get(key, line) if isinstance(self.values, Lined) else line
        return f"{self.file}:{line}" if line else self.file

    def wrong(self, key: str, what: str) -> BadRow:
        """Make the complaint about a key."""
        return BadRow(f"{self.place(key)}: {self.path}{key} {what}.")

    def only(self, known: Set[str] | str, kind: str) -> None:
        """Refuse keys nobody reads: most are spelling mistakes. A text names them by spaces."""
        known = set(known.split()) if isinstance(known, str) else known
        for key in self.values:
            if key not in known:
                raise self.wrong(str(key), f"names no {kind}")

    def part(self, key: str) -> Row:
        """Return the mapping under a key."""
        value = self.values.get(key)
        if not isinstance(value, Mapping):
            raise self.wrong(key, "is missing")
        return Row(value, self.file, f"{self.path}{key}.")

    def parts(self, key: str, least: int = 0) -> Iterator[Row]:
        """Return the mappings of the list under a key, at least so many."""
        for n, value in enumerate(self._list(key, least), 1):
            if not isinstance(value, Mapping):
                raise self.wrong(key, f"number {n} must be a mapping")
            yield Row(value, self.file, f"{self.path}{key}.{n}.")

    def _list(self, key: str, least: int) -> Sequence[Any]:
        value = self.values.get(key)
        value = [] if value is None else value
        if not isinstance(value, list) or len(value) < least:
            raise self.wrong(key, f"must be a list of {least} or more" if least else "is no list")
        return value

    def text(self, key: str, longest: int = 0) -> str:
        """Return a text that is there, of at most so many signs."""
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, "must be a text")
        value = value.strip()
        if longest and len(value) > longest:
            raise self.wrong(key, f"has {len(value)} signs, at most {longest}")
        return value

    def texts(self, key: str, least: int = 0) -> tuple[str, ...]:
        """Return the texts of a list."""
        values = self._list(key, least)
        for value in values:
            if not isinstance(value, str) or not value.strip():
                raise self.wrong(key, "must hold texts")
        return tuple(value.strip() for value in values)

    def one_of(self, key: str, known: Set[str]) -> str:
        """Return a text that is one of the known."""
        value = self.text(key)
        if value not in known:
            raise self.wrong(key, f"is {value!r}: write {', '.join(sorted(known))}")
        return value

    def flag(self, key: str) -> bool:
        """Return true or false; false where nothing stands."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, "must be true or false")
        return value

    def number(self, key: str, least: int) -> int:
        """Return a whole number."""
        value = self.values.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.wrong(key, f"must be a whole number, {least} or more")
        return value

    def day(self, key: str) -> date:
        """Return a calendar day."""
        value = self.values.get(key)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.wrong(key, "must be a day, such as 2026-11-24")
        return value

    def day_or_none(self, key: str) -> date | None:
        """Return a calendar day, or None where nothing stands."""
        return self.day(key) if self.values.get(key) else None

    def source(self, checked_on: date | None = None) -> Source:
        """Return where it is written; ``checked_on`` stands in where the row has none."""
        if self.values.get("mark") not in {"A", "B", "C"}:
            raise self.wrong("mark", "must be A, B or C")
        if "checked_on" in self.values or checked_on is None:
            checked_on = self.day("checked_on")
        return Source(
            self.text("source"),
            self.text("clause") if self.values.get("clause") else "",
            cast(Mark, self.values["mark"]),
            checked_on,
            self.text("number") if self.values.get("number") else "",
        )
