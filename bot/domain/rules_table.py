"""The rulebooks side by side, for ``docs/rules.md``: what each sets, and where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.domain.rulebook import NUMBERS, REASONS, Rulebook
from bot.domain.saying import TOPICS, Book
from bot.domain.source import Source

HEAD = """# The rulebooks side by side

Made from `content/rules/`; `pytest tests/domain/test_rules_table.py --update` writes it anew.
**A** was read in the official text, **B** in a secondary source, **C** is from memory: it is
shown with the advice to ask the authority. "–" is left open by the rule; nothing is invented.
"""


def table(rulebooks: Sequence[Rulebook], books: Sequence[Book] = ()) -> str:
    """Return the whole page in Markdown, ending in a newline; ≠ marks a disagreement."""
    parts = (HEAD, *_numbers(rulebooks), "", *_reasons(rulebooks), "", *_sayings(books))
    return "\n".join(parts)


def _sayings(books: Sequence[Book]) -> Iterator[str]:
    """Put what all sources say of a matter under one heading; D marks a known disagreement."""
    yield "## What each source says"
    yield ""
    for topic in TOPICS:
        rows = [(book, said) for book in books for said in book.says if said.topic == topic]
        if not rows:
            continue
        yield f"### {topic}"
        yield ""
        yield from (_row("says", "", ["where", "mark"]), _row("---", "---", ["---", "---"]))
        for book, said in rows:
            place = f"{book.id} {said.source.clause}"
            until = f" (to {book.valid_to})" if book.valid_to else ""
            yield _row(said.text, said.differs, [f"{place}{until}", said.source.mark])
        yield ""


def _numbers(books: Sequence[Rulebook]) -> Iterator[str]:
    yield "## Numbers"
    yield ""
    yield from _head("number", books)
    for name in NUMBERS:
        values = [getattr(book, name) for book in books]
        cells = [f"**{_shown(getattr(book, name))}** {_cell(book.figures, name)}" for book in books]
        yield _row(name, "≠" if len(set(values)) > 1 else "", cells)


def _reasons(books: Sequence[Rulebook]) -> Iterator[str]:
    yield "## Reasons"
    yield ""
    yield from _head("reason", books)
    for name in REASONS:
        texts = {book.sources[name].text for book in books}
        cells = [_cell(book.sources, name) for book in books]
        yield _row(name, "≠" if len(texts) > 1 else "", cells)


def _head(what: str, books: Sequence[Rulebook]) -> Iterator[str]:
    yield _row(what, "", [f"{book.id}: {book.title}" for book in books])
    yield _row("---", "---", ["---"] * len(books))


def _row(name: str, mark: str, cells: Sequence[str]) -> str:
    return f"| {' | '.join((name, mark, *cells))} |"


def _shown(value: int | None) -> str:
    return "–" if value is None else str(value)


def _cell(sources: Mapping[str, Source], name: str) -> str:
    source = sources[name]
    return f"{source.text} [{source.mark}, {source.checked_on}]"
