"""A flow that could strand somebody cannot be made."""

import pytest

from bot.dialogs.engine.draw import keys_needed, lock_lines, lost_places, mermaid
from bot.dialogs.engine.flow import CODES, BadFlow, Flow, Flows, as_json_value, drawn
from bot.dialogs.engine.slots import Number, Text
from bot.dialogs.engine.step import (
    Ask,
    Branch,
    Call,
    Choose,
    Collect,
    Do,
    Done,
    Go,
    Say,
    Split,
    Wait,
)
from bot.dialogs.script import FLOWS

END = Say("end", "@end")


@pytest.mark.parametrize(
    ("steps", "more", "complaint"),
    [
        ((), {}, "has no step"),
        ((END, END), {}, "used twice"),
        ((Say("a", "nowhere"),), {}, "^f.a: next leads to 'nowhere', which is not there$"),
        ((Choose("a", {"x": "gone"}),), {}, "^f.a: x leads to 'gone', which is not there$"),
        ((Choose("a", next="@end"),), {}, "offers nothing"),
        ((Choose("a", offered=lambda k, c: ()),), {}, "offers nothing"),
        ((Split("a", {"x": "@end"}, {"x": 0}),), {}, "ways and weights differ"),
        ((Say("a", "@end"), END), {}, "no way leads here"),
        ((Say("a", "b"), Say("b", "a")), {}, "f: a loop through a -> b -> a$"),
        (
            (Say("a", "b"), Choose("b", {"x": "c", "y": "@end"}), Say("c", "d"), Say("d", "b")),
            {},
            "f: a loop through b -> c -> d -> b$",
        ),
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


def test_the_numbers_that_name_questions_and_their_options_are_in_their_range():
    codes = [flow.code(step.id) for flow in FLOWS.flows for step in flow.steps]
    assert all(code in CODES and code % 100 == 0 and code + 99 in CODES for code in codes)


def test_a_question_has_the_same_number_in_every_release():
    """It stands in bubbles that people keep for years: these may never change."""
    home = Flow("home", (END,))
    codes = [home.code(step) for step in ("pick", "a", "h")]
    assert codes == [823_799_500, 980_313_500, 899_906_700]


def test_ways_that_part_and_meet_again_are_no_loop_however_many():
    fork = {"l": "left", "r": "right"}
    steps = []
    for n in range(200):
        ways = {way: f"{to}{n}" for way, to in fork.items()}
        steps.append(Branch(f"fork{n}", lambda k, c: "l", ways))
        steps += [Say(to, f"fork{n + 1}") for to in ways.values()]
    assert Flow("f", (*steps, Say("fork200", "@end")))


def test_an_answer_that_cannot_be_stored_is_refused_at_once():
    assert as_json_value({"a": (1, None, "x")}) == {"a": [1, None, "x"]}
    with pytest.raises(TypeError, match="type object cannot be stored"):
        as_json_value(object())


def test_a_branch_reads_only_what_is_known():
    flow = Flow("f", (Branch("b", lambda k, c: "x" if k else "y", {"x": "@end", "y": "@end"}),))
    assert flow.step("b")


def test_the_smallest_share_is_a_share():
    assert Flow("f", (Split("a", {"x": "@end"}, {"x": 1}),))


def test_who_goes_which_way_is_the_same_in_every_release():
    """Whoever was drawn once must be drawn so for ever: these may never change."""
    split = Split("ab", {"a": "@end", "b": "@end", "c": "@end"}, {"a": 1, "b": 2, "c": 1})
    flow = Flow("trial", (split,))
    assert (
        "".join(drawn(flow, split, str(seed)) for seed in range(24)) == "cbabaabbacabccbabcacccba"
    )


def test_a_flow_is_drawn_with_every_kind_of_way():
    flow = Flow("f", (
        Say("hello", "ask"),
        Ask("ask", Number(1, 2), "test", give_up="@human"),
        Branch("test", lambda k, c: "x", {"x": "call", "y": "go"}),
        Call("call", "other", "@end"),
        Go("go", "other"),
    ))  # fmt: skip
    assert (
        mermaid(flow)
        == """flowchart TD
  hello("hello")
  ask[/"ask: number"/]
  test{"test"}
  call[["call to other"]]
  go[["go to other"]]
  hello --> ask
  ask --> test
  ask -- give up --> _human
  test -- x --> call
  test -- y --> go
  call --> _end
  go --> _end
  _end(("end"))
  _human(("human"))
"""
    )


def test_ways_without_a_name_and_ways_of_time_and_chance_are_drawn():
    flow = Flow("f", (
        Choose("pick", {"x": "split"}, next="wait", offered=lambda k, c: ()),
        Split("split", {"a": "wait", "b": "@again"}, {"a": 1, "b": 1}),
        Wait("wait", "photos", signal="s", late="late"),
        Collect("photos", "@end"),
        Do("late", lambda k, c: Done(), "@end"),
    ))  # fmt: skip
    arrows = [line.strip() for line in mermaid(flow).splitlines() if "-->" in line]
    assert arrows == [
        "pick -- x --> split",
        "pick --> wait",
        "pick -- give up --> _human",
        "split -- a --> wait",
        "split -- b --> _again",
        "wait --> photos",
        "wait -- late --> late",
        "photos --> _end",
        "photos -- give up --> _human",
        "late --> _end",
    ]


def test_the_lock_lists_every_question_with_what_it_asks_for():
    flow = Flow("home", (
        Say("hello", "name"),
        Ask("name", Text(), "pick"),
        Choose("pick", {"x": "wait"}),
        Wait("wait", "photos", signal="s"),
        Collect("photos", "done"),
        Do("done", lambda k, c: Done(), "@end"),
    ))  # fmt: skip
    assert list(lock_lines(Flows((flow,)))) == [
        "home name text", "home photos photos", "home pick choice", "home wait wait",
    ]  # fmt: skip


def test_comments_and_empty_lines_of_the_lock_promise_nothing():
    flows = Flows((Flow("home", (Ask("a", Text(), "@end"),)),))
    assert list(lost_places(flows, "# a comment\n\nhome a text\nhome b text\n")) == [
        "home.b: gone, and neither moved nor retired"
    ]


def test_the_words_a_flow_needs_are_known():
    flow = Flow("home", (
        Say("one", "two"),
        Say("two", "ask", pieces=lambda k, c: (), keys=("x.a", "x.b")),
        Ask("ask", Number(1, 2), "end"),
        Choose("end", {"y": "@end"}),
    ))  # fmt: skip
    needed = dict(keys_needed(Flows((flow,))))
    assert needed.keys() >= {"home.one", "x.a", "x.b", "home.ask", "home.end", "engine.nudge"}
    assert "home.two" not in needed
    assert needed["slot.number.out_of_range"] == {"low", "high"}
