"""One renewal: which deed leads where, who may do it, and how the way is shown."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.application import (
    ACTORS,
    CLOSED,
    NEXT_ACTOR,
    STAGE_OF,
    STATES,
    Happened,
    NotNow,
    after,
    possible,
    progress,
    state_of,
)

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
DEEDS = tuple(ACTORS)
OPEN = [state for state in STATES if state not in CLOSED]
BEFORE_FILING = OPEN[: OPEN.index("filed")]

LEADS = {
    "draft": {"submit": "submitted"},
    "submitted": {"return": "returned", "accept": "accepted"},
    "returned": {"submit": "submitted"},
    "accepted": {"order": "ordered", "waive": "studying"},
    "ordered": {"unorder": "accepted", "pay": "studying", "waive": "studying"},
    "studying": {"pass": "passed"},
    "passed": {"review": "reviewed"},
    "reviewed": {},
    "filed": {"refuse": "refused"},
    "refused": {"file": "filed"},
    "renewed": {},
    "withdrawn": {},
}


@pytest.mark.parametrize("state", STATES)
def test_every_deed_leads_where_it_should_or_is_refused(state):
    leads = dict(LEADS[state])
    if state in OPEN:
        leads |= {"renew": "renewed", "withdraw": "withdrawn"}
    if state in BEFORE_FILING:
        leads |= {"file": "filed"}
    for deed in DEEDS:
        for actor in ("welder", "operator", "system"):
            if deed in leads and actor in ACTORS[deed]:
                assert after(state, deed, actor) == leads[deed]
            else:
                with pytest.raises(NotNow):
                    after(state, deed, actor)


def test_renewed_and_withdrawn_are_ends():
    assert {"renewed", "withdrawn"} == CLOSED == {s for s in STATES if not possible(s)}


@pytest.mark.parametrize("state", OPEN)
def test_the_official_route_is_open_from_every_open_state(state):
    assert after(state, "renew", "welder") == "renewed"
    assert after(state, "withdraw", "welder") == "withdrawn"


def test_money_is_never_waived_nor_papers_accepted_by_the_welder():
    for deed in ("waive", "pay", "accept", "return", "review", "pass"):
        assert "welder" not in ACTORS[deed]


@pytest.mark.parametrize("state", STATES)
def test_every_state_knows_who_acts_next(state):
    assert (NEXT_ACTOR[state] == "nobody") == (state in CLOSED)
    assert (state in STAGE_OF) == (state != "withdrawn")


@st.composite
def histories(draw):
    """Any sequence of deeds that were possible, each a day later."""
    state, lines = "draft", []
    for n in range(draw(st.integers(0, 20))):
        able = sorted(possible(state))
        if not able:
            break
        deed = draw(st.sampled_from(able))
        by = draw(st.sampled_from(sorted(ACTORS[deed])))
        lines.append(Happened(deed, NOON + timedelta(days=n), by))
        state = after(state, deed, by)
    return state, tuple(lines)


@given(histories())
def test_a_history_folds_to_the_state_it_led_to(found):
    state, lines = found
    assert state_of(lines) == state


@given(histories())
def test_progress_stands_in_one_place(found):
    state, lines = found
    standings = [line.standing for line in progress(lines)]
    assert len(standings) == 6
    assert standings.count("now") == (0 if state in CLOSED else 1)
    assert standings == sorted(standings, key={"done": 0, "skipped": 0, "now": 1, "ahead": 2}.get)


@given(histories())
def test_what_is_done_has_its_day_and_nothing_else_has(found):
    _, lines = found
    days = {line.at for line in lines}
    for line in progress(lines):
        assert (line.at in days) if line.standing == "done" else line.at is None


@given(histories())
def test_a_history_that_cannot_be_is_refused(found):
    state, lines = found
    impossible = [deed for deed in DEEDS if deed not in possible(state)]
    for deed in impossible:
        with pytest.raises(NotNow):
            state_of([*lines, Happened(deed, NOON, next(iter(ACTORS[deed])))])


def walked(*deeds):
    """A history of deeds, each by the first who may do it."""
    return tuple(
        Happened(deed, NOON + timedelta(days=n), min(ACTORS[deed])) for n, deed in enumerate(deeds)
    )


def test_the_whole_way_is_done_when_the_new_certificate_is_there():
    way = walked("submit", "accept", "order", "pay", "pass", "review", "file", "renew")
    assert [line.standing for line in progress(way)] == ["done"] * 6


def test_what_the_welder_did_without_us_is_skipped():
    standings = [line.standing for line in progress(walked("file"))]
    assert standings == ["skipped"] * 4 + ["done", "now"]


def test_papers_sent_back_stand_at_the_papers_again():
    standings = [line.standing for line in progress(walked("submit", "return"))]
    assert standings == ["now"] + ["ahead"] * 5


def test_a_refused_one_may_be_filed_again():
    way = walked("file", "refuse")
    assert [line.standing for line in progress(way)][-2:] == ["now", "ahead"]
    assert progress((*way, *walked("file")))[4].standing == "done"
