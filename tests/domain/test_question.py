"""Questions of the bank: what a row must say, and three papers without a question in common."""

from datetime import date

import pytest

from bot.domain import exam, question
from bot.domain.row import BadRow, Row
from bot.library import load
from tests.conftest import ROOT

DAY = date(2026, 11, 24)
GOOD = {
    "id": "q-fire-001", "kind": "single", "stem": "s?", "answer": "B", "why": "w",
    "options": {"A": "one", "B": "two", "C": "three!", "D": "four"},
    "source": "law", "clause": "1", "mark": "A", "checked_on": DAY,
}  # fmt: skip


def read(**changes):
    row = {**GOOD, **changes}
    return question.read(Row({k: v for k, v in row.items() if v is not ...}, "f.yaml"), "fire")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"answer": "E"}, "letters of its options"),
        ({"answer": "AB"}, "must be one letter"),
        ({"answer": "BA", "kind": "multiple"}, "in order"),
        ({"answer": "A", "kind": "multiple"}, "two letters or more"),
        ({"answer": "ABCD", "kind": "multiple"}, "not all of them"),
        ({"kind": "judge", "answer": True}, "belong to no judge question"),
        ({"kind": "judge", "options": ...}, "true or false"),
        ({"options": {"A": "x", "B": "y"}}, "must be A to D"),
        ({"options": {"A": "x", "B": "x", "C": "y", "D": "z"}}, "the same thing twice"),
        ({"clause": ...}, "clause must be a text"),
        ({"mark": "C"}, "second source"),
        ({"stem": "x" * 91}, "91 signs, at most 90"),
        ({"checked_on": "soon"}, "must be a day"),
        ({"id": "q-gas-001"}, "must begin with q-fire-"),
    ],
)
def test_a_bad_question_says_what_is_wrong(changes, complaint):
    with pytest.raises(BadRow, match=complaint):
        read(**changes)


def test_a_question_is_asked_while_its_source_is_in_force():
    retired = read(valid_from=date(2026, 1, 1), valid_to=date(2026, 7, 31))
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 7, 31), date(2026, 8, 1)]
    assert [retired.in_force(day) for day in days] == [False, True, True, False]


def test_the_longest_option_gives_the_answer_away():
    assert read(answer="C").gives_itself_away
    assert not read().gives_itself_away
    assert not read(answer="BC", kind="multiple").gives_itself_away


def test_three_papers_with_nothing_in_common_can_be_drawn():
    library = load(ROOT / "content")
    for blueprint in library.exams.values():
        assert list(blueprint.short_of(library.questions, DAY)) == []
        assert blueprint.full_marks == 100
        assert [blueprint.questions(kind) for kind in question.KINDS] == [20, 20, 10]


def test_a_small_bank_says_where_it_is_too_small():
    library = load(ROOT / "content")
    few = [q for q in library.questions if q.topic != "rescue"][:100]
    assert any("judge" in line for line in library.exams["guide"].short_of(few, DAY))


def test_a_blueprint_is_worth_a_hundred_points():
    row = {
        "minutes": 60, "pass_mark": 60, "resits": 2, "wait_hours": 24, "areas": {"a": ["fire"]},
        "parts": {kind: {"points": 1, "questions": {"a": 10}} for kind in question.KINDS},
    }  # fmt: skip
    with pytest.raises(BadRow, match="30 points, not 100"):
        exam.read(Row(row, "exam.yaml"))
