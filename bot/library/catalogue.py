"""Reading words/: sentences and options, found by the path of their keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.dialogs.engine.context import Option
from bot.domain.row import Lined
from bot.library.files import Files
from bot.library.words import Words, placeholders


def read_words(files: Files, given: Mapping[str, str], fixed: Mapping[str, str]) -> Words:
    """Read every sentence. ``given`` are texts that stand elsewhere and hold no placeholder."""
    texts = {key: _literal(text) for key, text in given.items()}
    choices: dict[str, tuple[Option, ...]] = {}
    for path in files.room("words"):
        flat = _Flat(files, files.name(path))
        for key, text, options in flat.read("", files.parse(path)):
            if key in texts:
                files.problems.append(f"{flat.file}: {key}: stands in another file too")
            texts[key] = text
            if options:
                choices[key] = options
    return Words(texts, choices, fixed)


def _literal(text: str) -> str:
    """Keep braces of a plain text from being read as placeholders."""
    return text.replace("{", "{{").replace("}", "}}")


Found = Iterator[tuple[str, str, tuple[Option, ...]]]


class _Flat:
    """Makes a tree of keys into "a.b.c"."""

    def __init__(self, files: Files, file: str) -> None:
        self.files, self.file = files, file

    def _problem(self, key: str, what: str, line: int = 0) -> None:
        place = f"{self.file}:{line}" if line else self.file
        self.files.problems.append(f"{place}: {key or 'the file'}: {what}")

    def read(self, key: str, node: Any, line: int = 0) -> Found:
        """Yield key, text and options of everything below a node."""
        if isinstance(node, str):
            yield from self._text(key, node, line, ())
        elif isinstance(node, Lined):
            yield from self._mapping(key, node)
        elif node is not None or key:
            self._problem(key, "must be a text or a mapping", line)

    def _text(self, key: str, text: str, line: int, options: tuple[Option, ...]) -> Found:
        try:
            placeholders(text)
        except ValueError as error:
            self._problem(key, str(error), line)
            return
        yield key, text.strip("\n"), options

    def _mapping(self, key: str, node: Lined) -> Found:
        options = tuple(self._options(key, node.get("choices"), node.line))
        for name, child in node.items():
            line = node.lines[name]
            if not isinstance(name, str):
                self._problem(key, f"the key {name!r} needs quotes", line)
            elif name == "text":
                yield from self._text(key, str(child), line, options)
            elif name != "choices":
                yield from self.read(f"{key}.{name}" if key else name, child, line)

    def _options(self, key: str, rows: Any, line: int) -> Iterator[Option]:
        if rows is None:
            return
        if not isinstance(rows, Lined):
            self._problem(f"{key}.choices", "must be a mapping", line)
            return
        for name, row in rows.items():
            at = rows.lines[name]
            if not isinstance(name, str):
                self._problem(f"{key}.choices", f'write "{name}" in quotes', at)
            elif not isinstance(row, dict) or not row.get("label"):
                self._problem(f"{key}.choices.{name}", "needs a label", at)
            else:
                accept = tuple(str(word) for word in row.get("accept") or ())
                yield Option(name, str(row["label"]), accept)
