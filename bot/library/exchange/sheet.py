"""Questions, frequent questions and lessons as an Excel workbook, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font

from bot.domain.question import KINDS
from bot.domain.row import BadRow, Row
from bot.library.exchange.blocks import BadImport, as_day, entries, put_back
from bot.library.files import Files

LETTERS = "ABCDE"

QUESTION = (
    "id", "topic", "kind", "scenario", "stem", *LETTERS, "answer", "why", "source", "number",
    "clause", "mark", "checked_on", "valid_from", "valid_to",
)  # fmt: skip

FAQ = ("id", "title", "answer", "more", "goto", "near", "sources", "phrasings", "checked_on")

LESSON = (
    "id", "day", "topic", "title", "text", "remember", "card", "questions", "sources",
    "checked_on",
)  # fmt: skip

WIDE = frozenset({"stem", "why", "answer", "more", "text", "sources", "phrasings", "title"})


@dataclass(frozen=True, slots=True)
class Labels:
    """How the workbook reads: sheet names, headings, words for kinds and truths."""

    sheets: Mapping[str, str]
    headings: Mapping[str, str]
    kinds: Mapping[str, str]
    judge: Mapping[str, str]
    flags: Mapping[str, str]

    @classmethod
    def read(cls, folder: Path) -> Labels:
        """Read exchange.yaml. Raises ``BadImport``."""
        files = Files(folder)
        row = Row(files.mapping("exchange.yaml"), "exchange.yaml")
        try:
            parts = {
                name: {key: row.part(name).text(key) for key in row.part(name).values}
                for name in ("sheets", "headings", "kinds", "judge", "flags")
            }
        except BadRow as error:
            raise BadImport(str(error)) from None
        return cls(**parts)

    def heading(self, column: str) -> str:
        """Return a column's heading; a letter is its own."""
        return self.headings.get(column, column)


def export(folder: Path, target: Path) -> None:
    """Write the workbook."""
    labels = Labels.read(folder)
    book = Workbook()
    book.remove(book.active)
    for room, columns, rows in (
        ("questions", QUESTION, _questions(folder, labels)),
        ("faq", FAQ, _faq(folder)),
        ("lessons", LESSON, _lessons(folder)),
    ):
        sheet = book.create_sheet(labels.sheets[room])
        sheet.append([labels.heading(column) for column in columns])
        for row in rows:
            sheet.append([row.get(column) for column in columns])
        _dress(sheet, columns)
    book.save(target)


def _dress(sheet: Any, columns: tuple[str, ...]) -> None:
    sheet.freeze_panes = "B2"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for at, column in enumerate(columns):
        sheet.column_dimensions[sheet.cell(1, at + 1).column_letter].width = (
            44 if column in WIDE else 14
        )
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _files(folder: Path, room: str) -> list[Path]:
    return sorted(path for path in (folder / room).glob("*.yaml") if path.name[0] != "_")


def _questions(folder: Path, labels: Labels) -> Iterator[dict[str, Any]]:
    for path in _files(folder, "questions"):
        for entry in entries(path):
            row = {**entry, **entry.get("options", {}), "topic": path.stem}
            row["kind"] = labels.kinds[entry["kind"]]
            row["scenario"] = labels.flags[str(bool(entry.get("scenario"))).lower()]
            if entry["kind"] == "judge":
                row["answer"] = labels.judge[str(entry["answer"]).lower()]
            yield row


def _faq(folder: Path) -> Iterator[dict[str, Any]]:
    for path in _files(folder, "faq"):
        for entry in entries(path):
            phrasings = folder / "faq" / "phrasings" / f"{entry['id']}.txt"
            text = phrasings.read_text(encoding="utf-8") if phrasings.exists() else ""
            yield {
                **entry,
                "near": ", ".join(entry.get("near") or ()),
                "sources": _source_lines(entry),
                "phrasings": text.rstrip("\n"),
            }


def _lessons(folder: Path) -> Iterator[dict[str, Any]]:
    for path in _files(folder, "lessons"):
        for entry in entries(path):
            yield {
                **entry,
                "questions": ", ".join(entry["questions"]),
                "sources": _source_lines(entry),
            }


PARTS = ("source", "number", "clause", "mark")
"""Of a source, in the order in which a line of a cell holds them."""


def _source_lines(entry: Mapping[str, Any]) -> str:
    return "\n".join(
        " | ".join(str(source.get(part) or "") for part in PARTS) for source in entry["sources"]
    )


def take_back(folder: Path, workbook: Path) -> list[str]:
    """Put a workbook's changes into content/; return the ids that differ. Raises ``BadImport``.

    Nothing is written unless every sheet can be read.
    """
    labels = Labels.read(folder)
    try:
        book = load_workbook(workbook, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever a broken file makes it
        raise BadImport(f"{workbook.name} is no workbook ({type(error).__name__})") from None
    wanted: dict[Path, list[dict[str, Any]]] = {}
    phrasings: dict[Path, str] = {}
    for room, columns, read in (
        ("questions", QUESTION, _question_back),
        ("faq", FAQ, _faq_back),
        ("lessons", LESSON, _lesson_back),
    ):
        if labels.sheets[room] not in book.sheetnames:
            continue
        homes = {entry["id"]: path for path in _files(folder, room) for entry in entries(path)}
        for place, row in _rows(book[labels.sheets[room]], columns, labels):
            entry = _read_row(read, row, labels, place)
            home = homes.get(entry["id"]) or _home(folder, room, row)
            if room == "faq":
                name = folder / "faq" / "phrasings" / f"{entry['id']}.txt"
                phrasings[name] = str(row.get("phrasings") or "").strip() + "\n"
            wanted.setdefault(home, []).append(entry)
    touched = [name for path, rows in wanted.items() for name in put_back(path, rows)]
    return touched + [path.stem for path, text in phrasings.items() if _replace(path, text)]


def _replace(path: Path, text: str) -> bool:
    if text == "\n" or (path.exists() and path.read_text(encoding="utf-8") == text):
        return False
    path.write_text(text, encoding="utf-8")
    return True


def _home(folder: Path, room: str, row: Mapping[str, Any]) -> Path:
    name = row.get("topic") if room == "questions" else "new"
    return folder / room / f"{name}.yaml"


def _rows(
    sheet: Any, columns: tuple[str, ...], labels: Labels
) -> Iterator[tuple[str, dict[str, Any]]]:
    by_heading = {labels.heading(column): column for column in columns}
    names: list[str | None] = []
    for n, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        if n == 1:
            names = [by_heading.get(str(cell)) for cell in cells]
            if missing := set(columns) - set(names):
                heads = ", ".join(sorted(labels.heading(column) for column in missing))
                raise BadImport(f"{sheet.title}: there is no column {heads}")
        elif any(cell is not None for cell in cells):
            row = {name: cell for name, cell in zip(names, cells, strict=False) if name}
            yield f"{sheet.title}:{n}", row


Read = Callable[[Mapping[str, Any], Labels], dict[str, Any]]


def _read_row(read: Read, row: Mapping[str, Any], labels: Labels, place: str) -> dict[str, Any]:
    try:
        return read(row, labels)
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise BadImport(f"{place}: cannot be used: {error}") from None


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return "" if value is None else str(value).strip()


def _back(labels: Mapping[str, str], word: str) -> str:
    for name, label in labels.items():
        if label == word:
            return name
    raise ValueError(f"{word!r} is none of {', '.join(labels.values())}")


def _question_back(row: Mapping[str, Any], labels: Labels) -> dict[str, Any]:
    kind = _back(labels.kinds, _text(row, "kind"))
    assert kind in KINDS
    options = {letter: _text(row, letter) for letter in LETTERS if _text(row, letter)}
    answer: Any = _text(row, "answer")
    if kind == "judge":
        answer = _back(labels.judge, answer) == "true"
    return {
        "id": _text(row, "id"),
        "kind": kind,
        "scenario": _back(labels.flags, _text(row, "scenario")) == "true",
        "stem": _text(row, "stem"),
        "options": options or None,
        "answer": answer,
        **{key: _text(row, key) for key in ("why", "source", "number", "clause", "mark")},
        **{key: as_day(row.get(key)) for key in ("checked_on", "valid_from", "valid_to")},
    }


def _faq_back(row: Mapping[str, Any], _labels: Labels) -> dict[str, Any]:
    return {
        "id": _text(row, "id"),
        "title": _text(row, "title"),
        "near": _list(row, "near"),
        "answer": _text(row, "answer"),
        "more": _text(row, "more"),
        "goto": _text(row, "goto"),
        "sources": _sources(row),
        "checked_on": as_day(row.get("checked_on")),
    }


def _lesson_back(row: Mapping[str, Any], _labels: Labels) -> dict[str, Any]:
    return {
        "id": _text(row, "id"),
        "day": int(row["day"]),
        **{key: _text(row, key) for key in ("topic", "title", "text", "remember", "card")},
        "questions": _list(row, "questions"),
        "sources": _sources(row),
        "checked_on": as_day(row.get("checked_on")),
    }


def _list(row: Mapping[str, Any], key: str) -> list[str]:
    return [part.strip() for part in _text(row, key).split(",") if part.strip()]


def _sources(row: Mapping[str, Any]) -> list[dict[str, str]]:
    found = []
    for line in _text(row, "sources").splitlines():
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != len(PARTS):
            raise ValueError(f"a source is written {' | '.join(PARTS)}, not {line!r}")
        found.append({key: part for key, part in zip(PARTS, parts, strict=True) if part})
    return found
