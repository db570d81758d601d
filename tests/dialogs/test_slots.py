"""What each slot takes, refuses, and keeps half of."""

from datetime import date

import pytest

from bot.dialogs.engine.context import Event, Option, Speak
from bot.dialogs.engine.flow import Flow
from bot.dialogs.engine.slots import Answer, Choice, Day, Hour, Number, Photo, Text
from bot.dialogs.engine.slots.choice import LOOSE
from bot.dialogs.engine.step import Ask
from bot.domain import dates
from tests.dialogs.test_turn import talk


def asking(slot):
    t = talk(Flow("f", (Ask("q", slot, "next"), Ask("next", Text(), "@end"))))
    t.start("f")
    return t


@pytest.mark.parametrize("number", [1, 50, 99])
def test_a_number_on_the_bounds_is_within_them(number):
    t = asking(Number(1, 99))
    assert t.say(str(number)) == ["f.next"]
    assert t.frame.answers == {"q": number}


@pytest.mark.parametrize("number", ["0", "100"])
def test_a_number_beyond_is_told_the_bounds(number):
    t = asking(Number(1, 99))
    assert t.say(number) == ["slot.number.out_of_range", "f.q"]
    assert t.kinds(Speak)[0].values == {"low": 1, "high": 99}


def test_an_hour_is_taken_and_anything_else_is_not():
    t = asking(Hour())
    assert t.say("soon") == ["engine.not_understood", "f.q"]
    assert t.say("9") == ["f.next"]
    assert t.frame.answers == {"q": 9}


@pytest.mark.parametrize(
    ("said", "kept"), [("1", 3), ("2", 15), ("slot.hour.late{'hour': 3}", None), ("4pm", 16)]
)
def test_an_hour_that_may_be_two_is_asked_which(said, kept):
    t = asking(Hour())
    assert t.say("3") == ["slot.hour.which_half"]
    (speak,) = t.kinds(Speak)
    assert speak.values == {"hour": 3}
    assert [(option.id, option.label) for option in speak.options] == [
        ("early", "slot.hour.early{'hour': 3}"),
        ("late", "slot.hour.late{'hour': 3}"),
    ]
    t.say(said)
    assert t.frame.answers == ({} if kept is None else {"q": kept})


@pytest.mark.parametrize(("said", "kept"), [("9", {"q": 9}), ("4", {})])
def test_another_hour_takes_the_place_of_the_first(said, kept):
    t = asking(Hour())
    t.say("3")
    t.say(said)
    assert t.frame.answers == kept
    assert t.frame.partial == (None if kept else 4)


def test_words_are_taken_up_to_their_longest_and_too_many_are_told_it():
    t = asking(Text(longest=5))
    assert t.say("sixsix") == ["slot.words.too_long", "f.q"]
    assert t.kinds(Speak)[0].values == {"longest": 5}
    assert t.say("fives") == ["f.next"]


def test_spaces_are_no_words():
    t = asking(Text())
    assert t.say("  ") == ["engine.not_understood", "f.q"]
    assert t.frame.answers == {}


def test_print_may_be_unreadable():
    t = asking(Text(printed=True))
    assert t.say("unreadable") == ["f.next"]
    assert t.frame.answers == {"q": "unreadable"}


TWO = (Option("l", "Left"), Option("r", "Right", ("the other",)))


@pytest.mark.parametrize(("more", "taken"), [(LOOSE - len("left"), "l"), (LOOSE, None)])
def test_an_option_is_looked_for_in_a_short_statement_only(more, taken):
    t = asking(Text())
    said = Event("text", "left" + "z" * more)
    assert Choice("s").read(said, TWO, None, t) == (Answer(taken) if taken else None)


def test_a_photo_is_kept_by_its_name_and_one_without_is_none():
    t = asking(Photo())
    assert t.event(Event("image", media="")) == [
        "engine.not_this_kind",
        "engine.where_we_were",
        "f.q",
    ]
    assert t.event(Event("image", media="m")) == ["f.next"]
    assert t.frame.answers == {"q": "m"}


def half():
    t = asking(Day())
    assert t.say("2027-03") == ["slot.day.which_day"]
    assert t.kinds(Speak)[0].values == {"year": 2027, "month": 3}
    return t


@pytest.mark.parametrize(
    ("said", "kept"),
    [("5", "2027-03-05"), ("the 5th..", "2027-03-05"), ("the 5th of it", "2027-03-05"), ("1/5", "2027-01-05"),
     ("2028-04-02", "2028-04-02")],
)  # fmt: skip
def test_a_bare_day_falls_into_the_month_named_before_and_a_whole_date_does_not(said, kept):
    t = half()
    assert t.say(said) == ["f.next"]
    assert t.frame.answers == {"q": kept}


def test_another_month_takes_the_place_of_the_first():
    t = half()
    assert t.say("2027-04") == ["slot.day.which_day"]
    assert t.say("31") == ["slot.day.impossible", "f.q"]
    assert t.say("30") == ["f.next"]
    assert t.frame.answers == {"q": "2027-04-30"}


def test_what_is_no_date_leaves_half_a_date_as_it_is():
    t = half()
    assert t.say("I do not know") == ["engine.not_understood", "f.q"]
    assert t.frame.partial == "2027-03"


def asked(*said, slot=None):
    """Say something; return the last answer's keys, the options shown, and what is kept."""
    t = asking(slot or Day(unreadable=True))
    for words in said:
        keys = t.say(words)
    options = [option.id for speak in t.kinds(Speak) for option in speak.options]
    return keys, options, t.frame.answers.get("q")


YEARS = ["2026", "2027", "2028", "2029"]


@pytest.mark.parametrize("future", [False, True])
def test_a_day_without_a_year_is_asked_its_year(future):
    keys, options, kept = asked("11/23", slot=Day(future=future))
    assert (keys, options, kept) == (["slot.day.which_year"], YEARS, None)


@pytest.mark.parametrize(
    ("said", "kept"),
    [("1", "2026-11-23"), ("2", "2027-11-23"), ("4", "2029-11-23"), ("2028", "2028-11-23"),
     ("2027-11-20", "2027-11-20"), ("20271120", "2027-11-20"), ("unreadable", "unreadable")],
)  # fmt: skip
def test_the_year_is_counted_typed_or_comes_with_a_whole_date(said, kept):
    assert asked("11/23", said) == (["f.next"], [], kept)


def test_the_years_counted_are_those_that_were_shown():
    t = asking(Day())
    t.say("12/23")
    assert [option.id for option in t.kinds(Speak)[0].options] == ["2025", *YEARS[:3]]
    t.say("1")
    assert t.frame.answers == {"q": "2025-12-23"}


@pytest.mark.parametrize("number", ["0", "5"])
def test_a_number_of_no_year_shown_is_read_as_a_year(number):
    t = asking(Day())
    t.say("11/23")
    read = []
    t.lexicon.day = lambda text, _today: read.append(text) or dates.NoDate()
    t.say(number)
    assert read[-1] == f"0{number}-11-23"


def test_the_year_may_be_tapped_and_the_tap_belongs_to_this_question():
    t = asking(Day())
    t.say("11/23")
    (speak,) = t.kinds(Speak)
    year = speak.options[1].id, speak.code + 2
    assert t.say(*year) == ["f.next"]
    assert t.frame.answers == {"q": "2027-11-23"}
    assert t.say(*year) == ["engine.old_tap", "f.next"]


def test_a_month_without_a_year_is_asked_its_year_and_then_its_day():
    t = asking(Day())
    assert t.say("March") == ["slot.day.which_year_of_month"]
    assert t.kinds(Speak)[0].values == {"month": 3}
    assert asked("March") == (["slot.day.which_year_of_month"], YEARS, None)
    assert asked("March", "2") == (["slot.day.which_day"], [], None)
    assert asked("March", "2", "5") == (["f.next"], [], "2027-03-05")


@pytest.mark.parametrize(
    ("said", "keys"),
    [("2027", ["slot.day.which_month"]), ("the 5th", ["slot.day.whole", "f.q"])],
)
def test_a_part_of_a_day_is_asked_for_the_rest(said, keys):
    assert asked(said)[0] == keys


@pytest.mark.parametrize(
    ("said", "keys", "kept"),
    [("3/1", ["f.next"], "2028-03-01"), ("3", ["slot.day.which_day"], None),
     ("March", ["slot.day.which_day"], None), ("the 5th", ["slot.day.whole", "f.q"], None),
     ("unreadable", ["f.next"], "unreadable"), ("2029-02-03", ["f.next"], "2029-02-03"),
     ("20290203", ["f.next"], "2029-02-03")],
)  # fmt: skip
def test_a_year_said_first_takes_the_month_and_day_said_after_it(said, keys, kept):
    found = asked("2028", said)
    assert (found[0], found[2]) == (keys, kept)


@pytest.mark.parametrize("future", [False, True])
def test_a_day_of_a_leap_year_has_one_likely_year(future):
    assert asked("2/28")[0] == ["slot.day.which_year"]
    t = asking(Day(future=future))
    t.lexicon.day = lambda _text, _today: dates.Day(date(2028, 2, 29), "year")
    assert t.say("leap day") == ["f.next"]
    assert t.frame.answers == {"q": "2028-02-29"}


def test_a_day_in_the_past_must_bring_its_year():
    assert asked("3/1", slot=Day(past=True))[0] == ["slot.day.whole", "f.q"]


@pytest.mark.parametrize(("said", "kept"), [("2027-03", "2027-03"), ("March", "unreadable")])
def test_of_a_day_that_cannot_be_read_its_month_is_kept_if_the_year_is_known(said, kept):
    assert asked(said, "unreadable") == (["f.next"], [], kept)


@pytest.mark.parametrize(
    ("slot", "key"),
    [(Day(future=True), "slot.day.not_future"), (Day(past=True), "slot.day.not_past")],
)
def test_a_day_on_the_wrong_side_of_today_is_named(slot, key):
    t = asking(slot)
    assert t.say("2026-11-24") == [key, "f.q"]
    assert t.kinds(Speak)[0].values == {"day": date(2026, 11, 24)}


@pytest.mark.parametrize(
    ("reading", "key"),
    [(dates.Issued(), "slot.day.issued"), (dates.Roughly(), "slot.day.roughly"),
     (dates.Impossible("year"), "slot.day.impossible")],
)  # fmt: skip
def test_what_is_wrong_with_a_date_is_said(reading, key):
    t = asking(Day())
    t.lexicon.day = lambda _text, _today: reading
    assert t.say("some day") == [key, "f.q"]


def test_answers_are_read_back_as_people_write_them():
    t = asking(Day(unreadable=True))
    t.say("2027-03-01")
    t.say("correct")
    assert t.kinds(Speak)[1].values["answer"] == date(2027, 3, 1)
    t.say("correct 1")
    t.say("unreadable")
    t.say("correct")
    assert t.kinds(Speak)[1].values["answer"] == "engine.unreadable"


@pytest.mark.parametrize(
    ("slot", "said", "shown"),
    [(Text(), ("ten digits",), "ten digits"), (Day(unreadable=True), ("2027-03", "unreadable"), "2027-03")],
)  # fmt: skip
def test_what_is_no_whole_day_is_read_back_as_it_was_kept(slot, said, shown):
    t = asking(slot)
    for words in said:
        t.say(words)
    t.say("correct")
    assert t.kinds(Speak)[1].values["answer"] == shown
