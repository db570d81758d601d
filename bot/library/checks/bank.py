"""Lessons and the question bank: enough for three papers, and nothing that gives itself away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from bot.domain.lesson import DAYS, Lesson
from bot.domain.question import TRUE, Question
from bot.library.load import Library

SCENARIOS = 1 / 3
"""At least so many questions put one into a situation on site."""

LETTER_LEAST, LETTER_MOST = 0.20, 0.30
"""Share of the single questions whose right answer is one letter of four."""

TRUE_LEAST, TRUE_MOST = 0.4, 0.6

LONGEST_MOST = 0.25
"""Share of the single questions whose right answer is the longest: what chance would give."""


def bank_problems(library: Library, today: date) -> Iterator[str]:
    """Yield what is wrong with lessons, questions and exams."""
    asked = [question for question in library.questions if question.in_force(today)]
    if asked:
        yield from _fair(asked)
    for name, blueprint in library.exams.items():
        if name not in library.rulebooks:
            yield f"exam.yaml: {name}: there is no such rulebook"
        for short in blueprint.short_of(asked, today):
            yield f"exam.yaml: {name}: {short}"
    yield from _lessons(library, {question.id for question in asked})


def _fair(asked: list[Question]) -> Iterator[str]:
    share = sum(question.scenario for question in asked) / len(asked)
    if share < SCENARIOS:
        yield f"questions: {share:.0%} are situations on site, at least a third is wanted"
    single = [question for question in asked if question.kind == "single"]
    letters = Counter("".join(sorted(question.answer)) for question in single)
    for letter, count in sorted(letters.items()):
        if not LETTER_LEAST <= count / len(single) <= LETTER_MOST:
            yield f"questions: {letter} is right in {count} of {len(single)} single questions"
    longest = sum(question.gives_itself_away for question in single)
    if single and longest / len(single) > LONGEST_MOST:
        yield f"questions: the right answer is the longest in {longest} of {len(single)}"
    judge = [question for question in asked if question.kind == "judge"]
    true = sum(TRUE in question.answer for question in judge)
    if judge and not TRUE_LEAST <= true / len(judge) <= TRUE_MOST:
        yield f"questions: {true} of {len(judge)} judge questions are true"


def _lessons(library: Library, asked: set[str]) -> Iterator[str]:
    days = Counter(lesson.day for lesson in library.lessons)
    for day in range(1, DAYS + 1):
        if days[day] != 1:
            yield f"lessons: day {day} is there {days[day]} times"
    topics = {topic for blueprint in library.exams.values() for topic in blueprint.areas}
    told: set[str] = set()
    for lesson in sorted(library.lessons, key=lambda lesson: lesson.day):
        place = f"lessons.{lesson.id}"
        if lesson.topic not in topics:
            yield f"{place}: the topic {lesson.topic} is in no area of exam.yaml"
        if lesson.card and lesson.card not in library.cards:
            yield f"{place}: there is no card {lesson.card}"
        for problem in _asked(lesson, told, asked):
            yield f"{place}: {problem}"
        told.update(lesson.questions)


def _asked(lesson: Lesson, told: set[str], asked: set[str]) -> Iterator[str]:
    old, *new = lesson.questions
    if told and old not in told:
        yield f"{old} was in no earlier lesson"
    for name in new:
        if name in told:
            yield f"{name} is not new"
    for name in lesson.questions:
        if name not in asked:
            yield f"there is no question {name} in force"
