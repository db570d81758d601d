"""The files of content/, parsed with the line of every key; problems are gathered, not raised."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml

from bot.domain.row import BadRow, Lined, Row

Made = TypeVar("Made")

_Safe = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C parser where PyYAML was built with it: a question bank is read ten times as fast."""


class _Loader(_Safe):  # type: ignore[misc, valid-type]
    """Reads as safely as YAML can, and keeps lines."""


def _mapping(loader: Any, node: yaml.MappingNode) -> Iterator[Lined]:
    made = Lined(node.start_mark.line + 1)
    yield made
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in made:
            raise yaml.constructor.ConstructorError(
                None, None, f"{key!r} is there twice", key_node.start_mark
            )
        made[key] = loader.construct_object(value_node, deep=True)
        made.lines[key] = key_node.start_mark.line + 1


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


@dataclass
class Files:
    """A content folder while it is being read."""

    folder: Path
    problems: list[str] = field(default_factory=list)

    def name(self, path: Path) -> str:
        """Return a file's name inside the folder."""
        return path.relative_to(self.folder).as_posix()

    def parse(self, path: Path) -> Any:
        """Parse a file; None, and a problem noted, if it cannot be."""
        try:
            with path.open(encoding="utf-8") as file:
                return yaml.load(file, _Loader)  # noqa: S506  # derived from the safe loader
        except FileNotFoundError:
            self.problems.append(f"{self.name(path)}: the file is missing")
        except yaml.MarkedYAMLError as error:
            line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
            self.problems.append(f"{self.name(path)}{line}: not readable as YAML: {error.problem}")
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            self.problems.append(f"{self.name(path)}: not readable as YAML: {error}")
        return None

    def mapping(self, name: str) -> Mapping[str, Any]:
        """Read a file that holds one mapping."""
        row = self.parse(self.folder / name)
        if isinstance(row, dict):
            return row
        if row is not None:
            self.problems.append(f"{name}: must be a mapping of keys")
        return {}

    def room(self, room: str) -> list[Path]:
        """Return the .yaml files of a folder, without those whose name begins with _."""
        files = sorted((self.folder / room).glob("*.yaml"))
        if not files:
            self.problems.append(f"{room}: holds no .yaml file")
        return [path for path in files if not path.name.startswith("_")]

    def rows(self, path: Path) -> Iterator[Row]:
        """Read a file that holds a list of mappings."""
        parsed = self.parse(path)
        if parsed is None:
            return
        if not isinstance(parsed, list):
            self.problems.append(f"{self.name(path)}: must be a list")
            return
        for n, values in enumerate(parsed, 1):
            if isinstance(values, Mapping):
                name = values.get("id")
                yield Row(values, self.name(path), f"{name}." if name else "")
            else:
                self.problems.append(f"{self.name(path)}: number {n} must be a mapping")

    def lines(self, name: str) -> tuple[str, ...]:
        """Read a text file of one thing a line; blank lines and those with # do not count."""
        try:
            text = (self.folder / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return ()
        except UnicodeDecodeError as error:
            self.problems.append(f"{name}: not readable as UTF-8: {error.reason}")
            return ()
        lines = (line.strip() for line in text.splitlines())
        return tuple(line for line in lines if line and not line.startswith("#"))

    def new(self, row: Row, name: str, seen: set[str]) -> bool:
        """Note an id; False, and a problem noted, if it is there already."""
        if name in seen:
            self.problems.append(f"{row.place('id')}: {name} is there twice")
            return False
        seen.add(name)
        return True

    def make(self, read: Callable[[], Made]) -> Made | None:
        """Return what is read, or None with the problem noted."""
        try:
            return read()
        except BadRow as error:
            self.problems.append(str(error))
            return None
