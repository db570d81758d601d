"""Reading content/: every mistake is found at once, named by file, line and key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bot.domain import (
    card,
    document,
    exam,
    faq,
    fee,
    lesson,
    papers,
    question,
    rulebook,
    saying,
    style,
)
from bot.domain.card import Card
from bot.domain.document import Document
from bot.domain.exam import Blueprint
from bot.domain.faq import Hint, Intent
from bot.domain.fee import Fees
from bot.domain.lesson import Lesson
from bot.domain.papers import Papers
from bot.domain.question import Question
from bot.domain.row import Row
from bot.domain.rulebook import Rulebook
from bot.domain.saying import Book
from bot.domain.style import Style
from bot.library.catalogue import read_words
from bot.library.files import Files
from bot.library.words import Words

SILENCES = ("none", "flow", "refuse")


class BadContent(Exception):
    """Content is wrong; ``problems`` lists every mistake as "file:line: key: what"."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Library:
    """All of content/, immutable."""

    words: Words
    vocabulary: Mapping[str, Any]
    intents: tuple[Intent, ...]
    silences: Mapping[str, tuple[str, ...]]
    """Texts that are no question of ours: ``none`` chatter, ``flow`` answers, ``refuse``."""
    hint: Hint
    rulebooks: Mapping[str, Rulebook]
    questions: tuple[Question, ...]
    lessons: tuple[Lesson, ...]
    exams: Mapping[str, Blueprint]
    """One blueprint for each rulebook."""
    books: Mapping[str, Book]
    """What laws, rules and guides say, for the table that puts them side by side."""
    documents: tuple[Document, ...]
    papers: Papers
    """What is printed on those that can be read."""
    fees: Fees
    cards: Mapping[str, Card]
    style: Style
    others: frozenset[str]
    """Fingerprints of other people's texts, which ours must not repeat."""
    published: tuple[str, ...]
    """ids.lock: every id that was ever shown."""
    menu: Mapping[str, Any]
    organisation: Mapping[str, Any]
    notices: Mapping[str, Any]


def content_folder(chosen: Path | None) -> Path:
    """Find content/: the chosen folder, that of a checkout, or the copy in the wheel."""
    if chosen is not None:
        return chosen
    checkout = Path(__file__).resolve().parents[2] / "content"
    return checkout if checkout.is_dir() else Path(__file__).resolve().parents[1] / "_content"


def load(folder: Path) -> Library:
    """Load and validate a content folder. Raises ``BadContent`` with all its mistakes."""
    files = Files(folder)
    organisation = files.mapping("organisation.yaml")
    vocabulary = files.mapping("vocabulary.yaml")
    intents = tuple(_intents(files))
    told = {
        f"faq.{intent.id}{part}": text
        for intent in intents
        for part, text in (("", intent.answer), (".more", intent.more), (".title", intent.title))
        if text
    }
    library = Library(
        words=read_words(files, told, _of(organisation)),
        vocabulary=vocabulary,
        intents=intents,
        silences={kind: files.lines(f"faq/phrasings/@{kind}.txt") for kind in SILENCES},
        hint=_hint(files),
        rulebooks=_rulebooks(files),
        questions=tuple(_questions(files)),
        lessons=tuple(_lessons(files)),
        exams=_exams(files),
        books=_books(files),
        documents=tuple(_documents(files)),
        papers=_papers(files, vocabulary),
        fees=files.make(partial(fee.read, Row(files.mapping("fees.yaml"), "fees.yaml")))
        or Fees(True, ()),
        cards=_cards(files),
        style=files.make(partial(style.read, Row(files.mapping("style.yaml"), "style.yaml")))
        or Style(),
        others=frozenset(files.lines("others.txt")),
        published=files.lines("ids.lock"),
        menu=files.mapping("menu.yaml"),
        organisation=organisation,
        notices=files.mapping("notices.yaml"),
    )
    if files.problems:
        raise BadContent(files.problems)
    return library


def _intents(files: Files) -> Iterator[Intent]:
    seen: set[str] = set()
    for path in files.room("faq"):
        for row in files.rows(path):
            name = str(row.values.get("id"))
            phrasings = files.lines(f"faq/phrasings/{name}.txt")
            intent = files.make(partial(faq.read, row, phrasings))
            if intent and files.new(row, intent.id, seen):
                yield intent


def _of(organisation: Mapping[str, Any]) -> Mapping[str, str]:
    """Return what every sentence may say of the organisation."""
    fixed = {"organisation": "name", "hours": "hours"}
    return {word: str(organisation.get(name, "")) for word, name in fixed.items()}


def _hint(files: Files) -> Hint:
    row = Row(files.mapping("hearing.yaml"), "hearing.yaml")
    plain = files.make(lambda: row.part("plain")) or Row({}, row.file)
    spoken = {
        dialect: word
        for word in plain.values
        for dialect in files.make(partial(plain.texts, word, 1)) or ()
    }
    syllables: dict[str, str] = {}
    for line in files.lines("sounds.txt"):
        sound, _, signs = line.partition(" ")
        for sign in signs:
            syllables.setdefault(sign, sound)
    terms = files.make(partial(row.texts, "terms", 1)) or ()
    return Hint(syllables, spoken, terms)


def _rulebooks(files: Files) -> Mapping[str, Rulebook]:
    books: dict[str, Rulebook] = {}
    for path in files.room("rules"):
        values = files.mapping(files.name(path))
        book = files.make(partial(rulebook.load, values, files.name(path)))
        if book:
            books[book.id] = book
    return books


def _questions(files: Files) -> Iterator[Question]:
    seen: set[str] = set()
    for path in files.room("questions"):
        for row in files.rows(path):
            made = files.make(partial(question.read, row, path.stem))
            if made and files.new(row, made.id, seen):
                yield made


def _lessons(files: Files) -> Iterator[Lesson]:
    seen: set[str] = set()
    for path in files.room("lessons"):
        for row in files.rows(path):
            made = files.make(partial(lesson.read, row))
            if made and files.new(row, made.id, seen):
                yield made


def _exams(files: Files) -> Mapping[str, Blueprint]:
    row = Row(files.mapping("exam.yaml"), "exam.yaml")
    made = {name: files.make(partial(_exam, row, name)) for name in row.values}
    return {name: blueprint for name, blueprint in made.items() if blueprint}


def _exam(row: Row, name: str) -> Blueprint:
    return exam.read(row.part(name))


def _cards(files: Files) -> Mapping[str, Card]:
    row = Row(files.mapping("cards.yaml"), "cards.yaml")
    made = {name: files.make(partial(_card, row, name)) for name in row.values}
    return {name: found for name, found in made.items() if found}


def _card(row: Row, name: str) -> Card:
    return card.read(row.part(name))


def _books(files: Files) -> Mapping[str, Book]:
    found: dict[str, Book] = {}
    for path in files.room("rules/says"):
        name = files.name(path)
        book = files.make(partial(saying.read, Row(files.mapping(name), name)))
        if book:
            found[book.id] = book
    return found


def _documents(files: Files) -> Iterator[Document]:
    seen: set[str] = set()
    for row in files.rows(files.folder / "documents.yaml"):
        made = files.make(partial(document.read, row))
        if made and files.new(row, made.id, seen):
            yield made


def _papers(files: Files, vocabulary: Mapping[str, Any]) -> Papers:
    signs: tuple[str, ...] = ()
    if vocabulary:  # a file that cannot be read has been complained of already
        signs = files.make(lambda: Row(vocabulary, "vocabulary.yaml").texts("provinces", 1)) or ()
    row = Row(files.mapping("photos.yaml"), "photos.yaml")
    return files.make(partial(papers.read, row, signs)) or Papers({}, (), (), "", {})
