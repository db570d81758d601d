"""``weldmate faq ask --jsonl``: what the ear makes of texts, for whoever measures it.

In: ``{"text": …, "open": kind of the open question, or nothing}`` a line. Out, in order:
``{"intent": id or null, "score": 0 to 1, "kind": "answer | choice | none | refuse"}``; a
choice lists its ids under ``intents`` too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from bot.messages import Heard
from bot.ports import Faq

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def run(lines: Iterable[str], faq: Faq) -> Iterator[str]:
    """Answer each line; one that cannot be used gives ``{"error": …}`` and the next goes on."""
    for line in lines:
        if line.strip():
            yield json.dumps(_one(line.removeprefix(BOM), faq), ensure_ascii=False)


def _one(line: str, faq: Faq) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {"error": "not JSON"}
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        return {"error": 'write {"text": …}'}
    waits = row.get("open")
    return shown(faq.hear(row["text"], waits if isinstance(waits, str) else ""))


def shown(heard: Heard) -> dict[str, Any]:
    """Return what was heard as the line says it."""
    row: dict[str, Any] = {
        "intent": heard.intents[0] if heard.intents else None,
        "score": round(heard.trust, 4),
        "kind": heard.kind,
    }
    if heard.kind == "choice":
        row["intents"] = list(heard.intents)
    return row
