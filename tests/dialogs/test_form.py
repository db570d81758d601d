"""The form: asked only where no paper has told it, put right line by line."""

import pytest

from bot.domain.form import NONE, form
from tests.dialogs.paper_talk import FULL, PaperTalk


@pytest.fixture
def talk():
    return PaperTalk().begun()


def start(talk, **known):
    talk.fill(**known)
    return talk.start("form")


def test_what_the_papers_have_told_is_not_asked(talk):
    assert start(talk, name="张三", id_number=FULL["id_number"]) == ["form.phone"]


def test_everything_is_asked_in_order_where_no_paper_has_told_it(talk):
    assert start(talk) == ["form.name"]
    for words, asked in (
        ("张三", "form.id_number"),
        (FULL["id_number"], "form.phone"),
        ("13812345678", "form.code"),
        ("123456", "form.employer"),
        ("中建三局", "form.contact_person"),
        ("李工", "form.years"),
        ("9", "form.card"),
    ):
        assert talk.say(words)[-1] == asked
    assert talk.form == form({**FULL, "number": "", "valid_until": ""})
    assert talk.say("都对") == []


@pytest.mark.parametrize(
    "words",
    ["复审要交哪些东西", "证几年审一次", "过期了咋办", "怎么交钱", "要钱吗？"],
)
@pytest.mark.parametrize("asked", ["name", "employer", "contact_person"])
def test_a_question_is_answered_and_never_kept_as_an_answer(talk, words, asked):
    known = dict(FULL)
    del known[asked]
    assert start(talk, **known) == [f"form.{asked}"]
    said = talk.say(words)
    assert said[-1] == f"form.{asked}" or said[-1].startswith("which.")
    assert getattr(talk.form, asked) == ""
    assert said[0].startswith(("faq.", "which.", "slot.", "engine."))


@pytest.mark.parametrize("words", ["复审要交哪些东西", "证几年审一次"])
def test_a_question_that_is_known_has_its_answer(talk, words):
    start(talk)
    assert talk.say(words)[0].startswith("faq.")
    assert talk.say("张三")[-1] == "form.id_number"


@pytest.mark.parametrize("name", ["张三", "欧阳大林", "买买提·艾力", "张 大 林", "么红", "𬱖云"])
def test_names_are_taken_as_people_bear_them(talk, name):
    start(talk)
    assert talk.say(name)[-1] == "form.id_number"
    assert talk.form.name == name.replace(" ", "")


@pytest.mark.parametrize(
    "words", ["我的名字叫张三", "13812345678", "不晓得", "没有", "zhangsan", "张"]
)
def test_what_is_no_name_is_not_taken_for_one(talk, words):
    start(talk)
    said = talk.say(words)
    assert said[-1] == "form.name"
    assert talk.form.name == ""


@pytest.mark.parametrize("firm", ["江津几江建筑公司", "哪吒焊接队", "中建三局"])
def test_a_firm_may_have_the_signs_of_a_question_in_its_name(talk, firm):
    known = {**FULL, "employer": ""}
    start(talk, **known)
    assert talk.say(firm)[-1] == "form.card"
    assert talk.form.employer == firm


def test_without_an_employer_nobody_is_asked_for_there(talk):
    start(talk, **{**FULL, "employer": "", "contact_person": ""})
    assert talk.say("没得") == ["form.card"]
    assert talk.form.employer == NONE
    assert "单位联系人" not in talk.words


LINES = {
    "name": "李四", "id_number": "500101199001010026", "phone": "13900000000",
    "employer": "中建八局", "contact_person": "王工", "years": "12",
    "number": "渝F042022000062", "valid_until": "2028年3月1日",
}  # fmt: skip


@pytest.mark.parametrize(("n", "line"), list(enumerate(LINES, 1)))
@pytest.mark.parametrize("way", ["改{n}", "{n}", "第{n}行错了", "{n}不对"])
def test_a_line_is_changed_by_its_number_and_no_other(talk, n, line, way):
    start(talk, **FULL)
    before = talk.form.to_row()
    assert talk.say(way.format(n=n)) == [f"form.{line}"]
    said = talk.say(valid(LINES[line]))
    if line == "phone":
        assert said == ["form.code"]
        said = talk.say("123456")
    assert said[-1] == "form.card"
    changed = {k for k, v in talk.form.to_row().items() if before.get(k) != v}
    assert changed == {line}
    assert talk.say("都对") == []


def valid(words):
    from bot.domain.id_number import check_sign

    return words[:17] + check_sign(words[:17]) if words.startswith("500101") else words


def test_a_wrong_code_is_asked_again_and_another_number_gets_a_code_of_its_own(talk):
    start(talk, **{**FULL, "phone": ""})
    talk.say("13812345678")
    assert talk.say("654321") == ["form.wrong", "form.code"]
    assert talk.say("13900000000") == ["form.code"]
    assert talk.paperwork.phone == "13900000000"
    assert talk.say("123456")[0] == "form.phone_proved"
    assert talk.form.phone == "13900000000"


def test_a_code_half_typed_is_explained(talk):
    start(talk, **{**FULL, "phone": ""})
    talk.say("13812345678")
    assert talk.say("1234") == ["slot.code.six", "form.code"]


@pytest.mark.parametrize(
    ("problem", "said"),
    [("soon", ["form.soon", "form.phone"]), ("many", ["form.many", "engine.human_noted"])],
)
def test_codes_are_counted(talk, problem, said):
    talk.paperwork.send_code = lambda phone: {"problem": problem}
    start(talk, **{**FULL, "phone": ""})
    assert talk.say("13812345678") == said


def test_who_never_gets_his_code_is_given_a_person(talk):
    start(talk, **{**FULL, "phone": ""})
    talk.say("13812345678")
    for _ in range(4):
        assert talk.say("嗯嗯嗯") == ["form.code.again"]
    assert talk.say("嗯嗯嗯") == ["form.no_code", "engine.human_noted"]
    assert talk.paperwork.phone == ""


def test_where_nothing_sends_codes_the_number_is_taken_as_it_is():
    talk = PaperTalk(sends_sms=False).begun()
    start(talk, **{**FULL, "phone": ""})
    assert talk.say("138 1234 5678") == ["form.card"]
    assert talk.form.phone == "13812345678"


@pytest.mark.parametrize(
    ("deed", "said"), [("withdraw", "form.gone"), ("submit", "form.handed_in")]
)
def test_what_was_stopped_or_handed_in_meanwhile_is_not_changed(talk, deed, said):
    start(talk, **{**FULL, "years": ""})
    talk.paperwork.deed(deed)
    before = talk.paperwork.application.form
    assert talk.say("9") == [said]
    assert talk.paperwork.application.form == before


def test_cancelled_inside_the_form_what_was_told_stays(talk):
    start(talk, **{**FULL, "years": "", "contact_person": ""})
    talk.say("李工")
    assert talk.say("取消")[0] == "engine.cancelled"
    assert talk.form.contact_person == "李工"
    assert talk.start("form") == ["form.years"]


def test_the_card_masks_what_others_may_read_over_his_shoulder(talk):
    start(talk, **FULL)
    assert FULL["id_number"] not in talk.words
    assert FULL["phone"] not in talk.words
    assert "138****5678" in talk.words
