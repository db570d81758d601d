"""The papers an application needs: what each is called, why, how to photograph it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.row import Row
from bot.domain.source import Source


@dataclass(frozen=True, slots=True)
class Document:
    """One paper; ``accept`` names forms of it of which one is enough, if there are several."""

    id: str
    label: str
    why: str
    hint: str
    required: bool
    accept: tuple[str, ...]
    sources: tuple[Source, ...]


def read(row: Row) -> Document:
    """Read one paper of documents.yaml. Raises ``BadRow``."""
    row.only("id label why hint required accept sources checked_on", "part of a document")
    checked_on = row.day("checked_on")
    return Document(
        id=row.text("id"),
        label=row.text("label", 20),
        why=row.text("why", 40),
        hint=row.text("hint", 40),
        required=row.flag("required"),
        accept=row.texts("accept"),
        sources=tuple(part.source(checked_on) for part in row.parts("sources", 1)),
    )
