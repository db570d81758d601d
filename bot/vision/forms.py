"""Papers read from lines of text: which paper it is, and what stands beside its labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import fmean
from typing import cast

from bot.domain.papers import Papers, Printed
from bot.domain.photo import NAME_SURE, REQUIRED, Field, Paper
from bot.vision import values
from bot.vision.layout import Line, Run, pages

LEAST_MARKS = 2
"""Marks of a paper that must be there."""


@dataclass(frozen=True, slots=True)
class Form:
    """A paper with what was read of it.

    ``angle``: degrees, clockwise, by which it lies in the picture. ``number_wrong``: an
    identity number is there, but its check sign does not fit.
    """

    paper: Paper
    fields: Mapping[str, Field]
    angle: float = 0.0
    number_wrong: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the fields that are required and were not read."""
        return tuple(name for name in REQUIRED[self.paper] if name not in self.fields)

    @property
    def sure(self) -> bool:
        """Tell whether another look would add nothing."""
        name = self.fields.get("name")
        return not self.missing and (name is None or name.score >= NAME_SURE)

    def with_look(self, other: Form | None) -> Form:
        """Add what another look at the same photo saw, and a name it is surer of."""
        if other is None or other.paper != self.paper:
            return self
        fields = {**other.fields, **self.fields}
        if "name" in fields:
            names = (form.fields["name"] for form in (self, other) if "name" in form.fields)
            fields["name"] = max(names, key=lambda name: name.score)
        wrong = "id_number" not in fields and (self.number_wrong or other.number_wrong)
        return replace(self, fields=fields, number_wrong=wrong)


def read_form(lines: Sequence[Line], papers: Papers, today: date) -> Form | None:
    """Return the paper that the lines are of, or None if it is none of ours."""
    tidied = [replace(line, text=values.tidy(line.text, papers.glyphs)) for line in lines]
    paper = _which([line.text for line in tidied], papers)
    if paper is None:
        return None
    ways = [(_Page(runs, paper, papers, today), angle) for angle, runs in pages(tidied)]
    page, angle = max(ways, key=lambda way: way[0].order)
    return page.form(angle)


def _which(texts: Sequence[str], papers: Papers) -> Paper | None:
    everything = "\n".join(texts)
    marks = {
        paper: sum(mark in everything for mark in printed.marks)
        for paper, printed in papers.printed.items()
    }
    best = max(marks, key=lambda paper: marks[paper])
    return cast("Paper", best) if marks[best] >= LEAST_MARKS else None


@dataclass(frozen=True, slots=True)
class _Said:
    """What stands beside a label: one text, or several runs on a row."""

    label: str
    texts: tuple[str, ...]
    score: float

    @property
    def whole(self) -> str:
        return "".join(self.texts)


class _Page:
    """One way the runs may lie."""

    def __init__(self, runs: Sequence[Run], paper: Paper, papers: Papers, today: date) -> None:
        self.runs, self.paper, self.papers, self.today = runs, paper, papers, today
        self.printed: Printed = papers.printed[paper]
        labels = (label for group in self.printed.labels.values() for label in group)
        self.stops = sorted({*labels, *self.printed.others}, key=len, reverse=True)

    @property
    def order(self) -> int:
        """Return how many labels have something beside them: most where the page is upright."""
        labelled = (run for run in self.runs if self._stop(run.text))
        return sum(run.text not in self.stops or any(self._beside(run)) for run in labelled)

    def form(self, angle: float) -> Form:
        """Read every field that this paper has."""
        found: dict[str, Field] = {}
        for part in self.printed.labels:
            found.update(self._part(part))
        texts = [run.text for run in self.runs] + [said.whole for said in self._said("id_number")]
        looks = any(values.like_id_number(text) for text in texts)
        wanted = "id_number" in self.printed.labels and "id_number" not in found
        return Form(self.paper, found, angle, number_wrong=wanted and looks)

    def _part(self, part: str) -> dict[str, Field]:
        match part:
            case "name":
                return self._one("name", self._names())
            case "id_number":
                return self._one("id_number", self._id_numbers())
            case "number":
                return self._one("number", self._numbers())
            case "valid" if self.paper == "id_back":
                return self._card_days()
            case "valid":
                return self._one("valid_until", self._last_days())
            case "first_issued_on":
                return self._one(part, self._first_days())
            case _:
                return self._one(part, self._words(part))

    def _one(self, name: str, found: Iterator[Field]) -> dict[str, Field]:
        first = next(found, None)
        return {name: first} if first else {}

    # what stands beside a label -----------------------------------------------------------

    def _said(self, part: str) -> Iterator[_Said]:
        """Yield what follows each label of a field: in its run, beside it, or below it."""
        labels = sorted(self.printed.labels.get(part, ()), key=len, reverse=True)
        for run in self.runs:
            label = next((label for label in labels if run.text.startswith(label)), None)
            if label is None or self._stop(run.text) != label:
                continue
            rest = self._cut(run.text[len(label) :].lstrip(":;,. "))
            others = list(self._beside(run)) or ([] if rest else list(self._below(run)))
            texts = (rest, *(other.text for other in others)) if rest else ()
            texts = texts or tuple(other.text for other in others)
            if texts:
                scores = [other.score for other in others] + ([run.score] if rest else [])
                yield _Said(label, texts, fmean(scores))

    def _stop(self, text: str) -> str | None:
        """Return the longest label a text begins with."""
        return next((label for label in self.stops if text.startswith(label)), None)

    def _cut(self, rest: str) -> str:
        """End a text where the next label begins in the same run."""
        starts = [at for stop in self.stops if len(stop) > 1 and (at := rest.find(stop)) > 0]
        return rest[: min(starts)] if starts else rest

    def _beside(self, run: Run) -> Iterator[Run]:
        row = (other for other in self.runs if other is not run and run.beside(other))
        for other in sorted(row, key=lambda other: other.left):
            if self._stop(other.text):
                return
            yield other

    def _below(self, run: Run) -> Iterator[Run]:
        for other in self.runs:
            if other is not run and run.above(other) and not self._stop(other.text):
                yield other
                return

    # one field each -----------------------------------------------------------------------

    def _names(self) -> Iterator[Field]:
        for said in self._said("name"):
            for text in (said.whole, said.texts[0]):
                if name := values.name_in(text):
                    yield Field(name, said.score)
        if self.paper == "id_front":
            yield from self._unlabelled_names()

    def _unlabelled_names(self) -> Iterator[Field]:
        """Yield the first line of an ID card, whatever became of its label, and no other."""
        below = min((run.top for run in self.runs if self._other(run.text)), default=0.0)
        for run in self.runs:
            name = values.name_in(run.text)
            if name and run.bottom < below and self._stop(run.text) is None:
                yield Field(name, run.score)

    def _other(self, text: str) -> bool:
        """Tell whether a text begins with a label beside which nothing is read."""
        return text.startswith(self.printed.others)

    def _id_numbers(self) -> Iterator[Field]:
        said = [(one.whole, one.score) for one in self._said("id_number")]
        for text, score in (*said, *((run.text, run.score) for run in self.runs)):
            if number := values.id_number_in(text, self.today):
                yield Field(number, score)

    def _numbers(self) -> Iterator[Field]:
        provinces = self.papers.provinces
        for said in self._said("number"):
            for text in (said.texts[0], said.whole):
                if number := values.certificate_number_in(text, provinces, labelled=True):
                    yield Field(number, said.score)
        for run in self.runs:
            if number := values.certificate_number_in(run.text, provinces, labelled=False):
                yield Field(number, run.score)

    def _words(self, part: str) -> Iterator[Field]:
        for said in self._said(part):
            text = said.texts[0]
            if len(re.findall(values.HANZI, text)) >= 2 and not any(map(str.isdigit, text)):
                yield Field(text, said.score)

    def _first_days(self) -> Iterator[Field]:
        for said in self._said("first_issued_on"):
            for day, _ in values.days_in(said.whole):
                yield Field(day.isoformat(), said.score)

    def _card_days(self) -> dict[str, Field]:
        for text, score in self._rows_with_days():
            days = [day for day, _ in values.days_in(text)]
            lasting = any(word in text for word in self.papers.lasting)
            if not days or (len(days) < 2 and not lasting):
                continue
            last = "long" if lasting else days[1].isoformat()
            return {
                "valid_from": Field(days[0].isoformat(), score),
                "valid_to": Field(last, score),
            }
        return {}

    def _rows_with_days(self) -> Iterator[tuple[str, float]]:
        for said in self._said("valid"):
            yield said.whole, said.score
        for run in self.runs:  # nothing else on this side is a day
            yield run.text, run.score

    def _last_days(self) -> Iterator[Field]:
        for said in self._said("valid"):
            text = said.label + said.whole
            days = list(values.days_in(text))
            after = [day for day, at in days if text[:at].endswith(self.papers.until)]
            alone = [day for day, at in days if at == len(said.label)] if len(days) == 1 else []
            later = [days[-1][0]] if len(days) > 1 else []
            for day in (after or later or alone)[-1:]:
                yield Field(day.isoformat(), said.score)
