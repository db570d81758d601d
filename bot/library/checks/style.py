"""How content speaks: no promise it cannot keep, no officialese, short sentences, own words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from bot.domain.faq import fold
from bot.library.load import Library

SHINGLE = 24
"""Signs in a row that another's text may share with ours; a name of a law is shorter."""


def fingerprint(text: str) -> Iterator[str]:
    """Yield a hash of each run of ``SHINGLE`` signs."""
    folded = fold(text)
    for at in range(len(folded) - SHINGLE + 1):
        run = folded[at : at + SHINGLE]
        yield hashlib.blake2b(run.encode(), digest_size=4).hexdigest()


def style_problems(library: Library) -> Iterator[str]:
    """Yield sentences that must not reach a welder."""
    style = library.style
    sentence_end = re.compile(f"[{re.escape(style.ends)}\n]")
    for place, text in spoken(library):
        for word in style.officialese:
            if word in text:
                yield f"{place}: {word} is officialese"
        for sentence in sentence_end.split(re.sub(style.aside, "", text)):
            yield from _sentence(place, sentence, library)
        if any(mark in library.others for mark in fingerprint(text)):
            yield f"{place}: {SHINGLE} signs in a row stand in somebody else's text"


def _sentence(place: str, sentence: str, library: Library) -> Iterator[str]:
    style = library.style
    bare = sentence.strip()
    if len(bare) > style.longest_sentence:
        yield f"{place}: a sentence of {len(bare)} signs: {bare[:20]}…"
    for promise in style.promises:
        quoted = any(f"{left}{promise}" in sentence for left in style.quotes)
        if promise in sentence and not quoted and not any(no in sentence for no in style.denials):
            yield f"{place}: {promise} is promised"


def spoken(library: Library) -> Iterator[tuple[str, str]]:
    """Yield (place, text) of everything a welder reads."""
    yield from library.words.texts.items()
    for question in library.questions:
        yield f"questions.{question.id}", question.stem
        yield f"questions.{question.id}.why", question.why
    for lesson in library.lessons:
        yield f"lessons.{lesson.id}", lesson.text
        yield f"lessons.{lesson.id}.remember", lesson.remember
