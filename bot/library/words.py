"""The catalogue of sentences: found by key, filled with values, matched against what was said."""

from __future__ import annotations

import html
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.dialogs.engine.context import Option

_FORMATTER = string.Formatter()

_TAG = re.compile(r"</?a\b[^>]*>")


def placeholders(text: str) -> frozenset[str]:
    """Return the names in braces. Raises ``ValueError`` for a brace without its partner."""
    return frozenset(name for _, name, _, _ in _FORMATTER.parse(text) if name is not None)


class Worded(str):
    """Words of the catalogue: links in them are ours, values in them have been made harmless."""

    __slots__ = ()


@dataclass(frozen=True)
class Words:
    """All sentences by key, and the options of the questions that have some.

    ``fixed`` holds values every sentence may use (the organisation's name and opening hours).
    Values are escaped, because WeChat renders ``<a>`` in a text: nobody plants a link by
    his name.
    """

    texts: Mapping[str, str]
    choices: Mapping[str, tuple[Option, ...]]
    fixed: Mapping[str, str] = field(default_factory=dict)

    def text(self, key: str) -> str:
        """Return the words of a key as they are written. Raises ``KeyError``."""
        return self.texts[key]

    def has(self, key: str) -> bool:
        """Tell whether there are words for a key."""
        return key in self.texts

    def options(self, key: str) -> tuple[Option, ...]:
        """Return the options of a question; none if it has none."""
        return self.choices.get(key, ())

    def say(self, key: str, values: Mapping[str, Any] | None = None) -> str:
        """Put a key into words. Raises ``KeyError`` for an unknown key or a missing value.

        Values are made harmless; what this has said before is already, alone or as a tuple
        of lines.
        """
        shown = {name: self._show(value) for name, value in (values or {}).items()}
        return Worded(self.texts[key].format_map({**self.fixed, **shown}))

    def _show(self, value: Any) -> str:
        if isinstance(value, date):
            parts = {"year": value.year, "month": value.month, "day": value.day}
            return self.texts["common.date"].format_map(parts)
        if isinstance(value, str) and value.endswith(".name") and value in self.texts:
            return self.texts[value]
        if isinstance(value, tuple):
            return "\n".join(map(self._show, value))
        if isinstance(value, Worded):
            return value
        return html.escape(str(value), quote=True)

    def pattern(self, key: str) -> re.Pattern[str]:
        """Return a pattern for whatever ``say`` can make of a key, as a person reads it.

        A piece of speech ends where its line ends; what stands for ``lines`` may be several.
        """
        parts: list[str] = []
        for literal, name, _, _ in _FORMATTER.parse(_TAG.sub("", self.texts[key])):
            parts.append(re.escape(literal))
            if name is not None:
                known = self.fixed.get(name)
                free = r"[\s\S]*?" if name == "lines" else r"[^\n]*?"
                parts.append(re.escape(known) if known is not None else free)
        return re.compile("".join(parts) + r"(?=\n|\Z)")
