"""A new release while people are in the middle: nobody's answers are lost or misplaced."""

import pytest

from bot.dialogs.engine.context import Event
from bot.dialogs.engine.draw import lock_lines, lost_places
from bot.dialogs.engine.flow import Flow, Flows
from bot.dialogs.engine.slots import Number, Text
from bot.dialogs.engine.step import Ask, Say
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
