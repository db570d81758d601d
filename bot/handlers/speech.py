"""What is to be said, put into words, and cut into what one message can hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence

from bot.dialogs.engine.context import Speak
from bot.messages import Choice, Said
from bot.ports import Words

LONGEST = 1800
"""Bytes of UTF-8 in one text: the platform's limit is about 2,048 and undocumented (1.4)."""

Render = Callable[[Sequence[Said]], str]
"""How pieces look as one text of WeChat's, links included."""


ANSWER_TAP = 20_000_000_000
"""The number in the links under an answer: a tap on one is a tap on no question's option."""


def said(speak: Speak, words: Words) -> Said:
    """Put one thing to say into words."""
    choices = tuple(
        Choice(n, option.label, speak.code + n) for n, option in enumerate(speak.options, 1)
    )
    return Said(speak.key, words.say(speak.key, speak.values), choices)


def answered(speak: Speak, words: Words, goto: str, *, waits: bool) -> Said:
    """Put an answer into words, with what can be tapped under it: more, where to go, was it good.

    A tap sends its word, which means the same when it is typed. While a question waits, only
    "more" is offered: it comes next, and nothing shall lead away from it.
    """
    wanted = set() if waits else {goto, "useful", "useless"}
    if words.has(f"{speak.key}.more"):
        wanted.add("more")
    links = tuple(
        Choice(0, option.label, ANSWER_TAP)
        for option in words.options("after.answer")
        if option.id in wanted
    )
    return Said(speak.key, words.say(speak.key, speak.values), links)


def messages(pieces: Sequence[Said], render: Render) -> list[tuple[Said, ...]]:
    """Share pieces out over as few messages as possible, none longer than ``LONGEST``."""
    out: list[tuple[Said, ...]] = []
    held: tuple[Said, ...] = ()
    for piece in _short_enough(pieces, render):
        if held and _size((*held, piece), render) > LONGEST:
            out.append(held)
            held = ()
        held = (*held, piece)
    return [*out, held] if held else out


def _short_enough(pieces: Iterable[Said], render: Render) -> Iterable[Said]:
    for piece in pieces:
        if _size((piece,), render) <= LONGEST:
            yield piece
            continue
        *first, last = sentences(piece.text, LONGEST - 400)
        for part in first:
            yield Said(piece.key, part)
        yield Said(piece.key, last, piece.choices)


def _size(pieces: Sequence[Said], render: Render) -> int:
    return len(render(pieces).encode())


def sentences(text: str, longest: int) -> list[str]:
    """Cut a text after sentence ends into parts of at most ``longest`` bytes.

    Nothing is lost: the parts joined are the text. A link is never cut in the middle, and
    a part without any sentence end is cut between two signs.
    """
    parts: list[str] = []
    rest = text
    while len(rest.encode()) > longest:
        at = _cut(rest, longest)
        parts.append(rest[:at])
        rest = rest[at:]
    return [*parts, rest]


def _cut(text: str, longest: int) -> int:
    size, best, inside, edge = 0, 0, False, 0
    for at, sign in enumerate(text):
        size += len(sign.encode())
        if size > longest:
            return best or edge or max(at, 1)
        inside = text.startswith("<a ", at) or (inside and not text.startswith("</a>", at - 4))
        if inside:
            continue
        edge = at + 1
        if sign == "\n" or _ends_sentence(sign):
            best = at + 1
    return len(text)


def _ends_sentence(sign: str) -> bool:
    """Full stop, question and exclamation mark, in any script."""
    name = unicodedata.name(sign, "")
    return any(end in name for end in ("FULL STOP", "QUESTION MARK", "EXCLAMATION MARK"))
