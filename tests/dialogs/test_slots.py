"""What each slot takes, refuses, and keeps half of."""

import pytest

from bot.dialogs.engine.context import Event, Speak
from bot.dialogs.engine.flow import Flow
from bot.dialogs.engine.slots import Day, Hour, Number, Photo, Text
from bot.dialogs.engine.step import Ask
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
    [("5", "2027-03-05"), ("the 5th..", "2027-03-05"), ("the 5th of it", "2026-11-05"),
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
