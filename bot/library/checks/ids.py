"""Ids are for ever: what was once published is there, or said to be retired."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.library.load import Library

HEAD = "# Every id ever shown; added by `weldmate content lock`, never removed.\n"


def published(library: Library) -> Iterator[str]:
    """Yield a line for everything with an id; a changed line is another thing."""
    for intent in library.intents:
        yield f"intent {intent.id}"
    for question in library.questions:
        yield f"question {question.id} {question.kind}"
    for lesson in library.lessons:
        yield f"lesson {lesson.id} {lesson.day}"


def id_problems(library: Library) -> Iterator[str]:
    """Yield what ids.lock promises and content does not have, and what it does not know yet."""
    present = set(published(library))
    promised = set(library.published)
    for line in sorted(promised - present):
        if not line.startswith("retired "):
            yield f"ids.lock: {line}: is gone or changed; write 'retired {line}' if that is meant"
    for line in sorted(present - promised):
        yield f"ids.lock: {line}: is new: run `weldmate content lock`"
    for line in sorted(present):
        if f"retired {line}" in promised:
            yield f"ids.lock: {line}: is retired and must not come back"


def lock(folder: Path, library: Library) -> int:
    """Add what is new to ids.lock, in the order of content; return how many."""
    new = [line for line in published(library) if line not in set(library.published)]
    target = folder / "ids.lock"
    head = target.read_text(encoding="utf-8") if target.exists() else HEAD
    target.write_text(head + "".join(f"{line}\n" for line in new), encoding="utf-8")
    return len(new)
