"""The whole talk about eligibility: what is asked, said, kept, and how it is put right."""

import pytest

from bot.dialogs.engine.context import Act, Event, Speak
from bot.messages import Heard
from tests.dialogs.real import heard, kept, talking

FINE = ("1", "1", "1", "1", "1")
"""Healthy, no violation, no accident, employed, hours enough."""


def missing(keys):
    return [key.removeprefix("missing_") for key in keys if key.startswith("missing_")]


def saved(t):
    return [act.values for act in t.kinds(Act) if act.name == "save_certificate"]


def test_a_number_that_cannot_be_read_is_not_kept_as_one():
    t = talking()
    heard(t, "自查", "说不准", "看不清", "1", "2027-3-1", *FINE)
    assert heard(t, "要")[0] == "kept"
    assert [values["number"] for values in saved(t)] == [""]


@pytest.mark.parametrize("asked", ["编号在哪里看嘛", "编号是啥子哦", "这个咋看?"])
def test_a_question_is_not_kept_as_a_number(asked):
    t = talking()
    assert heard(t, "自查", "说不准", asked) == ["number.again"]


def test_a_number_is_kept_and_tells_the_office():
    t = talking()
    keys = heard(t, "自查", "说不准", "T510212197001010012")
    assert keys[0] == "verdict.other_authority"


def test_only_what_was_asked_is_said_to_be_missing():
    t = talking()
    keys = heard(t, "自查", "1", "1", "2027-3-1", *FINE)
    assert missing(keys) == []
    assert "missing" not in keys


def test_who_does_not_know_is_told_what_is_missing():
    t = talking()
    keys = heard(t, "自查", "说不准", "不晓得", "说不准", "2027-3-1", *["说不准"] * 5)
    assert missing(keys) == ["authority", "number", "status", "healthy", "violations_2y",
                             "accident", "employed", "hours"]  # fmt: skip


def test_no_paper_is_spoken_of_where_none_would_help():
    keys = heard(talking(), "自查", "1", "1", "2027-3-1", "1", "3", "1", "没单位", "没学够")
    assert [key for key in keys if key.startswith("reason.")] == ["reason.violations"]


@pytest.mark.parametrize(
    "said", [("1", "1", "2026-11-1"), ("1", "3"), ("1", "4"), ("1", "1", "2027-3-1", "1", "3", *"1" * 3)]
)  # fmt: skip
def test_who_cannot_renew_is_not_sent_for_papers(said):
    assert missing(heard(talking(), "自查", *said)) == []


@pytest.mark.parametrize("said", [("2",), ("1", "3"), ("1", "1", "2026-11-1")])
def test_a_talk_without_anything_to_keep_ends_with_a_person_to_tap(said):
    t = talking()
    assert heard(t, "自查", *said)[-1] == "closing"
    assert heard(t, "1") == ["engine.human_noted"]
    assert t.session.stack == []


def test_an_answer_can_still_be_put_right_after_the_verdict():
    t = talking()
    assert heard(t, "自查", "1", "1", "2026-11-1")[0] == "verdict.expired"
    assert heard(t, "改")[0] == "engine.which_to_correct"
    assert heard(t, "改3") == ["expires_on"]
    assert heard(t, "2027-11-1") == ["healthy"]


def test_the_closing_question_is_not_come_back_to():
    t = talking()
    heard(t, "自查", "2")
    answer = Heard("answer", ("validity_period",), 1.0)
    assert t.event(Event("text", text="证几年审一次", heard=answer)) == ["faq.validity_period"]
    assert heard(t, "自查") == ["hello", "issuer"]
    heard(t, "2")
    heard(t, "我的证书")
    assert [frame.flow for frame in t.session.stack] == ["certificates"]


@pytest.mark.parametrize("said", [("谢谢了",), ("那我晓得了",), ("乱说", "又乱说", "还乱说")])
def test_the_closing_question_holds_nobody(said):
    t = talking()
    heard(t, "自查", "2")
    assert heard(t, *said) == ["goodbye"]
    assert t.session.stack == []


def undated():
    t = talking()
    keys = heard(t, "自查", "1", "1", "看不清", *FINE)
    assert (keys[0], keys[-1]) == ("verdict.needs_human", "found_expiry")
    return t


def test_a_date_found_after_the_verdict_gives_the_true_one_and_is_kept():
    t = undated()
    keys = heard(t, "2027-3-1")
    assert (keys[0], keys[-1]) == ("verdict.too_early", "save")
    assert heard(t, "要") == ["kept"]
    assert [values["expires_on"] for values in saved(t)] == ["2027-03-01"]


def test_a_date_found_after_the_verdict_may_have_passed():
    assert heard(undated(), "2026-10-1")[0] == "verdict.expired"


def test_a_date_that_never_turns_up_ends_the_talk():
    assert heard(undated(), "还是看不清") == ["closing"]


def test_a_date_put_right_stands_before_one_found_later():
    t = undated()
    heard(t, "2028-3-1")
    heard(t, "改3", "2027-3-1")
    heard(t, "要")
    assert [values["expires_on"] for values in saved(t)] == ["2027-03-01"]


def test_a_second_certificate_of_the_same_day_is_asked_about():
    t = talking(kept(7, 2027, 3, 1))
    assert heard(t, "自查", "1", "1", "2027-3-1", *FINE)[-1] == "same_day"
    assert heard(t, "另外一本") == ["kept"]
    assert len(saved(t)) == 1


def test_the_same_certificate_is_not_kept_twice():
    t = talking(kept(7, 2027, 3, 1))
    heard(t, "自查", "1", "1", "2027-3-1", *FINE)
    assert heard(t, "就是那本") == ["kept_already"]
    assert saved(t) == []


def test_a_date_without_a_year_is_asked_and_one_of_yesterday_is_expired():
    t = talking()
    assert heard(t, "自查", "1", "1", "11月23日") == ["slot.day.which_year"]
    (speak,) = t.kinds(Speak)
    assert [option.label for option in speak.options] == ["2026年", "2027年", "2028年", "2029年"]
    assert heard(t, "1")[0] == "verdict.expired"


@pytest.mark.parametrize(
    ("said", "day"),
    [(("11月23日", "明年"), "2027-11-23"), (("明年", "3月5号"), "2027-03-05"),
     (("三月", "27年", "五号"), "2027-03-05"), (("27-3", "5"), "2027-03-05"),
     (("明年三月", "4月5号"), "2027-04-05"), (("3月1号", "2"), "2027-03-01"),
     (("2027年", "3月", "1号"), "2027-03-01"), (("2028年", "2月底"), "2028-02-29"), (("5号", "2027年3月5号"), "2027-03-05")],
)  # fmt: skip
def test_a_date_comes_together_bit_by_bit(said, day):
    t = talking()
    heard(t, "自查", "1", "1", *said)
    assert t.frame.answers["expires_on"] == day


@pytest.mark.parametrize(
    ("said", "key"),
    [("2019年3月1日发证", "slot.day.issued"), ("还有3个月", "slot.day.roughly"),
     ("5号", "slot.day.whole"), ("2月30号", "slot.day.impossible")],
)  # fmt: skip
def test_what_is_wrong_with_a_date_is_said_and_it_is_asked_again(said, key):
    assert heard(talking(), "自查", "1", "1", said) == [key, "expires_on"]
