"""``weldmate content check``: what the loader cannot see alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from bot.library.checks.bank import bank_problems
from bot.library.checks.faq import faq_problems
from bot.library.checks.ids import id_problems
from bot.library.checks.style import style_problems
from bot.library.checks.words import word_problems
from bot.library.load import Library


def check(
    library: Library,
    needed: Mapping[str, frozenset[str] | None],
    ways: Mapping[str, Iterable[str]],
    allowed_elsewhere: frozenset[str],
    flows: frozenset[str],
    today: date,
) -> list[str]:
    """Return every problem as "place: what".

    ``needed`` maps each key the code says to its placeholders (None: not known here);
    ``ways`` maps each question with fixed options to their ids; ``allowed_elsewhere``
    names keys that are there for another reason than a flow; ``flows`` are the talks that
    content may lead to.
    """
    return sorted(
        [
            *word_problems(library, needed, ways, allowed_elsewhere),
            *faq_problems(library, flows),
            *bank_problems(library, today),
            *style_problems(library),
            *id_problems(library),
        ]
    )


__all__ = ["check"]
