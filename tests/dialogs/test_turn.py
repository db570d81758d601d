"""What one turn promises, shown on small flows."""

from datetime import timedelta

import pytest

from bot.dialogs.engine.context import (
    Act,
    CancelTimers,
    Context,
    Event,
    Option,
    SetTimer,
    Speak,
    Unheard,
)
from bot.dialogs.engine.flow import Flow, Flows, awaited
from bot.dialogs.engine.session import Session, UnknownVersion
from bot.dialogs.engine.slots import Day, Number, Photo, Text
from bot.dialogs.engine.step import (
    Ask,
    Branch,
    Call,
    Choose,
    Collect,
    Do,
    Done,
    Go,
    Piece,
    Say,
    Split,
    Wait,
)
from bot.dialogs.engine.turn import turn
from bot.messages import Heard
from tests.dialogs.small import Catalogue, Lexicon, Talk

HOME = Flow(
    "home", (Choose("pick", {"form": "to_form"}, silence=None), Go("to_form", "form")), quiet=True
)
YES_NO = {"yes": ("Yes", ("ok", "good")), "no": ("No", ("not good", "bad"))}
CATALOGUE = Catalogue(
    {"home.pick": {"form": "The form"}, "form.sure": YES_NO, "form.again": YES_NO},
    frozenset({"form.age.again", "faq.price.more"}),
)
FORM = Flow(
    "form",
    (
        Say("hello", "name"),
        Ask("name", Text(), "age"),
        Ask("age", Number(1, 99), "sure", give_up="sorry"),
        Choose("sure", {"yes": "save", "no": "sorry"}),
        Do("save", lambda k, c: Done({"kept": k["name"]}, (Act("save", dict(k)),)), "saved"),
        Say("saved", "@end"),
        Say("sorry", "@end"),
    ),
)


def talk(*flows, lexicon=None, **more):
    return Talk(Flows((HOME, FORM, *flows)), CATALOGUE, lexicon, **more)


def test_a_flow_is_led_from_its_first_word_to_its_act():
    t = talk()
    assert t.start("form") == ["form.hello", "form.name"]
    assert t.say("Li") == ["form.age"]
    assert t.say("40") == ["form.sure"]
    assert t.say("yes") == ["form.saved"]
    (act,) = t.kinds(Act)
    assert (act.name, act.values["age"]) == ("save", 40)
    assert t.session.stack == []


@pytest.mark.parametrize("said", ["1", "Yes", "yes!", " OK ", "well ok then"])
def test_a_choice_is_understood_as_number_label_or_spelling(said):
    t = talk()
    t.start("form")
    t.say("Li")
    t.say("40")
    assert t.say(said) == ["form.saved"]


def test_a_word_that_denies_is_not_read_as_the_word_inside_it():
    t = talk()
    t.start("form")
    t.say("Li")
    t.say("40")
    assert t.say("it is not good") == ["form.sorry"]


def test_a_denied_word_is_no_loose_choice():
    t = talk()
    t.start("form")
    t.say("Li")
    t.say("40")
    assert t.say("that is not quite ok") == ["engine.not_understood", "form.sure"]
    assert t.say("ok please") == ["form.saved"]


def test_an_option_that_cannot_be_undone_is_taken_word_for_word_by_number_or_by_tap():
    flow = Flow("form2", (Choose("sure", {"yes": "@end", "no": "@end"}, exact=frozenset({"yes"})),))
    words = Catalogue({"form2.sure": {"yes": ("Yes", ("ok",)), "no": ("No", ())}})
    for said, taken in [("well ok then", 0), ("ok please", 0), ("OK!", 1), ("1", 1), ("no no", 1)]:
        t = Talk(Flows((HOME, FORM, flow)), words)
        t.start("form2")
        t.say(said)
        assert (t.session.stack == []) == bool(taken), said


def test_a_question_is_no_loose_choice():
    t = talk()
    t.start("form")
    t.say("Li")
    t.say("40")
    assert t.say("is ok good?") == ["engine.not_understood", "form.sure"]


def test_tries_are_bounded_and_then_the_way_out_is_taken():
    t = talk()
    t.start("form")
    t.say("Li")
    assert t.say("old") == ["form.age.again"]
    assert t.say("200") == ["slot.number.out_of_range", "form.age"]
    assert t.say("old") == ["form.sorry"]


def test_without_a_way_out_of_its_own_a_person_is_asked_for():
    t = talk()
    t.start("form")
    t.say("Li")
    t.say("40")
    t.say("hm?")
    t.say("hm?")
    assert t.say("whatever?") == ["engine.human_noted"]
    unanswered, act = t.kinds(Act)
    assert unanswered == Act("note_unanswered", {"words": "whatever?"})
    assert act.values == {"reason": "form", "words": "whatever?"}


def test_silence_is_broken_once_and_only_if_nothing_happened():
    t = talk()
    t.start("form")
    (timer,) = t.kinds(SetTimer)
    assert (timer.kind, timer.at) == ("silence", t.now + timedelta(hours=3))
    stale = t.session.turn
    t.say("Li")
    before = t.session
    assert t.timer("silence", stale) == []
    assert t.session.to_json() == before.to_json()
    assert t.timer("silence") == ["engine.nudge", "form.age"]
    assert t.kinds(SetTimer) == []
    assert t.timer("silence") == []


def test_timers_are_cancelled_when_nothing_is_asked_any_more():
    t = talk()
    t.start("form")
    t.say("cancel")
    assert t.kinds(CancelTimers)


def test_a_valid_answer_beats_an_faq():
    t = talk(lexicon=Lexicon(faq={"Price": "price"}))
    t.start("form")
    assert t.say("Price") == ["form.age"]


def test_an_faq_is_answered_and_the_question_comes_back_untouched():
    t = talk(lexicon=Lexicon(faq={"price?": "price"}))
    t.start("form")
    t.say("Li")
    before = t.frame
    assert t.say("price?") == ["faq.price", "engine.where_we_were", "form.age"]
    assert t.frame == before
    assert t.say("more") == ["faq.price.more", "engine.where_we_were", "form.age"]
    assert t.frame == before


def test_going_back_takes_exactly_the_last_answer():
    t = talk()
    t.start("form")
    t.say("Li")
    t.say("40")
    assert t.say("back") == ["form.age"]
    assert t.frame.answers == {"name": "Li"}
    assert t.say("back") == ["form.name"]
    assert t.say("back") == ["engine.no_way_back", "form.name"]


def test_one_answer_is_corrected_and_the_others_stay():
    t = talk()
    t.start("form")
    t.say("Li")
    t.say("40")
    assert t.say("correct") == [
        "engine.which_to_correct", "engine.answer_line", "engine.answer_line",
    ]  # fmt: skip
    assert t.say("correct 1") == ["form.name"]
    assert t.say("Wang") == ["form.sure"]
    assert t.frame.answers == {"age": 40, "name": "Wang"}


def test_cancel_leaves_the_talk_and_restart_begins_it_anew():
    t = talk()
    t.start("form")
    t.say("Li")
    assert t.say("restart") == ["engine.restarted", "form.hello", "form.name"]
    assert t.say("cancel") == ["engine.cancelled"]
    assert t.session.stack == []
    assert t.say("cancel") == ["engine.nothing_to_cancel"]


def test_help_and_a_person_are_there_in_the_middle_of_anything():
    t = talk()
    t.start("form")
    assert t.say("help") == ["engine.help", "engine.where_we_were", "form.name"]
    assert t.say("human") == ["engine.human_noted", "engine.where_we_were", "form.name"]
    assert t.kinds(Act)[0].name == "ask_human"


def test_whoever_is_lost_is_shown_the_menu():
    t = talk()
    assert t.say("xyz") == ["engine.lost", "home.pick"]
    assert t.event(Event("image", media="m")) == ["engine.not_this_kind"]


OTHER = Flow("other", (Ask("what", Text(), "thanks"), Say("thanks", "@end")))


def test_a_digression_comes_back_to_where_it_left():
    t = talk(OTHER, lexicon=Lexicon(starts={"something else": "other"}))
    t.start("form")
    t.say("Li")
    assert t.say("something else") == ["other.what"]
    assert t.say("tea") == ["other.thanks", "engine.where_we_were", "form.age"]
    assert t.frame.answers == {"name": "Li"}


def test_a_flow_under_way_is_never_started_twice():
    t = talk(OTHER, lexicon=Lexicon(starts={"something else": "other", "form": "form"}))
    t.start("form")
    t.say("Li")
    t.say("something else")
    assert t.say("form") == ["engine.where_we_were", "form.age"]
    assert [frame.flow for frame in t.session.stack] == ["form"]
    t.say("menu")
    assert t.say("1") == ["engine.where_we_were", "form.age"]
    assert len(t.session.stack) == 1


def test_a_wish_for_a_talk_that_is_not_there_starts_none():
    t = talk(lexicon=Lexicon(starts={"fly": "flying"}))
    t.start("form")
    assert t.say("fly") == ["form.age"]


COLLECT = Flow("c", (Collect("photos", "@end"),))


def unheard(flow, *said):
    """Say things that nobody has listened to; return what the last of them has to wait for."""
    t = talk(flow)
    t.start(flow.name)
    context = Context(t.now, t.now.date(), t.catalogue, t.lexicon)
    session = t.session
    with pytest.raises(Unheard) as missing:
        for text in said:
            session, _ = turn(t.flows, session, Event("text", text=text), context)
    return missing.value.text, missing.value.waits


def test_what_nobody_has_listened_to_says_what_the_open_question_asks_for():
    assert unheard(FORM, "Li", "zz") == ("zz", "number")
    assert unheard(Flow("pick", (Choose("a", {"x": "@end"}),)), "zz") == ("zz", "choice")
    assert unheard(COLLECT, "zz") == ("zz", "photos")
    assert unheard(WAITING, "zz") == ("zz", "wait")
    assert unheard(Flow("short", (Say("hello", "@end"),)), "zz") == ("zz", "")


WHICH = Flow(
    "which",
    (
        Choose("one", next="told", offered=lambda k, _c: tuple(
            Option(intent, intent) for intent in k["intents"]
        )),
        Say("told", "@end", values=lambda k, _c: {"one": k["one"]}),
    ),
    quiet=True,
)  # fmt: skip


def between(*intents):
    return Event("text", text="zz", heard=Heard("choice", intents, 0.5))


def test_where_two_questions_may_be_meant_it_is_asked_which():
    t = Talk(Flows((HOME, FORM, WHICH), which="which"), CATALOGUE)
    t.start("form")
    t.say("Li")
    assert t.event(between("price", "hours")) == ["which.one"]
    assert t.say("2") == ["which.told", "engine.where_we_were", "form.age"]
    assert t.kinds(Speak)[0].values == {"one": "hours"}


def test_where_no_flow_asks_which_it_is_explained():
    t = talk()
    t.start("form")
    t.say("Li")
    assert t.event(between("price", "hours")) == ["form.age.again"]


def test_a_photo_is_no_answer_to_a_question_in_words():
    t = talk()
    t.start("form")
    said = t.event(Event("image", media="m"))
    assert said == ["engine.not_this_kind", "engine.where_we_were", "form.name"]


def test_who_cannot_type_gets_a_person_and_keeps_his_question():
    t = talk()
    t.start("form")
    called = []
    for kind in ["image", "voice", "voice"] * 3:
        said = t.event(Event(kind, media="m"))
        assert said[0] == "engine.not_this_kind"
        assert said[-1] == "form.name"
        called.append("engine.human_noted" in said)
        act = Act("ask_human", {"reason": "form", "words": ""})
        assert t.kinds(Act) == [act] * called[-1]
    assert called == [False, False, True] * 3
    assert t.say("Li") == ["form.age"]


def test_a_kind_of_message_with_words_of_its_own_is_told_by_them():
    t = talk()
    t.catalogue = Catalogue(CATALOGUE.choices, frozenset(
        {"engine.not_this_kind.voice", "engine.only_words.voice"}
    ))  # fmt: skip
    assert t.event(Event("voice", media="m")) == ["engine.only_words.voice", "home.pick"]
    t.start("form")
    assert t.event(Event("voice", media="m"))[0] == "engine.not_this_kind.voice"
    assert t.event(Event("image", media="m"))[0] == "engine.not_this_kind"


def test_a_person_who_takes_over_silences_the_bot_until_it_is_called():
    t = talk()
    t.start("form")
    t.event(Event("staff", name="on"))
    assert t.say("Li") == []
    assert t.say("menu")[-1:] == ["home.pick"]
    t.event(Event("staff", name="on"))
    t.event(Event("staff", name="off"))
    assert t.say("help")[0] == "engine.help"


def test_half_a_date_is_kept_until_the_other_half_comes():
    flow = Flow("when", (Ask("day", Day(unreadable=True), "done"), Say("done", "@end")))
    t = talk(flow, lexicon=Lexicon(faq={"why?": "why"}))
    t.start("when")
    assert t.say("2027-03") == ["slot.day.which_day"]
    assert t.say("why?") == ["faq.why", "engine.where_we_were", "when.day"]
    assert t.say("32") == ["slot.day.impossible", "when.day"]
    assert t.frame.partial == "2027-03"
    assert t.say("5") == ["when.done"]


@pytest.mark.parametrize(
    ("said", "kept"), [("unreadable", "unreadable"), ("2027-02-28", "2027-02-28")]
)
def test_a_day_or_that_it_cannot_be_read_is_an_answer(said, kept):
    flow = Flow("when", (Ask("day", Day(unreadable=True), "next"), Ask("next", Text(), "@end")))
    t = talk(flow)
    t.start("when")
    t.say(said)
    assert t.frame.answers["day"] == kept


@pytest.mark.parametrize(
    ("slot", "said", "why"),
    [
        (Day(future=True), "2026-11-24", "slot.day.not_future"),
        (Day(past=True), "2026-11-24", "slot.day.not_past"),
        (Day(), "unreadable", "slot.day.needed"),
        (Text(longest=3), "four", "slot.words.too_long"),
        (Number(1, 5), "6", "slot.number.out_of_range"),
    ],
)
def test_what_is_wrong_with_an_answer_is_said(slot, said, why):
    t = talk(Flow("f", (Ask("q", slot, "@end"),)))
    t.start("f")
    assert t.say(said) == [why, "f.q"]


def test_a_photo_answers_where_a_photo_is_asked():
    t = talk(Flow("f", (Ask("q", Photo(), "ok"), Say("ok", "@end"))))
    t.start("f")
    assert t.event(Event("image", media="m")) == ["f.ok"]


WAITING = Flow(
    "wait",
    (
        Wait(
            "paid",
            "thanks",
            signal="paid",
            until=lambda k, c: c.now + timedelta(days=1),
            late="too_late",
        ),
        Say("thanks", "@end"),
        Say("too_late", "@end"),
    ),
)


def test_a_wait_ends_by_its_signal():
    t = talk(WAITING)
    assert t.start("wait") == ["wait.paid"]
    assert t.kinds(SetTimer)[0].kind == "wait"
    assert t.say("hello there") == ["wait.paid"]
    assert t.event(Event("signal", name="other")) == []
    assert t.event(Event("signal", name="paid")) == ["wait.thanks"]


def test_a_wait_ends_by_its_time():
    t = talk(WAITING)
    t.start("wait")
    assert t.timer("wait") == ["wait.too_late"]


def test_a_wait_below_a_digression_ends_and_is_taken_up_afterwards():
    t = talk(WAITING, OTHER, lexicon=Lexicon(starts={"else": "other"}))
    t.start("wait")
    t.say("else")
    assert [timer.kind for timer in t.kinds(SetTimer)] == ["silence", "wait"]
    assert t.event(Event("signal", name="paid")) == []
    assert t.say("tea") == ["other.thanks", "wait.thanks"]


def test_a_wait_below_photos_ends_by_its_time_and_takes_none_of_them():
    t = talk(WAITING, Flow("c", (Collect("photos", "ok"), Say("ok", "@end"))))
    t.start("wait")
    t.start("c")
    t.event(Event("image", media="1"))
    assert t.timer("wait") == []
    t.event(Event("image", media="2"))
    assert t.say("done") == ["c.ok", "wait.too_late"]


def test_photos_are_collected_up_to_the_most():
    flow = Flow("c", (Collect("photos", "keep", most=3),
                      Do("keep", lambda k, c: Done(acts=(Act("keep", dict(k)),)), "ok"),
                      Say("ok", "@end")))  # fmt: skip
    t = talk(flow)
    t.start("c")
    assert t.event(Event("image", media="1")) == []
    assert t.kinds(SetTimer)[0].kind == "collect"
    assert t.event(Event("image", media="2")) == []
    assert t.event(Event("image", media="3")) == ["c.ok"]
    assert t.kinds(Act)[0].values["photos"] == ["1", "2", "3"]


@pytest.mark.parametrize("end", ["quiet", "word"])
def test_photos_are_done_after_a_quiet_while_or_on_a_word(end):
    ok = Say("ok", "@end", values=lambda k, _c: dict(k))
    t = talk(Flow("c", (Collect("photos", "ok"), ok)))
    t.start("c")
    assert t.say("done")[-1] == "c.photos"
    t.event(Event("image", media="1"))
    assert (t.timer("collect") if end == "quiet" else t.say("done")) == ["c.ok"]
    assert t.kinds(Speak)[0].values == {"photos": ["1"]}


def test_a_called_flow_hands_back_what_it_found():
    inner = Flow("inner", (Ask("q", Text(), "@end"),))
    outer = Flow(
        "outer",
        (
            Call("ask", "inner", "tell", keep=("q",)),
            Say("tell", "@end", values=lambda k, c: {"q": k["q"]}),
        ),
    )
    t = talk(inner, outer)
    assert t.start("outer") == ["inner.q"]
    assert t.say("x") == ["outer.tell"]
    assert t.kinds(Speak)[0].values == {"q": "x"}


def test_going_back_out_of_a_called_flow_reopens_the_question_before_it():
    inner = Flow("inner", (Ask("q", Text(), "@end"),))
    outer = Flow("outer", (Ask("first", Text(), "ask"), Call("ask", "inner", "@end")))
    t = talk(inner, outer)
    t.start("outer")
    t.say("a")
    assert t.say("back") == ["outer.first"]
    assert t.say("b") == ["inner.q"]
    assert t.say("cancel") == ["engine.cancelled"]
    assert t.session.stack == []


def test_a_split_is_sticky_and_in_proportion():
    flow = Flow("s", (Split("ab", {"a": "a", "b": "b"}, {"a": 1, "b": 3}),
                      Say("a", "@end"), Say("b", "@end")))  # fmt: skip
    got = [talk(flow, seed=str(n)).start("s")[0] for n in range(400)]
    assert got == [talk(flow, seed=str(n)).start("s")[0] for n in range(400)]
    assert 60 < got.count("s.a") < 140


def test_a_flow_can_begin_again():
    flow = Flow(
        "loop",
        (
            Ask("q", Text(), "test"),
            Branch("test", lambda k, c: k["q"], {"x": "@again", "y": "@end"}),
        ),
    )
    t = talk(flow)
    t.start("loop")
    assert t.say("x") == ["loop.q"]
    assert t.frame.answers == {}
    assert t.say("y") == []


def test_after_an_act_there_is_no_way_back_behind_it():
    flow = Flow("f", (Ask("a", Text(), "act"),
                      Do("act", lambda k, c: Done(acts=(Act("x"),)), "b"),
                      Ask("b", Text(), "@end")))  # fmt: skip
    t = talk(flow)
    t.start("f")
    t.say("1")
    assert t.say("back") == ["engine.no_way_back", "f.b"]
    assert t.say("correct 1") == ["engine.nothing_to_correct", "f.b"]


def test_a_corrected_answer_changes_the_way_and_the_old_way_is_forgotten():
    seen = []
    flow = Flow("f", (
        Choose("kind", {"l": "left", "r": "right"}),
        Ask("left", Text(), "sum"),
        Ask("right", Text(), "sum"),
        Ask("sum", Text(), "end"),
        Do("end", lambda k, c: Done({"seen": seen.append(sorted(k))}), "@end"),
    ))  # fmt: skip
    t = Talk(Flows((HOME, FORM, flow)), Catalogue({"f.kind": {"l": "L", "r": "R"}}))
    t.start("f")
    t.say("L")
    t.say("x")
    t.say("correct 1")
    assert t.say("R") == ["f.right"]
    t.say("y")
    t.say("z")
    assert seen == [["kind", "right", "sum"]]


def test_say_can_decide_among_its_keys():
    flow = Flow("f", (Say("s", "@end", pieces=lambda k, c: (Piece("x.a"), Piece("x.b"))),))
    assert talk(flow).start("f") == ["x.a", "x.b"]


def test_the_oldest_digression_is_let_go_when_there_are_too_many():
    flows = [Flow(f"f{n}", (Ask("q", Text(), "@end"),)) for n in range(9)]
    t = talk(*flows)
    for n in range(9):
        t.start(f"f{n}")
    assert [frame.flow for frame in t.session.stack] == ["f3", "f4", "f5", "f6", "f7", "f8"]


def test_a_session_of_an_unknown_version_is_not_guessed_at():
    with pytest.raises(UnknownVersion):
        Session.from_json('{"v": 99, "stack": []}')


def test_what_was_given_and_what_came_is_known_behind_a_wait():
    flow = Flow("w", (Wait("paid", "thanks", signal="paid"),
                      Say("thanks", "@end", values=lambda k, _c: dict(k))))  # fmt: skip
    t = talk(flow)
    t.start("w", order=7)
    t.event(Event("signal", name="paid", given={"sum": 5}))
    assert t.kinds(Speak)[0].values == {"order": 7, "paid": "came", "sum": 5}


def test_what_was_given_is_still_known_after_giving_up():
    flow = Flow("g", (Ask("n", Number(1, 9), "@end", tries=1, give_up="sorry"),
                      Say("sorry", "@end", values=lambda k, _c: dict(k))))  # fmt: skip
    t = talk(flow)
    t.start("g", order=7)
    assert t.say("many") == ["g.sorry"]
    assert t.kinds(Speak)[0].values == {"order": 7, "last_words": "many", "n": None}


def test_the_oldest_talk_is_let_go_with_all_that_it_called():
    inner = Flow("inner", (Ask("q", Text(), "@end"),))
    outer = Flow("outer", (Call("ask", "inner", "@end"),))
    flows = [Flow(f"f{n}", (Ask("q", Text(), "@end"),)) for n in range(5)]
    t = talk(inner, outer, *flows)
    t.start("outer")
    for n in range(5):
        t.start(f"f{n}")
    assert [frame.flow for frame in t.session.stack] == ["f0", "f1", "f2", "f3", "f4"]


INSERTED = {
    "signal": (Wait("w", "b", signal="s"), lambda t: t.event(Event("signal", name="s")), "i.b"),
    "late": (
        Wait("w", "b", until=lambda _k, c: c.now, late="b"), lambda t: t.timer("wait"), "i.b",
    ),
    "give up": (Ask("w", Number(1, 2), "b", tries=1, give_up="b"), lambda t: t.say("x"), "i.b"),
    "photos": (Collect("w", "b", most=1), lambda t: t.event(Event("image", media="m")), "i.b"),
    "done": (
        Collect("w", "b"), lambda t: t.event(Event("image", media="m")) or t.say("done"), "i.b",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", INSERTED)
def test_a_sentence_inserted_above_a_question_is_silent_however_the_question_ends(kind):
    question, deed, said = INSERTED[kind]
    steps = (question, Ask("b", Text(), "@end"))
    t = talk(Flow("i", steps))
    t.start("i")
    t.flows = Flows((HOME, FORM, Flow("i", (Say("new", "w"), *steps))))
    assert deed(t) == [said]


MENU = Flow("menu", (Choose("pick", {"a": "@end", "b": "@end"}),), quiet=True)


def under_a_menu(t):
    t.start("menu")
    assert [frame.flow for frame in t.session.stack][1:] == ["menu"]
    return t


def test_what_is_no_choice_of_a_menu_was_meant_for_the_talk_under_it():
    t = talk(MENU, lexicon=Lexicon(faq={"price?": "price"}))
    t.start("form")
    assert under_a_menu(t).say("Li") == ["form.age"]
    assert under_a_menu(t).say("price?") == ["faq.price", "engine.where_we_were", "form.age"]
    assert under_a_menu(t).say("old") == ["form.age.again"]
    assert under_a_menu(t).event(Event("image", media="m"))[-1] == "form.age"
    assert under_a_menu(t).say("40") == ["form.sure"]
    assert t.frame.answers == {"name": "Li", "age": 40}


def test_a_menu_on_nothing_stays_and_explains_itself():
    t = talk(MENU)
    t.start("menu")
    assert t.say("xyz") == ["engine.not_understood", "menu.pick"]


def test_a_talk_on_top_of_a_talk_is_no_menu_and_stays():
    t = talk(OTHER, Flow("number", (Ask("n", Number(1, 9), "@end"),)))
    t.start("other")
    t.start("number")
    assert t.say("tea") == ["engine.not_understood", "number.n"]


def test_a_photo_sent_under_a_menu_is_collected():
    t = talk(MENU, Flow("c", (Collect("photos", "ok", most=2), Say("ok", "@end"))))
    t.start("c")
    t.event(Event("image", media="1"))
    assert under_a_menu(t).event(Event("image", media="2")) == ["c.ok"]


def test_what_came_while_a_menu_lay_on_top_is_told_with_the_next_words():
    t = talk(MENU, WAITING)
    t.start("wait")
    under_a_menu(t).event(Event("signal", name="paid"))
    assert t.say("hello there") == ["wait.thanks"]
    assert t.session.stack == []


def test_who_wants_to_cheat_is_refused_and_asked_again():
    t = talk()
    t.start("form")
    refused = Event("text", text="do it?", heard=Heard("refuse"))
    t.say("Li")
    assert t.event(refused) == ["faq.refuse_cheating", "engine.where_we_were", "form.age"]
    assert t.frame.tries == 0


FACTS = Flow(
    "facts",
    (
        Branch("any", lambda _k, c: "y" if c.facts.get("any") else "n", {"y": "one", "n": "two"}),
        Say("one", "ask"),
        Ask("two", Text(), "@end", values=lambda k, _c: dict(k)),
        Ask("ask", Text(), "@end"),
    ),
)


def test_a_talk_looks_again_when_the_facts_it_stands_on_have_changed():
    t = talk(FACTS, OTHER)
    assert t.start("facts", who="Li") == ["facts.two"]
    assert t.event(Event("fresh", flow="other")) == []
    assert t.event(Event("fresh", flow="facts")) == ["facts.two"]
    assert t.kinds(Speak)[0].values == {"who": "Li"}
    t.facts = {"any": True}
    assert t.event(Event("fresh", flow="facts")) == ["facts.one", "facts.ask"]
    assert t.event(Event("fresh", flow="facts")) == ["facts.one", "facts.ask"]
    t.start("other")
    assert t.event(Event("fresh", flow="facts")) == []


def test_a_called_talk_that_looks_again_still_hands_back_what_it_found():
    told = Say("told", "@end", values=lambda k, _c: dict(k))
    t = talk(FACTS, Flow("outer", (Call("look", "facts", "told", keep=("two",)), told)))
    t.start("outer")
    t.event(Event("fresh", flow="facts"))
    assert t.say("x") == ["outer.told"]
    assert t.kinds(Speak)[0].values == {"two": "x"}


def test_what_a_talk_waits_for_is_known_while_it_is_on_top():
    t = talk(WAITING, OTHER)
    assert awaited(t.flows, t.session) == ""
    t.start("wait")
    assert awaited(t.flows, t.session) == "paid"
    t.start("other")
    assert awaited(t.flows, t.session) == ""
