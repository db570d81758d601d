"""A new release while people are in the middle: nobody's answers are lost or misplaced."""

import pytest

from bot.dialogs.engine.context import Act, Event, Speak
from bot.dialogs.engine.draw import lock_lines, lost_places
from bot.dialogs.engine.flow import Flow, Flows
from bot.dialogs.engine.slots import Number, Text
from bot.dialogs.engine.step import Ask, Call, Do, Done, Say, Wait
from tests.dialogs.small import Catalogue, Talk
from tests.dialogs.test_turn import FORM as ANY
from tests.dialogs.test_turn import HOME, OTHER


def release(*steps, **more):
    return Flows((HOME, ANY, OTHER, Flow("f", (*steps, Say("end", "@end")), **more)))


V1 = release(Ask("name", Text(), "cert"), Ask("cert", Text(), "phone"), Ask("phone", Text(), "end"))


def at_cert(flows=V1):
    t = Talk(flows, Catalogue())
    t.start("f")
    t.say("Li")
    return t


def test_a_question_that_still_stands_takes_its_answer():
    t = at_cert()
    t.flows = release(
        Ask("name", Text(), "cert"), Ask("cert", Text(), "mail"),
        Ask("mail", Text(), "phone"), Ask("phone", Text(), "end"),
    )  # fmt: skip
    assert t.say("T1") == ["f.mail"]
    assert t.frame.answers == {"name": "Li", "cert": "T1"}


def test_a_question_inserted_before_is_asked_afterwards():
    t = at_cert()
    t.flows = release(
        Ask("name", Text(), "born"), Ask("born", Text(), "cert"),
        Ask("cert", Text(), "phone"), Ask("phone", Text(), "end"),
    )  # fmt: skip
    assert t.say("T1") == ["f.born"]
    assert t.frame.answers == {"name": "Li", "cert": "T1"}
    assert t.say("1970") == ["f.phone"]


def test_a_renamed_question_is_followed():
    t = at_cert()
    t.flows = release(
        Ask("name", Text(), "number"), Ask("number", Text(), "phone"), Ask("phone", Text(), "end"),
        moved={"cert": "number"},
    )  # fmt: skip
    assert t.say("T1") == ["f.phone"]
    assert t.frame.answers == {"name": "Li", "number": "T1"}


def test_an_answer_to_a_renamed_question_is_kept_under_its_new_name():
    t = at_cert()
    t.flows = release(
        Ask("who", Text(), "cert"), Ask("cert", Text(), "phone"), Ask("phone", Text(), "end"),
        moved={"name": "who"},
    )  # fmt: skip
    assert t.say("T1") == ["f.phone"]
    assert t.frame.answers == {"who": "Li", "cert": "T1"}
    assert t.frame.trail == ["who", "cert"]


def test_a_question_that_is_gone_never_gives_its_answer_to_another():
    t = at_cert()
    t.flows = release(
        Ask("name", Text(), "phone"), Ask("phone", Text(), "end"), retired=frozenset({"cert"})
    )
    assert t.say("T1") == ["engine.moved_on", "f.phone"]
    assert t.frame.answers == {"name": "Li"}


def test_what_a_new_release_has_to_say_is_said_when_a_place_is_lost():
    t = at_cert()
    t.flows = release(
        Ask("name", Text(), "news"), Say("news", "phone"), Ask("phone", Text(), "end"),
        retired=frozenset({"cert"}),
    )  # fmt: skip
    assert t.say("T1") == ["engine.moved_on", "f.news", "f.phone"]


def test_a_question_of_another_type_is_another_question():
    t = at_cert()
    t.flows = release(
        Ask("name", Text(), "cert"), Ask("cert", Number(1, 9), "phone"), Ask("phone", Text(), "end")
    )
    assert t.say("7") == ["engine.moved_on", "f.cert"]
    assert t.say("7") == ["f.phone"]


def test_a_flow_that_is_gone_leads_to_the_menu():
    t = at_cert()
    t.flows = Flows((HOME, ANY))
    assert t.say("T1") == ["engine.moved_on", "home.pick"]


def test_a_flow_that_is_gone_on_top_leads_back_to_the_one_below():
    t = at_cert()
    t.start("other")
    t.flows = Flows(tuple(flow for flow in V1.flows if flow.name != "other"))
    assert t.say("tea") == ["engine.moved_on", "f.cert"]
    assert t.frame.answers == {"name": "Li"}


def test_a_timer_that_finds_its_place_gone_says_nothing():
    t = at_cert()
    t.flows = Flows((HOME, ANY))
    assert t.timer("silence") == []


def test_the_lock_names_what_a_release_would_lose():
    lock = "\n".join(lock_lines(V1))
    gone = release(Ask("name", Text(), "phone"), Ask("phone", Number(1, 2), "end"))
    assert list(lost_places(V1, lock)) == []
    assert list(lost_places(gone, lock)) == [
        "f.cert: gone, and neither moved nor retired",
        "f.phone: asked for text, now for number; give it a new name",
    ]
    told = release(
        Ask("name", Text(), "phone"), Ask("phone", Text(), "end"), retired=frozenset({"cert"})
    )
    assert list(lost_places(told, lock)) == []
    assert list(lost_places(Flows((HOME, ANY)), "f name text")) == [
        "f: the flow is gone; people may be in it"
    ]


def without(flows, name):
    return Flows(tuple(flow for flow in flows.flows if flow.name != name))


def test_a_timer_that_finds_its_place_gone_leaves_it_to_be_told_with_the_next_words():
    t = at_cert()
    t.start("other")
    t.flows = without(V1, "other")
    assert t.timer("silence") == []
    assert t.say("tea") == ["engine.moved_on", "f.cert"]
    assert t.frame.answers == {"name": "Li"}


@pytest.mark.parametrize("event", [
    Event("staff", name="on"), Event("staff", name="off"), Event("start", flow="other"),
])  # fmt: skip
def test_what_is_no_word_of_his_finds_a_flow_gone_and_goes_on(event):
    t = at_cert()
    t.flows = without(V1, "f")
    assert t.event(event) == (["other.what"] if event.kind == "start" else [])


def test_where_a_person_has_taken_over_a_flow_that_is_gone_is_told_when_the_bot_is_called():
    t = at_cert()
    t.event(Event("staff", name="on"))
    t.flows = without(V1, "f")
    assert t.say("T1") == []
    assert t.say("menu") == ["engine.moved_on", "home.pick"]


INNER = Flow("inner", (Ask("q", Text(), "@end"),))


def outer(call, **more):
    return Flow("outer", (
        Ask("first", Text(), call), Call(call, "inner", "told", keep=("q",)), Say("told", "@end"),
    ), **more)  # fmt: skip


def in_inner(*below):
    t = Talk(Flows((*V1.flows, outer("ask"), INNER)), Catalogue())
    for name in below:
        t.start(name)
    t.start("outer")
    t.say("x")
    return t


def test_a_flow_that_is_gone_below_leaves_the_one_on_top_alone():
    t = at_cert()
    t.start("other")
    t.flows = without(V1, "f")
    assert t.say("tea") == ["other.thanks"]
    assert t.session.stack == []


def test_a_call_that_was_renamed_is_still_come_back_to():
    t = in_inner()
    t.flows = Flows((*V1.flows, outer("invite", moved={"ask": "invite"}), INNER))
    assert t.say("tea") == ["outer.told"]


REST = Flow("outer", (Ask("first", Text(), "rest"), Ask("rest", Text(), "@end")))


@pytest.mark.parametrize(("now", "below"), [((), "other.what"), ((REST,), "outer.rest")])
def test_a_flow_whose_caller_is_gone_is_left_for_what_is_there(now, below):
    t = in_inner("other")
    t.flows = Flows((*V1.flows, INNER, *now))
    assert t.say("help")[-1] == "inner.q"
    said = t.say("cancel")
    assert (said[0], said[-1]) == ("engine.cancelled", below)


def test_a_flow_whose_caller_is_gone_is_not_taken_for_called_by_what_lies_under_that():
    t = in_inner("other")
    other = Flow("other", (Ask("what", Text(), "ask"), Say("ask", "@end")))
    t.flows = Flows((HOME, ANY, other, INNER))
    t.say("help")
    assert t.say("cancel") == ["engine.cancelled", "engine.where_we_were", "other.what"]


def test_what_has_been_said_found_out_and_done_is_so_under_new_names():
    def flow(say, find, **more):
        return Flow("g", (
            Say(say, find),
            Do(find, lambda k, c: Done({"found": c.facts["n"]}), "act"),
            Do("act", lambda k, c: Done(acts=(Act("x"),)), "q"),
            Ask("q", Text(), "tell"),
            Say("tell", "@end", values=lambda k, _c: dict(k)),
        ), **more)  # fmt: skip

    t = Talk(Flows((HOME, ANY, flow("hello", "find"))), Catalogue(), facts={"n": 1})
    assert t.start("g", who="Li") == ["g.hello", "g.q"]
    t.flows = Flows(
        (HOME, ANY, flow("welcome", "look", moved={"hello": "welcome", "find": "look"}))
    )
    t.facts = {"n": 2}
    assert t.say("x") == ["g.tell"]
    assert t.kinds(Speak)[0].values == {"who": "Li", "found": 1, "q": "x"}
    assert t.kinds(Act) == []


def test_what_came_for_a_wait_that_was_renamed_is_told():
    def flow(wait, **more):
        return Flow("w", (Wait(wait, "thanks", signal="paid"), Say("thanks", "@end")), **more)

    t = Talk(Flows((HOME, ANY, OTHER, flow("paid"))), Catalogue())
    t.start("w")
    t.start("other")
    t.flows = Flows((HOME, ANY, OTHER, flow("payment", moved={"paid": "payment"})))
    t.event(Event("signal", name="paid"))
    assert t.say("tea") == ["other.thanks", "w.thanks"]


def test_a_question_below_that_asks_nothing_any_more_is_passed():
    t = at_cert()
    t.start("other")
    t.flows = release(
        Ask("name", Text(), "cert"), Say("cert", "phone"), Ask("phone", Text(), "end")
    )
    assert t.say("tea") == ["other.thanks", "f.phone"]
    assert t.frame.answers == {"name": "Li"}


TWO = release(Ask("born", Text(), "name"), Ask("name", Text(), "cert"), Ask("cert", Text(), "end"))
ONE = release(
    Ask("person", Text(), "cert"), Ask("cert", Text(), "end"),
    moved={"born": "person", "name": "person"},
)  # fmt: skip


def test_two_questions_made_one_are_one_answer_to_take_back():
    t = Talk(TWO, Catalogue())
    t.start("f")
    t.say("1970")
    t.say("Li")
    t.flows = ONE
    assert t.say("back") == ["f.person"]
    assert t.say("back") == ["engine.no_way_back", "f.person"]
    assert t.frame.answers == {}


def test_an_open_question_that_has_been_made_one_with_an_answered_one_is_gone():
    t = Talk(TWO, Catalogue())
    t.start("f")
    t.say("1970")
    t.flows = ONE
    assert t.say("Li") == ["engine.moved_on", "f.cert"]
    assert t.frame.answers == {"person": "1970"}


def test_the_lock_follows_a_new_name():
    now = release(
        Ask("name", Text(), "number"), Ask("number", Text(), "phone"), Ask("phone", Text(), "end"),
        moved={"cert": "number"},
    )  # fmt: skip
    assert list(lost_places(now, "\n".join(lock_lines(V1)))) == []
