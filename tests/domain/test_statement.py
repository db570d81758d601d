"""A day's statement against our books: what is planted is found, and nothing else."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.statement import Difference, Line, compare, misses_refund, ready_at

PAID = Line("payment", "P1", 400, "SUCCESS")
BACK = Line("refund", "R1", 150, "SUCCESS")
FAILED = ("ABNORMAL", "CLOSED")
OTHER_FATE = {"SUCCESS": "ABNORMAL", "ABNORMAL": "SUCCESS", "CLOSED": "SUCCESS"}


def kinds(found):
    return [one.kind for one in found]


def test_two_equal_lists_agree_in_any_order():
    assert compare([PAID, BACK], [BACK, PAID]) == ()
    assert compare([], []) == ()


def test_each_difference_shows_what_both_sides_have():
    less = replace(PAID, fen=399)
    assert compare([PAID], [less]) == (Difference("amount", "P1", PAID, less),)
    assert compare([PAID], []) == (Difference("missing_there", "P1", PAID, None),)
    assert compare([], [PAID]) == (Difference("missing_here", "P1", None, PAID),)
    assert compare([PAID], [PAID, PAID]) == (Difference("doubled", "P1", None, PAID),)
    gone = replace(BACK, state="ABNORMAL")
    assert compare([BACK], [gone]) == (Difference("state", "R1", BACK, gone),)


def test_a_line_may_differ_in_two_ways():
    other = replace(BACK, fen=1, state="ABNORMAL")
    assert kinds(compare([BACK], [other])) == ["amount", "state"]


def test_what_stands_twice_is_compared_by_the_line_that_agrees():
    assert kinds(compare([PAID], [PAID, replace(PAID, fen=1)])) == ["doubled"]
    assert kinds(compare([PAID], [replace(PAID, fen=1), PAID])) == ["doubled"]
    assert kinds(compare([PAID], [replace(PAID, fen=1)] * 2)) == ["amount", "doubled"]
    assert kinds(compare([], [BACK, BACK])) == ["missing_here", "doubled"]


def test_a_payment_and_a_refund_of_one_number_are_two():
    assert compare([PAID], [PAID, replace(BACK, number="P1")])[0].kind == "missing_here"


@pytest.mark.parametrize("state", ["SUCCESS", "ABNORMAL", "CLOSED", "PROCESSING"])
def test_a_refund_under_way_says_nothing_yet(state):
    under_way, ended = replace(BACK, state="PROCESSING"), replace(BACK, state=state)
    assert compare([under_way], [ended]) == compare([ended], [under_way]) == ()
    assert kinds(compare([under_way], [replace(ended, fen=1)])) == ["amount"]


def test_how_a_refund_failed_is_kept_by_wechat_alone():
    assert compare([replace(BACK, state="ABNORMAL")], [replace(BACK, state="CLOSED")]) == ()


@pytest.mark.parametrize("state", ["SUCCESS", *FAILED])
def test_a_state_that_nobody_knows_agrees_with_none(state):
    assert kinds(compare([replace(BACK, state=state)], [replace(BACK, state="ODD")])) == ["state"]


def test_a_payment_has_no_state_that_says_nothing():
    assert kinds(compare([PAID], [replace(PAID, state="PROCESSING")])) == ["state"]


def test_a_refund_that_we_have_on_the_day_beside_is_not_missing_here():
    assert compare([], [BACK], near_here=[BACK]) == ()
    less = replace(BACK, fen=1)
    assert compare([], [BACK], near_here=[less]) == (Difference("amount", "R1", less, BACK),)
    assert kinds(compare([], [BACK], near_here=[replace(BACK, number="R2")])) == ["missing_here"]


def test_a_refund_that_wechat_has_on_the_day_beside_is_not_missing_there():
    missing = compare([BACK], [])
    assert kinds(missing) == ["missing_there"]
    assert misses_refund(missing)
    assert compare([BACK], [], near_there=[BACK]) == ()
    assert compare([BACK], [], near_there=[replace(BACK, fen=1)]) == ()  # told on its own day


def test_what_stands_on_the_days_beside_alone_is_not_of_this_day():
    assert compare([PAID], [PAID], near_here=[BACK], near_there=[BACK, PAID]) == ()


def test_a_payment_is_of_its_day_alone():
    assert kinds(compare([], [PAID], near_here=[PAID])) == ["missing_here"]
    assert kinds(compare([PAID], [], near_there=[PAID])) == ["missing_there"]
    assert not misses_refund(compare([PAID], []))


def test_a_statement_is_ready_at_ten_in_shanghai_of_the_next_day():
    assert ready_at(date(2026, 11, 30)).isoformat() == "2026-12-01T10:00:00+08:00"


@st.composite
def days(draw):
    """Two lists that agree, with what was planted in them, and what that makes."""
    here, there, near_here, near_there, planted = [], [], [], [], []
    for n in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(["payment", "refund"]))
        refund = kind == "refund"
        state = draw(st.sampled_from(["SUCCESS", *FAILED, "PROCESSING"])) if refund else "SUCCESS"
        one = other = Line(kind, f"{kind}{n}", draw(st.integers(1, 10**6)), state)
        plants = ["none", "here", "there", "amount", "twice_here", "twice_there"]
        if refund:
            plants += ["near_here", "near_there"]
        if one.state in OTHER_FATE:
            plants += ["state", "both"]
        plant = draw(st.sampled_from(plants))
        if refund and plant not in {"state", "both"} and draw(st.booleans()):
            other = replace(other, state=draw(st.sampled_from(["PROCESSING", one.state])))
        if plant in {"amount", "both"}:
            other = replace(other, fen=one.fen + draw(st.integers(1, 99)))
        if plant in {"state", "both"}:
            other = replace(other, state=OTHER_FATE[one.state])
        here += {"here": [], "near_here": [], "twice_here": [one] * 2}.get(plant, [one])
        there += {"there": [], "near_there": [], "twice_there": [other] * 2}.get(plant, [other])
        near_here += [one] if plant == "near_here" else []
        near_there += [other] if plant == "near_there" else []
        made = {
            "here": ["missing_here"],
            "there": ["missing_there"],
            "amount": ["amount"],
            "state": ["state"],
            "both": ["amount", "state"],
            "twice_here": ["doubled"],
            "twice_there": ["doubled"],
        }.get(plant, [])
        planted += [(one.number, kind) for kind in made]
    shuffled = [draw(st.permutations(lines)) for lines in (here, there, near_here, near_there)]
    return shuffled, planted


@given(days())
def test_whatever_is_planted_in_two_equal_lists_is_found_and_no_other(case):
    lists, planted = case
    assert sorted((one.number, one.kind) for one in compare(*lists)) == sorted(planted)


@given(days())
def test_the_two_sides_may_change_places_when_nothing_is_near(case):
    (here, there, *_), _ = case
    mirrored = {"missing_here": "missing_there", "missing_there": "missing_here"}
    turned = {
        (one.number, mirrored.get(one.kind, one.kind), one.there, one.here)
        for one in compare(there, here)
    }
    found = {(one.number, one.kind, one.here, one.there) for one in compare(here, there)}
    assert found == turned
