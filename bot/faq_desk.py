"""What editors and operators do with frequent questions: learn anew, read what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bot.dialogs.lexicon import ContentLexicon
from bot.domain.reminders import SHANGHAI
from bot.hearing.content import FILE, learn_from
from bot.hearing.grouping import groups
from bot.hearing.meaning import Encoder
from bot.library import load
from bot.wiring import House


def learn_anew(folder: Path) -> str:
    """Learn from all phrasings and write the weights; return what was learnt, in a line."""
    library = load(folder)
    asks = ContentLexicon(library.vocabulary).is_question
    model = learn_from(library.intents, library.silences, library.hint, Encoder(), asks)
    model.save(folder / FILE)
    ours = int(np.count_nonzero(model.known_kinds == 0))
    return (
        f"{len(model.intents)} questions in {ours} wordings,"
        f" {len(model.known) - ours} texts to be silent about; answered from {model.threshold:.2f}"
    )


def misses(house: House, most: int) -> Iterator[str]:
    """Yield groups of alike questions without an answer: how many, the latest day, examples."""
    asked = house.feedback.unanswered()
    texts = [words for _, words in asked]
    if not texts:
        return
    vectors = house.ear.meaning([house.ear.reader.plain(text) for text in texts])
    for group in groups(vectors)[:most]:
        newest = asked[group[0]][0].astimezone(SHANGHAI)
        yield f"{len(group)}\t{newest:%m-%d}\t{texts[group[0]]}"
        for at in group[1:4]:
            yield f"\t\t{texts[at]}"


def ratings(house: House) -> Iterator[str]:
    """Yield intent, people it helped, people it did not; the least helpful first."""
    counted = house.feedback.ratings()
    for name, (good, bad) in sorted(counted.items(), key=lambda item: item[1][0] - item[1][1]):
        yield f"{name}\t{good}\t{bad}"
