"""A flow that could strand somebody cannot be made."""

import pytest

from bot.dialogs.engine.draw import mermaid
from bot.dialogs.engine.flow import BadFlow, Flow, Flows, as_json_value
from bot.dialogs.engine.slots import Text
from bot.dialogs.engine.step import Ask, Branch, Call, Choose, Say, Split, Wait
from bot.dialogs.script import FLOWS

END = Say("end", "@end")


@pytest.mark.parametrize(
    ("steps", "more", "complaint"),
    [
        ((), {}, "has no step"),
        ((END, END), {}, "used twice"),
        ((Say("a", "nowhere"),), {}, "not there"),
        ((Say("a", "@end"), END), {}, "no way leads here"),
        ((Say("a", "b"), Say("b", "a")), {}, "a loop"),
        ((Choose("a"),), {}, "offers nothing"),
        ((Split("a", {"x": "@end"}, {"y": 1}),), {}, "ways and weights differ"),
        ((Wait("a", "@end"),), {}, "waits for nothing"),
        ((Ask("a", Text(), "@end", give_up="nowhere"),), {}, "not there"),
        ((END,), {"moved": {"old": "gone"}}, "moved"),
        ((END,), {"retired": frozenset({"end"})}, "retired, but still here"),
    ],
)
def test_a_flow_that_could_strand_somebody_is_refused(steps, more, complaint):
    with pytest.raises(BadFlow, match=complaint):
        Flow("f", steps, **more)


def test_flows_that_lead_to_a_missing_flow_are_refused():
    with pytest.raises(BadFlow, match="not there"):
        Flows((Flow("home", (Call("c", "gone", "@end"),)),))
    with pytest.raises(BadFlow, match="no flow home"):
        Flows((Flow("f", (END,)),))


@pytest.mark.parametrize("flow", FLOWS.flows, ids=lambda flow: flow.name)
def test_every_step_is_in_the_drawing(flow):
    drawing = mermaid(flow)
    assert all(f"  {step.id}" in drawing for step in flow.steps)


def test_the_numbers_that_name_questions_are_all_different():
    codes = [
        flow.code(step.id)
        for flow in FLOWS.flows
        for step in flow.steps
        if isinstance(step, Choose)
    ]
    assert len(codes) == len(set(codes))


def test_an_answer_that_cannot_be_stored_is_refused_at_once():
    assert as_json_value({"a": (1, None, "x")}) == {"a": [1, None, "x"]}
    with pytest.raises(TypeError, match="cannot be stored"):
        as_json_value(object())


def test_a_branch_reads_only_what_is_known():
    flow = Flow("f", (Branch("b", lambda k, c: "x" if k else "y", {"x": "@end", "y": "@end"}),))
    assert flow.step("b")
