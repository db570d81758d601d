"""Putting changed entries back into their YAML files: what has not changed keeps its every sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.library.files import Files

Entry = Mapping[str, Any]

FLAT = ("options", "near", "questions")
"""Keys whose value stands on one line."""


class BadImport(Exception):
    """What an editor's tool gave back cannot be used; the text says where and why."""


def entries(path: Path) -> list[dict[str, Any]]:
    """Return a file's entries as plain mappings, in order."""
    parsed = Files(path.parent).parse(path) or []
    return [dict(entry) for entry in parsed]


def put_back(path: Path, changed: Sequence[Entry]) -> list[str]:
    """Replace changed entries and add new ones; return the ids that differ now.

    An entry the tool did not give back stays: deleting is done in the file, where it is seen.
    """
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    there = {entry["id"]: entry for entry in entries(path)} if text else {}
    blocks = _blocks(text)
    touched: list[str] = []
    for entry in changed:
        name = entry["id"]
        if name in there and _same(there[name], entry):
            continue
        touched.append(name)
        blocks[name] = _written(entry) + ("\n" if blocks.get(name, "").endswith("\n\n") else "")
    if touched:
        path.write_text("".join(blocks.values()), encoding="utf-8")
    return touched


def _same(one: Entry, other: Entry) -> bool:
    kept = {key: _plain(value) for key, value in one.items() if value not in (None, "", [])}
    return kept == {k: _plain(v) for k, v in other.items() if v not in (None, "", [])}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.strip() if isinstance(value, str) else value


def _blocks(text: str) -> dict[str, str]:
    """Cut a file into its head (named "") and one block of text per entry."""
    blocks = {"": ""}
    name = ""
    for line in text.splitlines(keepends=True):
        if line.startswith("- id:"):
            name = line.removeprefix("- id:").split("#")[0].strip()
            blocks[name] = ""
        blocks[name] += line
    return blocks


def _written(entry: Entry) -> str:
    lines: list[str] = []
    for key, value in entry.items():
        if value in (None, "", []):
            continue
        lines.append(_pair(key, value))
    first, *rest = "".join(lines).splitlines()
    return "\n".join([f"- {first}", *(f"  {line}" if line else line for line in rest)]) + "\n"


def _pair(key: str, value: Any) -> str:
    if isinstance(value, str) and "\n" in value:
        body = "".join(f"  {line}\n" for line in value.strip("\n").splitlines())
        return f"{key}: |-\n{body}"
    flat = True if key in FLAT else None
    if key == "sources":
        rows = "".join(f"  - {_dump(dict(row), flow=True)}" for row in value)
        return f"{key}:\n{rows}"
    return _dump({key: value}, flow=False, inner=flat)


def _dump(value: Any, *, flow: bool, inner: bool | None = None) -> str:
    if inner:
        ((key, held),) = value.items()
        return f"{key}: {_yaml(held, flow=True)}"
    return _yaml(value, flow=flow)


def _yaml(value: Any, *, flow: bool) -> str:
    made: str = yaml.safe_dump(
        value, default_flow_style=flow, allow_unicode=True, width=100_000, sort_keys=False
    )
    return made


def as_day(value: Any) -> date | None:
    """Return a day from a cell: a date, or text such as 2026-11-24. Raises ``ValueError``."""
    if value in (None, ""):
        return None
    if hasattr(value, "date"):
        made: date = value.date()
        return made
    if isinstance(value, date):
        return value
    return date.fromisoformat(str(value).strip())
