"""Walking on: into other flows and back, over what a deploy has inserted, and waking later."""

from datetime import timedelta

import pytest

from bot.dialogs.engine.context import (
    Act,
    CancelTimers,
    Context,
    Event,
    SetTimer,
    Speak,
    Unheard,
)
from bot.dialogs.engine.flow import BadFlow, Flow, Flows
from bot.dialogs.engine.session import Session, UnknownVersion
from bot.dialogs.engine.slots import Number, Text
from bot.dialogs.engine.step import Ask, Branch, Call, Collect, Do, Done, Say, Wait
from bot.dialogs.engine.turn import turn
from bot.dialogs.engine.walk import HOPS
from tests.dialogs.small import Lexicon
from tests.dialogs.test_turn import FORM, HOME, OTHER, WAITING, talk


def flows_of(t):
    return [frame.flow for frame in t.session.stack]


def deploy(t, *flows):
    """Let a release with other flows take the place of the one at work."""
    t.flows = Flows((HOME, FORM, *flows))


# how far


def says(count):
    names = [f"s{n}" for n in range(count)]
    steps = map(Say, names, [*names[1:], "@end"])
    return Flow("f", tuple(steps))


def test_a_turn_passes_so_many_steps_and_no_more():
    assert len(talk(says(HOPS - 1)).start("f")) == HOPS - 1  # its end is a step too
    with pytest.raises(BadFlow, match="more than"):
        talk(says(HOPS)).start("f")


def test_a_flow_that_runs_in_circles_is_stopped():
    rounds = []

    def run(_known, _context):
        rounds.append(1)
        assert len(rounds) <= HOPS, "nobody stops it"
        return Done()

    with pytest.raises(BadFlow, match="more than"):
        talk(Flow("f", (Do("round", run, "@again"),))).start("f")


def test_only_what_has_spoken_or_acted_is_kept_as_done():
    flow = Flow("f", (
        Say("hello", "a"),
        Ask("a", Text(), "which"),
        Branch("which", lambda _k, _c: "on", {"on": "find"}),
        Do("find", lambda _k, _c: Done(), "b"),
        Ask("b", Text(), "@end"),
    ))  # fmt: skip
    t = talk(flow)
    t.start("f")
    t.say("x")
    assert t.frame.done == ["hello", "find"]


# one talk and another


def test_a_wish_about_the_same_thing_comes_back_to_where_it_stands():
    flow = Flow("f", (Ask("a", Text(), "b"), Ask("b", Text(), "@end")))
    t = talk(flow, lexicon=Lexicon(starts={"it": "f"}))
    t.say("it", 10_000_000_001)
    t.say("x")
    assert t.say("it", 10_000_000_001) == ["f.b"]
    assert t.frame.answers == {"a": "x"}


def test_a_wish_about_another_thing_leaves_alone_what_lies_above_the_first():
    flow = Flow("f", (Ask("a", Text(), "@end"),))
    t = talk(flow, OTHER)
    t.start("f", thing=1)
    t.start("other")
    t.start("f", thing=2)
    assert flows_of(t) == ["other", "f"]


def test_a_menu_leads_to_what_was_chosen_not_to_what_lies_below_it():
    t = talk(OTHER)
    t.start("other")
    t.say("menu")
    assert t.say("1") == ["form.hello", "form.name"]
    assert flows_of(t) == ["other", "form"]


def test_a_menu_that_leads_back_to_a_talk_lets_go_of_what_lies_above_it():
    t = talk(OTHER)
    t.start("form")
    t.start("other")
    t.say("menu")
    assert t.say("1") == ["engine.where_we_were", "form.name"]
    assert flows_of(t) == ["form"]


def test_more_is_told_as_often_as_it_is_asked_for():
    t = talk(lexicon=Lexicon(faq={"price?": "price"}))
    t.say("price?")
    assert t.say("more") == ["faq.price.more"]
    assert t.say("more") == ["faq.price.more"]


def test_a_person_asked_for_by_the_flow_itself_is_told_no_words():
    t = talk(Flow("f", (Ask("a", Text(), "@human"),)))
    t.start("f")
    assert t.say("x") == ["engine.human_noted"]
    assert t.kinds(Act) == [Act("ask_human", {"reason": "f", "words": ""})]


@pytest.mark.parametrize(("flow", "waits"), [("f", "number"), ("home", "choice"), ("", "")])
def test_who_must_listen_is_told_what_was_asked(flow, waits):
    t = talk(Flow("f", (Ask("age", Number(1, 99), "@end"),)))
    if flow:
        t.start(flow)
    context = Context(t.now, t.now.date(), t.catalogue, t.lexicon)
    with pytest.raises(Unheard) as found:
        turn(t.flows, t.session, Event("text", "hm"), context)
    assert (found.value.text, found.value.waits) == ("hm", waits)


# calls


def test_a_called_flow_is_given_what_the_caller_knows_and_sees():
    inner = Flow("inner", (Ask("q", Text(), "@end", values=lambda k, _c: dict(k)),))
    outer = Flow("outer", (
        Ask("a", Text(), "in"),
        Call("in", "inner", "@end", give=lambda k, c: {"its": k["a"], "who": c.seed}),
    ))  # fmt: skip
    t = talk(inner, outer)
    t.start("outer")
    t.say("x")
    assert t.kinds(Speak)[0].values == {"its": "x", "who": "p"}


AGAIN = Flow(
    "inner",
    (
        Say("hello", "q"),
        Ask("q", Text(), "test"),
        Branch("test", lambda k, _c: k["q"], {"again": "@again", "on": "@end"}),
    ),
)


def test_a_called_flow_that_begins_again_still_belongs_to_its_caller():
    tell = Say("tell", "@end", values=lambda k, _c: {"q": k["q"]})
    t = talk(AGAIN, Flow("outer", (Call("in", "inner", "tell", keep=("q",)), tell)))
    assert t.start("outer") == ["inner.hello", "inner.q"]
    assert t.say("again") == ["inner.hello", "inner.q"]
    assert t.say("on") == ["outer.tell"]
    assert t.kinds(Speak)[0].values == {"q": "on"}


# deploys


def test_a_sentence_inserted_above_a_call_is_not_said_behind_it():
    inner = Flow("inner", (Ask("q", Text(), "@end"),))
    steps = (Call("in", "inner", "tell"), Say("tell", "@end"))
    t = talk(inner, Flow("outer", steps))
    t.start("outer")
    deploy(t, inner, Flow("outer", (Say("new", "in"), *steps)))
    assert t.say("x") == ["outer.tell"]


def test_a_sentence_inserted_above_a_wait_is_not_said_when_it_is_over_long_since():
    t = talk(WAITING, OTHER)
    t.start("wait")
    t.start("other")
    t.event(Event("signal", name="paid"))
    deploy(t, OTHER, Flow("wait", (Say("new", "paid"), *WAITING.steps)))
    assert t.say("tea") == ["other.thanks", "wait.thanks"]


def test_of_two_sentences_inserted_above_a_question_neither_is_said():
    steps = (Ask("a", Text(), "b"), Ask("b", Text(), "@end"))
    t = talk(Flow("f", steps))
    t.start("f")
    deploy(t, Flow("f", (Say("one", "two"), Say("two", "a"), *steps)))
    assert t.say("x") == ["f.b"]


@pytest.mark.parametrize("stored", ['{"v": 2, "stack": []}', '{"stack": []}'])
def test_a_session_of_another_version_or_of_none_is_not_guessed_at(stored):
    with pytest.raises(UnknownVersion):
        Session.from_json(stored)


def test_a_session_is_stored_in_the_signs_he_typed():
    t = talk()
    t.start("form")
    t.say("王")
    assert "王" in t.session.to_json()  # escaped, a sign would take six bytes instead of three


# waking up later


def test_timers_are_cancelled_only_where_one_ran_and_none_is_wanted():
    t = talk()
    t.say("thanks")
    assert t.effects == [Speak("engine.thanked")]
    t.start("form")
    t.say("Li")
    assert t.kinds(CancelTimers) == []
    t.say("cancel")
    assert t.kinds(CancelTimers) == [CancelTimers()]
    t.say("thanks")
    assert t.kinds(CancelTimers) == []


def test_photos_are_waited_for_as_long_as_the_step_says():
    t = talk(Flow("c", (Collect("photos", "@end", quiet=timedelta(minutes=5)),)))
    t.start("c")
    t.event(Event("image", media="1"))
    assert t.kinds(SetTimer) == [SetTimer("collect", t.now + timedelta(minutes=5))]


def test_how_long_is_waited_may_depend_on_what_is_known():
    flow = Flow("w", (
        Ask("days", Number(1, 9), "wait"),
        Wait("wait", "@end", until=lambda k, c: c.now + timedelta(days=k["days"])),
    ))  # fmt: skip
    t = talk(flow)
    t.start("w")
    t.say("3")
    assert t.kinds(SetTimer) == [SetTimer("wait", t.now + timedelta(days=3))]
