"""The form: one page of A4, drawn sign by sign, so that no name is ever taken for markup."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from bot.domain.document import Document
from bot.domain.form import NONE
from bot.export.font import register
from bot.ports import Application, Words

WIDTH, HEIGHT = A4
LEFT, RIGHT = 22 * mm, WIDTH - 22 * mm
TOP = HEIGHT - 24 * mm - 64
"""Where the tables begin."""
LABEL = 32 * mm
"""Width of what stands before a value."""

PHOTO = (28 * mm, 39 * mm)
FOOT = 18 * mm
HEADING = 9.5 * mm
GAP = 7


@dataclass(frozen=True)
class Style:
    """How large a table is set: sign, line, room round a cell, and lines of one at most."""

    size: float
    leading: float
    pad: float
    most: int


STYLES = (Style(11.5, 16.5, 7, 3), Style(10.5, 15, 5.5, 3), Style(10, 14, 4, 2), Style(9, 12, 3, 1))
"""The first with which everything fits on the page is taken."""

INK, GREY, FAINT, LINE, GREEN = (
    HexColor(code) for code in ("#1a1a1a", "#6b6b6b", "#f4f6f5", "#cfd4d1", "#07883f")
)

PERSON = ("name", "id_number", "phone", "employer", "contact_person", "years")
CERTIFICATE = ("number", "trade", "first_issued_on", "valid_until", "issuer")
DAYS = ("first_issued_on", "valid_until")


@dataclass(frozen=True)
class Table:
    """Names and values under a heading."""

    title: str
    rows: tuple[tuple[str, str], ...]
    label: float
    right: float


@dataclass
class Sheet:
    """One application on paper. ``names`` are the photos' files by document."""

    application: Application
    papers: Sequence[Document]
    names: Mapping[str, str]
    today: date
    words: Words

    def draw(self, portrait: bytes | None) -> bytes:
        """Return the page as PDF, the same bytes for the same application.

        Raises ``BadSetting`` without the font.
        """
        held = io.BytesIO()
        self._font = register()
        tables = (
            Table("person", tuple(self._values(PERSON)), LABEL, RIGHT - PHOTO[0] - 5 * mm),
            Table("certificate", tuple(self._values(CERTIFICATE)), LABEL, RIGHT),
            Table("papers", tuple(self._papers()), 2 * LABEL, RIGHT),
        )
        self._style = self._fitting(tables)
        self._canvas = Canvas(held, pagesize=A4, invariant=1, pageCompression=1)
        self._canvas.setTitle(self._say("title"))
        self._head()
        self._portrait(TOP - HEADING, portrait)
        y = TOP
        for table in tables:
            y = self._table(y, table)
        self._foot()
        self._canvas.showPage()
        self._canvas.save()
        return held.getvalue()

    def _say(self, key: str, **values: object) -> str:
        return self.words.say(f"export.form.{key}", values)

    def _values(self, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        for name in names:
            yield self._say(f"field.{name}"), self._value(name)

    def _value(self, name: str) -> str:
        value = str(getattr(self.application.form, name))
        if not value:
            return self._say("empty")
        if value == NONE:
            return self._say("no_employer" if name == "employer" else "none")
        if name == "years" and value.isdigit():
            return self._say("years", years=value)
        return self._day(value) if name in DAYS else value

    def _day(self, text: str) -> str:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return text
        parts = {"year": day.year, "month": day.month, "day": day.day}
        return self.words.say("common.date", parts)

    def _papers(self) -> Iterator[tuple[str, str]]:
        skipped = {one.document for one in self.application.photos if one.state == "skipped"}
        for number, paper in enumerate(self.papers, 1):
            if name := self.names.get(paper.id):
                # words escape what they are given for chats; paper shows it as it is
                told = self._say("there", file="\0").replace("\0", name)
            else:
                told = self._say("absent" if paper.id in skipped else "missing")
            yield f"{number:02}  {paper.label}", told

    # drawing: ``y`` is always the top of what comes next

    def _fitting(self, tables: Iterable[Table]) -> Style:
        for style in STYLES:
            self._style = style
            heights = [sum(self._tall(table, row) for row in table.rows) for table in tables]
            if sum(heights) + len(heights) * (HEADING + GAP) < TOP - FOOT - 4 * mm:
                break
        return style

    def _head(self) -> None:
        top = HEIGHT - 24 * mm
        self._text(LEFT, top - 20, self._say("title"), 22, INK)
        self._text(LEFT, top - 40, self._say("subtitle"), 10, GREY)
        day = self._say("generated", day=self.today)
        number = self._say("number", number=self.application.id)
        for text, drop in ((number, 12), (day, 26)):
            self._text(RIGHT - self._wide(text, 9), top - drop, text, 9, GREY)
        self._canvas.setFillColor(GREEN)
        self._canvas.rect(LEFT, top - 54, RIGHT - LEFT, 1.6, stroke=0, fill=1)

    def _table(self, top: float, table: Table) -> float:
        """Draw a heading and a table under it; return where it ends."""
        self._text(LEFT, top - 18, self._say(table.title), 13, GREEN)
        style, y = self._style, top - HEADING
        for row in table.rows:
            height = self._tall(table, row)
            self._row(y, height, (LEFT, table.label, table.right))
            columns = ((LEFT, GREY), (LEFT + table.label, INK))
            for (x, ink), lines in zip(columns, self._cells(table, row), strict=True):
                for n, line in enumerate(lines, 1):
                    drop = style.leading * n - style.leading / 4 + style.pad / 2
                    self._text(x + style.pad, y - drop, line, style.size, ink)
            y -= height
        return float(y - GAP)

    def _cells(self, table: Table, row: tuple[str, str]) -> tuple[list[str], list[str]]:
        inside = table.right - LEFT - table.label - 2 * self._style.pad
        name = self._wrapped(row[0], table.label - 2 * self._style.pad)
        return name, self._wrapped(row[1], inside)

    def _tall(self, table: Table, row: tuple[str, str]) -> float:
        lines = max(len(cell) for cell in self._cells(table, row))
        return self._style.leading * lines + self._style.pad

    def _row(self, y: float, height: float, columns: tuple[float, float, float]) -> None:
        left, label, right = columns
        canvas = self._canvas
        canvas.setFillColor(FAINT)
        canvas.rect(left, y - height, label, height, stroke=0, fill=1)
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.6)
        canvas.rect(left, y - height, right - left, height, stroke=1, fill=0)

    def _portrait(self, top: float, portrait: bytes | None) -> None:
        """Draw the portrait whole, in a frame of one-inch photos' shape."""
        width, height = PHOTO
        x, y = RIGHT - width, top - height
        self._canvas.setStrokeColor(LINE)
        self._canvas.rect(x, y, width, height, stroke=1, fill=0)
        if portrait is None:
            text = self._say("portrait")
            self._text(x + (width - self._wide(text, 10)) / 2, y + height / 2, text, 10, GREY)
            return
        image = ImageReader(io.BytesIO(portrait))
        self._canvas.drawImage(
            image, x + 1, y + 1, width - 2, height - 2, preserveAspectRatio=True, anchor="c"
        )

    def _foot(self) -> None:
        self._text(LEFT, FOOT, self._say("foot"), 9, GREY)

    def _text(self, x: float, y: float, text: str, size: float, ink: HexColor) -> None:
        self._canvas.setFillColor(ink)
        self._canvas.setFont(self._font, size)
        self._canvas.drawString(x, y, text)

    def _wide(self, text: str, size: float) -> float:
        return float(stringWidth(text, self._font, size))

    def _wrapped(self, text: str, width: float) -> list[str]:
        """Break a text between any two signs; what needs too many lines ends with an ellipsis."""
        lines, most = [""], self._style.most
        for sign in " ".join(text.split()):
            if self._wide(lines[-1] + sign, self._style.size) > width:
                if len(lines) == most:
                    return [*lines[:-1], lines[-1][:-1] + "…"]
                lines.append("")
            lines[-1] += sign
        return lines
