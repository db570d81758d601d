"""The child that draws: a receipt as JSON on standard input, a PNG on standard output."""

from __future__ import annotations

import io
import json
import sys
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from bot.export.font import font_file
from bot.export.picture import Card

WIDTH, MARGIN, GAP = 750, 48, 24

LINE = 1.45
"""Height of a line, in sizes of its font."""

MOST_LINES = 4
"""Of one text: what is longer ends in an ellipsis."""

MOST_SIGNS = 500

COLOURS = 32
"""Enough for smooth edges, and a tenth of the bytes."""

INK, GREY, PALE, BAND, WHITE = "#1f2a2e", "#5c686d", "#d5dcdf", "#14606b", "#ffffff"


class Page:
    """Texts below one another, as tall as they need; ``y`` is where the next one begins."""

    def __init__(self) -> None:
        self.y = MARGIN
        self._texts: list[tuple[int, int, str, int, str, str]] = []
        self._rules: list[int] = []
        self._band = 0

    def text(self, text: str, size: int, colour: str) -> None:
        """Write a text over the whole width."""
        self.y += self._write(wrapped(text, size, WIDTH - 2 * MARGIN), size, colour)

    def pair(self, label: str, value: str, size: int, colours: tuple[str, str]) -> None:
        """Write a label at the left and its value at the right, each as long as it needs."""
        whole = WIDTH - 2 * MARGIN
        values = wrapped(value, size, whole * 3 // 4)
        taken = max(font(size).getlength(line) for line in values)
        labels = wrapped(label, size, int(whole - taken - GAP))
        left = self._write(labels, size, colours[0])
        right = self._write(values, size, colours[1], right=True)
        self.y += max(left, right)

    def rule(self) -> None:
        """Draw a line between what is above and what comes below."""
        self.y += GAP
        self._rules.append(self.y)
        self.y += GAP

    def band(self) -> None:
        """Let what is above stand on a coloured ground."""
        self.y += GAP
        self._band = self.y
        self.y += GAP

    def png(self) -> bytes:
        """Return the picture."""
        image = Image.new("RGB", (WIDTH, self.y + MARGIN), WHITE)
        pen = ImageDraw.Draw(image)
        if self._band:
            pen.rectangle((0, 0, WIDTH, self._band), BAND)
        for y in self._rules:
            pen.line((MARGIN, y, WIDTH - MARGIN, y), PALE, 2)
        for x, y, line, size, colour, anchor in self._texts:
            pen.text((x, y), line, colour, font(size), anchor)
        held = io.BytesIO()
        image.quantize(COLOURS).save(held, "PNG", optimize=True)
        return held.getvalue()

    def _write(self, lines: list[str], size: int, colour: str, *, right: bool = False) -> int:
        """Note lines down from ``y`` on; return their height."""
        x, anchor = (WIDTH - MARGIN, "ra") if right else (MARGIN, "la")
        height = int(size * LINE)
        for n, line in enumerate(lines):
            self._texts.append((x, self.y + n * height, line, size, colour, anchor))
        return len(lines) * height


@lru_cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Return the font in a size of pixels."""
    return ImageFont.truetype(str(font_file()), size, layout_engine=ImageFont.Layout.BASIC)


def wrapped(text: str, size: int, width: int) -> list[str]:
    """Break a text into one to ``MOST_LINES`` lines of at most ``width`` pixels."""
    signs = "".join(sign if sign.isprintable() else " " for sign in text[: MOST_SIGNS + 1])
    rest, lines = " ".join(signs.split()), list[str]()
    while rest and len(lines) < MOST_LINES:
        fits = _fitting(rest, size, width)
        lines.append(rest[:fits].rstrip())
        rest = rest[fits:].lstrip()
    if rest or len(text) > MOST_SIGNS:
        kept = _fitting(lines[-1] + "…", size, width) if lines else 0
        lines[-1:] = [lines[-1][: max(kept - 1, 0)] + "…"] if lines else ["…"]
    return lines or [""]


def _fitting(text: str, size: int, width: int) -> int:
    """Count the signs that fit: at least one, so that whoever breaks lines gets on."""
    taken = 0.0
    for n, sign in enumerate(text):
        taken += font(size).getlength(sign)
        if taken > width:
            return max(n, 1)
    return len(text)


def picture(card: Card) -> bytes:
    """Draw a receipt."""
    page = Page()
    page.text(card.heading, 30, WHITE)
    page.text(card.title, 46, WHITE)
    page.band()
    for label, amount in card.items:
        page.pair(label, amount, 34, (INK, INK))
    page.rule()
    page.pair(*card.total, 48, (INK, BAND))
    page.rule()
    for label, value in card.facts:
        page.pair(label, value, 28, (GREY, INK))
    page.rule()
    page.text(card.foot, 30, INK)
    return page.png()


def main() -> None:
    """Answer the parent."""
    card = Card(**json.load(sys.stdin.buffer))
    sys.stdout.buffer.write(picture(card))


if __name__ == "__main__":
    main()
