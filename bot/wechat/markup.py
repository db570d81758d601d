"""How words look on WeChat's wire: choices as links, CDATA that cannot be broken out of."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import quote

from bot.messages import Choice, Said

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Signs that XML 1.0 forbids."""


TO_TAP, BETWEEN = "\N{RIGHTWARDS ARROW} ", " | "
"""Stand before and between words to tap on one line."""


def clean(text: str) -> str:
    """Drop signs that no XML may carry."""
    return _ILLEGAL.sub("", text)


def cdata(text: str) -> str:
    """Make a text safe inside CDATA: its end mark is split in two sections (1.4)."""
    return clean(text).replace("]]>", "]]]]><![CDATA[>")


def render(said: Sequence[Said]) -> str:
    """Put pieces together as one text; each choice is a line to tap or to type."""
    blocks: list[str] = []
    for piece in said:
        numbered = [link(choice) for choice in piece.choices if choice.n]
        words = [link(choice) for choice in piece.choices if not choice.n]
        lines = [piece.text, *numbered, TO_TAP + BETWEEN.join(words) if words else ""]
        if block := "\n".join(line for line in lines if line):  # a picture has no words
            blocks.append(block)
    return "\n".join(blocks)


@lru_cache(maxsize=1024)
def link(choice: Choice) -> str:
    """Render a choice: a tap sends its words, with a numeric id as a hint (1.4, undocumented)."""
    label = html.escape(choice.text, quote=False)
    content = quote(choice.text, safe="")
    address = f"weixin://bizmsgmenu?msgmenucontent={content}&msgmenuid={choice.id}"
    number = f"{choice.n}. " if choice.n else ""
    return f'<a href="{address}">{number}{label}</a>'
