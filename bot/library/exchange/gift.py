"""The question bank as Moodle GIFT, and back (docs.moodle.org, "GIFT format").

What GIFT has no place for (source, clause, mark) stays in content/: a question comes home by
its id, which is its GIFT title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.library.exchange.blocks import BadImport, entries, put_back

SPECIAL = re.compile(r"([\\~=#{}:])")

_QUESTION = re.compile(
    r"::(?P<id>(?:\\.|[^:\\])+)::(?P<stem>(?:\\.|[^{\\])*)\{(?P<body>(?:\\.|[^}\\])*)\}"
)
_OPTION = re.compile(r"([=~])(%-?[\d.]+%)?((?:\\.|[^=~#\\])*)")


def _escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\1", text).replace("\n", r"\n")


def _read(text: str) -> str:
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], text.strip())


def export(folder: Path, target: Path) -> None:
    """Write the whole bank, one category a topic."""
    parts: list[str] = []
    for path in sorted((folder / "questions").glob("*.yaml")):
        parts.append(f"$CATEGORY: {path.stem}\n")
        parts += [_written(entry) for entry in entries(path)]
    target.write_text("\n".join(parts), encoding="utf-8")


def _written(entry: dict[str, Any]) -> str:
    lines = [f"::{_escaped(entry['id'])}::{_escaped(entry['stem'])}{{"]
    if entry["kind"] == "judge":
        lines.append("TRUE" if entry["answer"] else "FALSE")
    else:
        lines += _options(entry)
    return "\n".join([*lines, f"####{_escaped(entry['why'])}", "}", ""])


def _options(entry: dict[str, Any]) -> Iterator[str]:
    right = entry["answer"]
    for letter, words in entry["options"].items():
        if entry["kind"] == "single":
            mark = "=" if letter in right else "~"
        else:
            mark = f"~%{100 / len(right):.5f}%" if letter in right else "~%-100%"
        yield f"{mark}{_escaped(words)}"


def take_back(folder: Path, source: Path) -> list[str]:
    """Put changed stems, options, answers and reasons back; return the ids that differ.

    Raises ``BadImport`` for a file that is none, or for a question nobody has here: a new one
    needs its source, which GIFT cannot carry.
    """
    try:
        text = source.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadImport(f"{source.name} is not written in UTF-8") from None
    homes = {
        entry["id"]: (path, entry)
        for path in sorted((folder / "questions").glob("*.yaml"))
        for entry in entries(path)
    }
    wanted: dict[Path, list[dict[str, Any]]] = {}
    found = list(_QUESTION.finditer(re.sub(r"(?m)^//.*$", "", text)))
    if not found:
        raise BadImport(f"{source.name} holds no question")
    for match in found:
        name = _read(match["id"])
        if name not in homes:
            raise BadImport(f"{source.name}: there is no question {name}: add it with its source")
        path, entry = homes[name]
        wanted.setdefault(path, []).append(_merged(entry, match))
    return [name for path, rows in wanted.items() for name in put_back(path, rows)]


def _merged(entry: dict[str, Any], match: re.Match[str]) -> dict[str, Any]:
    body, _, why = match["body"].partition("####")
    made = {**entry, "stem": _read(match["stem"]), "why": _read(why) or entry["why"]}
    word = body.strip().upper()
    if entry["kind"] == "judge":
        if word not in {"TRUE", "T", "FALSE", "F"}:
            raise BadImport(f"{entry['id']}: is a judge question: write TRUE or FALSE")
        made["answer"] = word in {"TRUE", "T"}
        return made
    options = [(m[1], m[2], _read(m[3])) for m in _OPTION.finditer(body)]
    if not 2 <= len(options) <= 5:
        raise BadImport(f"{entry['id']}: has {len(options)} options")
    letters = "ABCDE"
    made["options"] = {letters[at]: words for at, (_, _, words) in enumerate(options)}
    made["answer"] = "".join(
        letters[at]
        for at, (mark, weight, _) in enumerate(options)
        if mark == "=" or (weight and not weight.startswith("%-"))
    )
    return made
