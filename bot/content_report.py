"""``docs/content.md``: how much there is of what, how sure we are of it, what is to be verified."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from bot.domain.question import KINDS, TRUE
from bot.domain.source import Source
from bot.library import Library

HEAD = """# What content/ holds

Made by `weldmate content report`. **A** was read in the official text or a copy of it, **B** in a
secondary source, **C** is from memory: never a fact to a welder, only "ask the authority".
"""


def counts(library: Library, today: date) -> dict[str, object]:
    """Return the counts by kind, for ``content check --json``."""
    asked = [question for question in library.questions if question.in_force(today)]
    return {
        "intents": len(library.intents),
        "phrasings": sum(len(intent.phrasings) for intent in library.intents),
        "silences": {kind: len(texts) for kind, texts in library.silences.items()},
        "lessons": len(library.lessons),
        "cards": len(library.cards),
        "questions": len(asked),
        "questions_retired": len(library.questions) - len(asked),
        "questions_by_kind": dict(Counter(question.kind for question in asked)),
        "questions_by_topic": dict(Counter(question.topic for question in asked)),
        "scenarios": sum(question.scenario for question in asked),
        "rulebooks": sorted(library.rulebooks),
    }


def page(library: Library, today: date) -> str:
    """Return the whole page in Markdown."""
    lines = [HEAD, *_questions(library, today), *_lessons(library), *_answers(library)]
    return "\n".join([*lines, *_unverified(library), ""])


def _table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(map(str, head))} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(map(str, row))} |"
    yield ""


def _marks(sources: Iterable[Source]) -> str:
    found: Counter[str] = Counter(source.mark for source in sources)
    return " ".join(f"{mark} {found[mark]}" for mark in "ABC" if found[mark])


def _questions(library: Library, today: date) -> Iterator[str]:
    asked = [question for question in library.questions if question.in_force(today)]
    retired = len(library.questions) - len(asked)
    yield f"## Questions: {len(asked)} in force, {retired} retired with their standard\n"
    topics = sorted({question.topic for question in library.questions})
    rows = []
    for topic in topics:
        here = [question for question in asked if question.topic == topic]
        kinds = Counter(question.kind for question in here)
        scenarios = sum(question.scenario for question in here)
        marks = _marks(question.source for question in here)
        rows.append([topic, len(here), *(kinds[kind] for kind in KINDS), scenarios, marks])
    yield from _table(["topic", "all", *KINDS, "scenarios", "confidence"], rows)
    single = [question for question in asked if question.kind == "single"]
    letters = Counter("".join(question.answer) for question in single)
    judge = [question for question in asked if question.kind == "judge"]
    longest = sum(question.gives_itself_away for question in single)
    yield (
        "Right answers of single questions: "
        + ", ".join(f"{letter} {count}" for letter, count in sorted(letters.items()))
        + f"; the longest option is right in {longest} of {len(single)};"
        + f" {sum(TRUE in question.answer for question in judge)} of {len(judge)} are true.\n"
    )
    sources = Counter(
        f"{question.source.title} {question.source.edition}".strip() for question in asked
    )
    yield from _table(["source", "questions"], sources.most_common())


def _lessons(library: Library) -> Iterator[str]:
    yield f"## Lessons: {len(library.lessons)}, {len(library.cards)} with a card\n"
    rows = [
        [lesson.day, lesson.topic, lesson.title, lesson.card or "-", _marks(lesson.sources)]
        for lesson in sorted(library.lessons, key=lambda lesson: lesson.day)
    ]
    yield from _table(["day", "topic", "title", "card", "confidence"], rows)


def _answers(library: Library) -> Iterator[str]:
    phrasings = sum(len(intent.phrasings) for intent in library.intents)
    silent = ", ".join(f"{kind} {len(texts)}" for kind, texts in library.silences.items())
    yield f"## Frequent questions: {len(library.intents)} in {phrasings} phrasings\n"
    yield f"Texts to be silent about: {silent}.\n"
    rows = [
        [intent.id, intent.title, len(intent.phrasings), intent.goto or "-", _marks(intent.sources)]
        for intent in library.intents
    ]
    yield from _table(["id", "title", "phrasings", "leads to", "confidence"], rows)


def _unverified(library: Library) -> Iterator[str]:
    yield "## Still unverified\n"
    found: dict[str, list[str]] = {}
    for intent in library.intents:
        for source in intent.sources:
            if source.mark == "C":
                found.setdefault(source.text, []).append(f"faq {intent.id}")
    for book in library.rulebooks.values():
        for name, source in (*book.figures.items(), *book.sources.items()):
            if source.mark == "C":
                found.setdefault(source.text, []).append(f"{book.id} {name}")
    rows = [[text, ", ".join(sorted(set(places)))] for text, places in sorted(found.items())]
    yield "Shown with the advice to ask the authority, never with a number of our own:\n"
    yield from _table(["source", "used by"], rows)
