"""Global words: back, correct, restart, a person, more, done; what each leaves as it was."""

import pytest

from bot.dialogs.engine.context import Act, Event, Speak
from bot.dialogs.engine.flow import Flow, Flows
from bot.dialogs.engine.slots import Day, Number, Text
from bot.dialogs.engine.step import Ask, Branch, Call, Choose, Collect, Do, Done, Say
from tests.dialogs.small import Catalogue, Lexicon, Talk
from tests.dialogs.test_turn import FORM, HOME, OTHER, talk

INNER = Flow("inner", (Ask("q", Text(), "@end"),))
MIDDLE = Flow("middle", (Call("in", "inner", "@end"),))
OUTER = Flow("outer", (Ask("first", Text(), "mid"), Call("mid", "middle", "@end")))


def flows_of(t):
    return [frame.flow for frame in t.session.stack]


def test_restart_begins_the_flow_he_began_not_one_that_it_called():
    t = talk(INNER, MIDDLE, OUTER)
    t.start("form")
    t.start("outer")
    t.say("a")
    assert flows_of(t) == ["form", "outer", "middle", "inner"]
    assert t.say("restart") == ["engine.restarted", "outer.first"]
    assert flows_of(t) == ["form", "outer"]
    assert t.frame.answers == {}


@pytest.mark.parametrize("below", [[], ["form"], ["form", "other"]])
@pytest.mark.parametrize("deep", [INNER, MIDDLE, OUTER])
def test_restart_finds_its_beginning_whatever_lies_below(below, deep):
    t = talk(INNER, MIDDLE, OUTER, OTHER)
    for name in below:
        t.start(name)
    t.start(deep.name)
    if deep is OUTER:
        t.say("a")
    t.say("restart")
    called = ["inner"] if deep is MIDDLE else []
    assert flows_of(t) == [*below, deep.name, *called]


def test_restart_inside_what_a_menu_called_does_not_show_the_menu():
    menu = Flow("menu", (Call("form", "form", "@end"),), quiet=True)
    t = talk(menu)
    t.start("menu")
    assert t.say("restart") == ["engine.restarted", "form.hello", "form.name"]
    assert flows_of(t) == ["form"]


def test_restart_with_nothing_under_way_shows_the_menu():
    assert talk().say("restart") == ["home.pick"]


def test_whoever_asks_for_a_person_is_reported_with_his_talk_and_words():
    t = talk()
    t.say("human")
    assert t.kinds(Act) == [Act("ask_human", {"reason": "", "words": "human"})]
    t.start("form")
    t.say("human")
    assert t.kinds(Act) == [Act("ask_human", {"reason": "form", "words": "human"})]


def test_more_where_there_is_no_more_is_said_to_be_all_and_is_no_try():
    t = talk(lexicon=Lexicon(faq={"hours?": "hours"}))
    assert t.say("more") == ["engine.lost", "home.pick"]
    t.start("form")
    t.say("Li")
    assert t.say("hours?") == ["faq.hours", "engine.where_we_were", "form.age"]
    assert t.say("more") == ["engine.no_more", "engine.where_we_were", "form.age"]
    assert t.frame.tries == 0


def test_thanks_are_taken_where_nothing_is_asked_and_answer_nothing():
    t = talk()
    assert t.say("thanks") == ["engine.thanked"]
    t.say("xyz")
    assert t.say("thanks") == ["engine.thanked"]
    t.start("form")
    t.say("Li")
    assert t.say("thanks") == ["form.age.again"]


def test_a_bare_number_behind_the_list_of_answers_means_one_of_them():
    t = talk()
    t.start("form")
    t.say("Li")
    t.say("40")
    assert t.say("correct")[0] == "engine.which_to_correct"
    assert t.say("2") == ["form.age"]
    assert "sure" not in t.frame.answers
    t.say("41")
    assert t.say("correct")[0] == "engine.which_to_correct"
    assert t.say("9")[0] == "engine.which_to_correct"
    assert t.say("Yes") == ["form.saved"]


def test_the_list_of_answers_is_forgotten_with_the_next_words():
    t = talk(lexicon=Lexicon(faq={"price?": "price"}))
    t.start("form")
    t.say("Li")
    t.say("40")
    t.say("correct")
    t.say("price?")
    assert t.say("1") == ["form.saved"]


def test_a_way_back_with_nothing_under_way_is_no_way():
    assert talk().say("back") == ["engine.lost", "home.pick"]


def test_correcting_where_nothing_is_answered_is_no_answer():
    t = talk()
    t.start("form")
    assert t.say("correct 1") == ["engine.nothing_to_correct", "form.name"]
    assert t.frame.answers == {}


def test_a_global_word_that_no_code_follows_is_read_like_any_other():
    class Dancing(Lexicon):
        COMMANDS = Lexicon.COMMANDS | {"dance"}

    t = talk(lexicon=Dancing())
    t.start("form")
    assert t.say("dance") == ["form.age"]
    assert t.frame.answers == {"name": "dance"}


def test_photos_collected_so_far_survive_a_look_at_the_answers():
    flow = Flow("c", (Ask("q", Text(), "photos"), Collect("photos", "@end")))
    t = talk(flow)
    t.start("c")
    t.say("a")
    t.event(Event("image", media="1"))
    t.say("correct")
    assert t.frame.partial == ["1"]


def test_done_finishes_nothing_but_photos():
    when = Flow("when", (Ask("day", Day(), "@end"),))
    t = talk(when)
    t.start("when")
    t.say("2027-03")
    assert t.say("done") == ["engine.not_understood", "when.day"]
    assert t.frame.partial == "2027-03"
    assert t.frame.answers == {}


def test_photos_that_are_done_are_an_answer_that_can_be_taken_back():
    flow = Flow("c", (Collect("photos", "next"), Ask("next", Text(), "@end")))
    t = talk(flow)
    t.start("c")
    t.event(Event("image", media="1"))
    assert t.say("done") == ["c.next"]
    assert t.frame.answers == {"photos": ["1"]}
    assert t.say("back") == ["c.photos"]
    assert t.frame.answers == {}


def test_going_back_where_the_caller_has_asked_nothing_yet_leads_nowhere():
    t = talk(INNER, MIDDLE)
    t.start("middle")
    assert t.say("back") == ["engine.no_way_back", "inner.q"]


LIST = Flow(
    "list",
    (
        Ask("name", Text(), "age"),
        Ask("age", Number(1, 99), "kind", tries=1, give_up="kind"),
        Choose("kind", {"l": "last", "r": "last"}),
        Ask("last", Text(), "@end"),
    ),
)


def test_the_answers_given_are_listed_as_they_were_understood():
    choices = {"list.kind": {"l": "Left", "r": "Right"}}
    t = Talk(Flows((HOME, FORM, LIST)), Catalogue(choices))
    t.start("list")
    t.say("Li")
    assert t.say("old") == ["list.kind"]
    t.say("2")
    t.say("correct")
    lines = [speak.values for speak in t.kinds(Speak) if speak.key == "engine.answer_line"]
    assert lines == [
        {"n": 1, "question": "list.name.name", "answer": "Li"},
        {"n": 2, "question": "list.kind.name", "answer": "Right"},
    ]
    t.catalogue = Catalogue({"list.kind": {"l": "Left"}})
    t.say("correct")
    assert t.kinds(Speak)[-1].values["answer"] == "r"
    t.session.top.trail.insert(1, "age")
    t.say("correct")
    assert t.kinds(Speak)[2].values == {"n": 2, "question": "list.age.name", "answer": ""}


def test_the_way_back_is_walked_with_what_is_known_of_the_person():
    flow = Flow("f", (
        Branch("who", lambda _k, c: c.seed, {"p": "a", "q": "b"}),
        Ask("a", Text(), "c"), Ask("b", Text(), "c"), Ask("c", Text(), "@end"),
    ))  # fmt: skip
    t = talk(flow)
    t.start("f")
    t.say("1")
    assert t.say("back") == ["f.a"]


def test_what_was_found_out_before_a_corrected_answer_stays_and_after_it_is_found_anew():
    runs = []

    def find(known, _context):
        runs.append(dict(known))
        return Done({"found": len(runs)})

    flow = Flow("f", (
        Do("before", lambda k, c: Done({"early": f"for {k['who']}"}), "a"),
        Ask("a", Text(), "find"),
        Do("find", find, "b"),
        Ask("b", Text(), "c"),
        Ask("c", Text(), "tell"),
        Say("tell", "@end", values=lambda k, _c: dict(k)),
    ))  # fmt: skip
    t = talk(flow)
    t.start("f", who="Li")
    t.say("1")
    t.say("2")
    assert t.say("correct 1") == ["f.a"]
    assert t.frame.computed == {"": {"who": "Li"}, "before": {"early": "for Li"}}
    assert t.frame.done == ["before"]
    assert t.say("3") == ["f.c"]
    assert t.say("4") == ["f.tell"]
    assert t.kinds(Speak)[0].values == {
        "who": "Li", "early": "for Li", "a": "3", "found": 2, "b": "2", "c": "4",
    }  # fmt: skip
    assert [run["a"] for run in runs] == ["1", "3"]


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        (lambda t: t.say("answer"), ["f.b"]),
        (lambda t: t.say("back"), ["f.z"]),
        (lambda t: t.say("correct 1"), ["f.z"]),
    ],
    ids=["answer", "back", "correct"],
)
def test_a_sentence_inserted_above_by_a_deploy_is_not_said_too_late(deed, said):
    def release(*more):
        steps = (Ask("z", Text(), "a"), Ask("a", Text(), "b"), Ask("b", Text(), "@end"))
        return Flows((HOME, FORM, Flow("f", (*more, *steps))))

    t = Talk(release())
    t.start("f")
    t.say("z")
    t.flows = release(Say("new", "z"))
    assert deed(t) == said


def test_coming_back_to_what_is_open_already_is_no_coming_back():
    t = talk(OTHER, lexicon=Lexicon(starts={"else": "other"}))
    t.start("form")
    t.say("else")
    assert t.say("else") == ["other.what"]


def test_a_person_is_released_by_restart_too():
    t = talk()
    t.start("form")
    t.event(Event("staff", name="on"))
    assert t.say("restart") == ["engine.restarted", "form.hello", "form.name"]
    assert t.say("Li") == ["form.age"]
