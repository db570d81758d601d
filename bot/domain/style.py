"""What content may not say, as editors set it down in style.yaml."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.row import Row


@dataclass(frozen=True, slots=True)
class Style:
    """Words and lengths."""

    promises: tuple[str, ...] = ()
    """Words nobody may promise; they may stand in quotes, or beside a denial."""
    denials: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    officialese: tuple[str, ...] = ()
    ends: str = "."
    """Signs that end a sentence."""
    aside: str = "$^"
    """A pattern of what does not count as part of a sentence: sources in brackets."""
    longest_sentence: int = 1_000


def read(row: Row) -> Style:
    """Read style.yaml. Raises ``BadRow``."""
    row.only("promises denials quotes officialese ends aside longest_sentence", "part of the style")
    return Style(
        promises=row.texts("promises", 1),
        denials=row.texts("denials", 1),
        quotes=row.texts("quotes", 1),
        officialese=row.texts("officialese", 1),
        ends=row.text("ends"),
        aside=row.text("aside"),
        longest_sentence=row.number("longest_sentence", 10),
    )
