"""Taps: a number names its question, so that an old bubble is known as one."""

import pytest

from bot.dialogs.engine.context import Act, Option, Speak
from bot.dialogs.engine.flow import CODES, Flow, Flows
from bot.dialogs.engine.slots import Text
from bot.dialogs.engine.step import Ask, Choose, Do, Done, Say
from tests.dialogs.small import Catalogue, Lexicon, Talk
from tests.dialogs.test_turn import FORM, HOME, talk


def test_a_tap_on_the_open_question_answers_it():
    t = talk()
    t.start("form")
    t.say("Li")
    t.say("40")
    (speak,) = t.kinds(Speak)
    assert t.say("Yes", speak.code + 1) == ["form.saved"]


def test_a_tap_on_an_old_bubble_answers_nothing():
    t = talk()
    t.say("xyz")
    old = t.kinds(Speak)[-1].code + 1
    t.start("form")
    t.say("Li")
    t.say("40")
    assert t.say("yes", old) == ["engine.old_tap", "form.sure"]
    assert "sure" not in t.frame.answers
    t.say("cancel")
    assert t.say("The form", old) == ["engine.old_tap", "home.pick"]


def test_a_lost_tap_number_is_no_hindrance():
    t = talk()
    t.start("form")
    t.say("Li")
    t.say("40")
    assert t.say("Yes", 0) == ["form.saved"]


SAME = (Option("1", "Same"), Option("2", "Same"), Option("3", "Same"), Option("4", "Else"))


def picked(text, choice=None, options=SAME):
    """Say something to a question whose options come from facts; return the answer."""
    choose = Choose("which", next="tell", offered=lambda _k, _c: options)
    flow = Flow("f", (choose, Say("tell", "@end", values=lambda k, _c: dict(k))))
    t = talk(flow)
    t.start("f")
    t.say(text, choice and flow.code("which") + choice)
    return t.kinds(Speak)[0].values.get("which")


def test_of_options_with_the_same_words_the_tapped_one_is_meant():
    assert [picked("Same", n) for n in (1, 2, 3)] == ["1", "2", "3"]
    assert picked("Else", 4) == "4"


def test_a_tap_that_has_lost_its_words_is_one():
    assert [picked("", n) for n in (1, 2, 3, 4)] == ["1", "2", "3", "4"]


def test_where_a_tap_and_its_words_differ_the_words_are_meant():
    assert picked("Else", 1) == "4"
    assert picked("Else", 9) == "4"
    assert picked("Neither", 2) is None


@pytest.mark.parametrize("n", [5, 99])
def test_a_tap_on_an_option_that_is_not_there_is_none(n):
    assert picked("", n) is None


REMIND = Flow(
    "remind",
    (
        Ask("day", Text(), "save"),
        Do("save", lambda k, c: Done(acts=(Act("save", {"id": k["tapped"]}),)), "ok"),
        Say("ok", "@end"),
    ),
)


def test_a_wish_about_another_thing_never_answers_for_the_first():
    t = talk(REMIND, lexicon=Lexicon(starts={"renewed": "remind"}))
    first, second = CODES.stop, CODES.stop + 1
    t.say("renewed", first)
    assert t.say("renewed", first) == ["remind.day"]
    assert t.say("renewed", second) == ["remind.day"]
    assert t.say("2030-01-01") == ["remind.ok"]
    assert t.kinds(Act) == [Act("save", {"id": second})]
    assert t.session.stack == []
    t.say("renewed", first)
    t.say("2030-01-01")
    assert t.kinds(Act) == [Act("save", {"id": first})]


def test_a_wish_tapped_on_an_old_bubble_comes_back_with_all_answers():
    t = talk(lexicon=Lexicon(starts={"The form": "form"}))
    t.say("xyz")
    old = t.kinds(Speak)[-1].code + 1
    t.start("form")
    t.say("Li")
    assert t.say("The form", old) == ["form.age"]
    assert t.frame.answers == {"name": "Li"}


def test_a_tap_on_a_question_of_a_release_gone_by_answers_nothing():
    t = talk()
    t.start("form")
    t.say("Li")
    t.say("40")
    gone = Flow("gone", (Ask("q", Text(), "@end"),)).code("q") + 1
    assert t.say("Yes", gone) == ["engine.old_tap", "form.sure"]


def test_a_tap_on_a_renamed_question_still_answers_it_and_on_another_does_not():
    ways = {"yes": "@end", "no": "@end"}
    words = {f"f.{name}": {"yes": "Yes", "no": "No"} for name in ("old", "other", "sure", "more")}
    before = Flow("f", (Choose("old", dict.fromkeys(ways, "other")), Choose("other", ways)))
    now = Flow(
        "f",
        (Choose("sure", dict.fromkeys(ways, "more")), Choose("more", ways)),
        moved={"old": "sure", "other": "more"},
    )
    t = Talk(Flows((HOME, FORM, before)), Catalogue(words))
    t.start("f")
    tap, other = before.code("old") + 1, before.code("other") + 1
    t.flows = Flows((HOME, FORM, now))
    assert t.say("Yes", other) == ["engine.old_tap", "f.sure"]
    assert t.say("Yes", tap) == ["f.more"]
    assert t.frame.answers == {"sure": "yes"}
