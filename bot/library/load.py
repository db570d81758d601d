"""Reading content/: every mistake is found at once, named by file and key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.dialogs.engine.context import Option
from bot.domain import rulebook
from bot.domain.faq import Intent
from bot.library.words import Words, placeholders


class BadContent(Exception):
    """Content is wrong; ``problems`` lists every mistake as "file: key: what"."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Library:
    """All of content/, immutable."""

    words: Words
    vocabulary: Mapping[str, Any]
    intents: tuple[Intent, ...]
    rulebooks: Mapping[str, rulebook.Rulebook]
    menu: Mapping[str, Any]
    organisation: Mapping[str, Any]
    notices: Mapping[str, Any]


def content_folder(chosen: Path | None) -> Path:
    """Find content/: the chosen folder, that of a checkout, or the copy in the wheel."""
    if chosen is not None:
        return chosen
    checkout = Path(__file__).resolve().parents[2] / "content"
    return checkout if checkout.is_dir() else Path(__file__).resolve().parents[1] / "_content"


def load(folder: Path) -> Library:
    """Load and validate a content folder. Raises ``BadContent`` with all its mistakes."""
    reader = _Reader(folder)
    organisation = reader.mapping("organisation.yaml")
    intents = tuple(reader.intents())
    library = Library(
        words=reader.words(organisation, intents),
        vocabulary=reader.mapping("vocabulary.yaml"),
        intents=intents,
        rulebooks=reader.rulebooks(),
        menu=reader.mapping("menu.yaml"),
        organisation=organisation,
        notices=reader.mapping("notices.yaml"),
    )
    if reader.problems:
        raise BadContent(reader.problems)
    return library


@dataclass
class _Reader:
    folder: Path
    problems: list[str] = field(default_factory=list)

    def _parse(self, path: Path) -> Any:
        try:
            with path.open(encoding="utf-8") as file:
                return yaml.safe_load(file)
        except FileNotFoundError:
            self.problems.append(f"{path.name}: the file is missing")
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            self.problems.append(f"{path.name}: not readable as YAML: {error}")
        return None

    def mapping(self, name: str) -> Mapping[str, Any]:
        row = self._parse(self.folder / name)
        if isinstance(row, dict):
            return row
        if row is not None:
            self.problems.append(f"{name}: must be a mapping of keys")
        return {}

    def _files(self, room: str) -> list[Path]:
        files = sorted((self.folder / room).glob("*.yaml"))
        if not files:
            self.problems.append(f"{room}: holds no .yaml file")
        return [path for path in files if not path.name.startswith("_")]

    # words

    def words(self, organisation: Mapping[str, Any], intents: tuple[Intent, ...]) -> Words:
        texts: dict[str, str] = {}
        for intent in intents:
            texts[f"faq.{intent.id}"] = _literal(intent.answer)
            if intent.more:
                texts[f"faq.{intent.id}.more"] = _literal(intent.more)
        choices: dict[str, tuple[Option, ...]] = {}
        for path in self._files("words"):
            for key, text, options in self._flatten(path.name, "", self._parse(path)):
                if key in texts:
                    self.problems.append(f"{path.name}: {key}: stands in another file too")
                texts[key] = text
                if options:
                    choices[key] = options
        fixed = {"hours": str(organisation.get("hours", ""))}
        return Words(texts, choices, fixed)

    def _flatten(
        self, file: str, key: str, node: Any
    ) -> Iterator[tuple[str, str, tuple[Option, ...]]]:
        if isinstance(node, str):
            try:
                placeholders(node)
            except ValueError as error:
                self.problems.append(f"{file}: {key}: {error}")
                return
            yield key, node.strip("\n"), ()
        elif isinstance(node, dict):
            yield from self._flatten_mapping(file, key, node)
        else:
            self.problems.append(f"{file}: {key or 'the file'}: must be a text or a mapping")

    def _flatten_mapping(
        self, file: str, key: str, node: dict[Any, Any]
    ) -> Iterator[tuple[str, str, tuple[Option, ...]]]:
        options = tuple(self._options(file, key, node.get("choices")))
        for name, child in node.items():
            if not isinstance(name, str):
                self.problems.append(f"{file}: {key}: the key {name!r} needs quotes")
            elif name == "text":
                yield key, str(child).strip("\n"), options
            elif name != "choices":
                yield from self._flatten(file, f"{key}.{name}" if key else name, child)

    def _options(self, file: str, key: str, rows: Any) -> Iterator[Option]:
        if rows is None:
            return
        if not isinstance(rows, dict):
            self.problems.append(f"{file}: {key}.choices: must be a mapping")
            return
        for name, row in rows.items():
            if not isinstance(name, str):
                self.problems.append(f'{file}: {key}.choices: write "{name}" in quotes')
            elif not isinstance(row, dict) or not row.get("label"):
                self.problems.append(f"{file}: {key}.choices.{name}: needs a label")
            else:
                accept = tuple(str(word) for word in row.get("accept") or ())
                yield Option(name, str(row["label"]), accept)

    # FAQ and rules

    def intents(self) -> Iterator[Intent]:
        seen: set[str] = set()
        for path in self._files("faq"):
            for row in self._parse(path) or ():
                name = row.get("id", "?") if isinstance(row, dict) else "?"
                missing = [
                    key
                    for key in ("id", "title", "ask", "answer", "sources", "checked_on")
                    if not isinstance(row, dict) or not row.get(key)
                ]
                if missing or name in seen:
                    self.problems.append(
                        f"{path.name}: {name}: "
                        + ("is there twice" if name in seen else f"lacks {missing}")
                    )
                    continue
                seen.add(name)
                yield Intent(
                    id=name,
                    title=row["title"],
                    ask=tuple(map(str, row["ask"])),
                    keys=tuple(tuple(map(str, key)) for key in row.get("keys") or ()),
                    answer=row["answer"].strip(),
                    more=(row.get("more") or "").strip(),
                    sources=tuple(map(str, row["sources"])),
                    checked_on=row["checked_on"],
                )

    def rulebooks(self) -> Mapping[str, rulebook.Rulebook]:
        books: dict[str, rulebook.Rulebook] = {}
        for path in self._files("rules"):
            row = self._parse(path)
            if not isinstance(row, dict):
                continue
            try:
                book = rulebook.load(row, path.name)
            except rulebook.BadRulebook as error:
                self.problems.append(str(error))
                continue
            books[book.id] = book
        return books


def _literal(text: str) -> str:
    """Keep braces of a plain text from being read as placeholders."""
    return text.replace("{", "{{").replace("}", "}}")
