"""The papers: asked one by one, taken in any order, each read back and put right."""

import pytest

from bot.dialogs.engine.context import Event
from tests.dialogs.paper_talk import FULL, REQUIRED, PaperTalk
from tests.dialogs.real import LIBRARY

ID = FULL["id_number"]


@pytest.fixture
def talk():
    talk = PaperTalk().begun()
    assert talk.start("documents") == ["documents.photo_of"]
    return talk


def test_those_that_must_be_there_are_asked_first(talk):
    for paper in REQUIRED:
        label = next(one.label for one in LIBRARY.documents if one.id == paper)
        assert label in talk.words
        assert "没有就回复" not in talk.words
        assert talk.photo() == ["documents.got", "documents.photo_of"]
    assert "没有就回复“没有”" in talk.words


def test_what_was_read_is_shown_line_by_line_and_confirmed(talk):
    talk.photo()
    assert talk.read("id_front", name="张三", id_number=ID) == ["documents.confirm"]
    assert f"姓名：张三\n身份证号：{ID}" in talk.words
    assert talk.say("对头") == ["documents.photo_of"]
    assert talk.photos == [("id_front", "kept")]
    assert talk.form.name == "张三"


def test_the_link_to_the_page_is_one_to_tap_and_what_was_read_is_none(talk):
    assert '<a href="https://x/upload">拍照上传</a>' in talk.words
    talk.photo()
    talk.read("id_front", name='<a href="x">&', id_number=ID)
    assert "姓名：&lt;a href=&quot;x&quot;&gt;&amp;\n" in talk.words


@pytest.mark.parametrize(
    ("field", "asked", "typed", "value"),
    [
        ("姓名", "new_words", "张山", "张山"),
        ("身份证号", "new_id_number", ID, ID),
        ("有效期到哪天", "new_day", "2028年3月1日", "2028-03-01"),
        ("证书编号", "new_words", "渝F042022000062", "渝F042022000062"),
    ],
)
def test_one_field_is_put_right_and_no_other(talk, field, asked, typed, value):
    read = {"name": "张三", "id_number": "500101199001010026", "number": "渝F042022000061"}
    talk.photo()
    talk.read("certificate", **read, valid_until="2027-03-01")
    before = {name: one.value for name, one in reading(talk).fields.items()}
    assert talk.say("有字不对") == ["documents.field"]
    assert talk.say(field) == [f"documents.{asked}"]
    assert talk.say(typed) == ["documents.confirm"]
    after = {name: one.value for name, one in reading(talk).fields.items()}
    assert [v for k, v in after.items() if before.get(k) != v] == [value]
    assert set(after) == set(before)


def reading(talk):
    return talk.paperwork.application.photos[0].reading


def test_a_field_that_could_not_be_read_can_be_typed(talk):
    talk.photo()
    talk.read("id_front", name="张三")
    talk.say("有字不对")
    assert talk.say("身份证号") == ["documents.new_id_number"]
    assert talk.say(ID) == ["documents.confirm"]
    assert f"身份证号：{ID}" in talk.words


def test_a_wrong_digit_is_explained(talk):
    talk.photo()
    talk.read("id_front", name="张三", id_number=ID)
    talk.say("有字不对")
    talk.say("身份证号")
    assert talk.say(ID[:-1] + "0")[0] == "slot.id_number.check_sign"
    assert talk.say(ID) == ["documents.confirm"]


@pytest.mark.parametrize("words", ["看不清", "不晓得"])
@pytest.mark.parametrize("field", ["姓名", "有效期到哪天"])
def test_not_to_know_is_no_value_of_a_field(talk, words, field):
    talk.photo()
    talk.read("certificate", name="张三", valid_until="2027-03-01")
    before = reading(talk)
    talk.say("有字不对")
    talk.say(field)
    talk.say(words)
    assert reading(talk) == before


def test_a_question_while_a_field_is_put_right_is_answered(talk):
    talk.photo()
    talk.read("certificate", name="张三")
    talk.say("有字不对")
    talk.say("姓名")
    assert talk.say("复审要交哪些东西")[0].startswith("faq.")
    assert reading(talk).fields["name"].value == "张三"


def test_a_photo_to_be_taken_again_is_forgotten_and_asked_for(talk):
    talk.photo()
    talk.read("id_front", name="张三", id_number=ID)
    assert talk.say("重拍一张") == ["documents.photo_of"]
    assert talk.photos == []
    assert "身份证正面" in talk.words


def test_another_paper_than_was_asked_for_is_not_asked_for_again(talk):
    talk.photo()
    talk.read("certificate", number="渝F042022000061")
    talk.say("对")
    assert "身份证正面" in talk.words
    for _ in range(2):
        talk.photo()
    assert "证件照" in talk.words  # front and back are being read, the certificate is there


def test_a_photo_that_nobody_can_place_is_placed_by_him(talk):
    talk.photo()
    assert talk.read("") == ["documents.which"]
    assert talk.words.count("身份证正面") == 1
    assert talk.say("证件照") == ["documents.photo_of"]
    assert talk.photos == [("portrait", "kept")]


def test_a_photo_that_is_none_of_them_is_forgotten(talk):
    talk.photo()
    talk.read("")
    assert talk.say("都不是") == ["documents.photo_of"]
    assert talk.photos == []


def test_a_paper_that_need_not_be_there_is_passed_over(talk):
    talk.hand_over()
    talk.paperwork.change(photos=talk.paperwork.application.photos[:-2])
    talk.event(Event("fresh", flow="documents"))
    assert talk.say("没得") == ["documents.photo_of"]
    assert talk.say("跳过") == ["documents.all"]
    assert talk.photos[-2:] == [("hours", "skipped"), ("employer", "skipped")]


def test_a_paper_that_must_be_there_ends_the_talk_and_nothing_is_lost(talk):
    talk.photo()
    talk.read("id_front", name="张三", id_number=ID)
    talk.say("对")
    assert talk.say("没有") == ["documents.needed"]
    assert talk.photos == [("id_front", "kept")]
    assert talk.start("documents") == ["documents.photo_of"]


def test_while_photos_are_being_read_nothing_else_is_asked(talk):
    talk.hand_over(*REQUIRED[1:])
    talk.photo()
    assert talk.start("documents")[-1] == "documents.reading"
    assert talk.say("好了没")[-1] == "documents.reading"
    assert talk.read("id_front", name="张三", id_number=ID) == ["documents.confirm"]
    assert talk.say("对") == ["documents.all"]


def test_going_back_and_correcting_do_not_undo_what_was_done(talk):
    talk.photo()
    talk.read("id_front", name="张三", id_number=ID)
    talk.say("对")
    for words in ("返回", "改", "改1"):
        assert talk.say(words)
        assert talk.photos == [("id_front", "kept")]


def test_back_from_the_list_of_fields_is_the_whole_again(talk):
    talk.photo()
    talk.read("id_front", name="张三", id_number=ID)
    talk.say("有字不对")
    assert talk.say("返回") == ["documents.confirm"]
    talk.say("有字不对")
    talk.say("姓名")
    assert talk.say("返回") == ["documents.field"]


@pytest.mark.parametrize(
    ("deed", "said"), [("withdraw", "documents.gone"), ("submit", "documents.handed_in")]
)
def test_what_was_stopped_or_handed_in_meanwhile_is_told(talk, deed, said):
    talk.paperwork.deed(deed)
    keys = talk.photo()
    assert keys[-1] == said
    if deed == "withdraw":
        assert keys == [said]  # nothing was received
        assert talk.photos == []


@pytest.mark.parametrize("deed", ["withdraw", "submit"])
def test_a_photo_cannot_be_confirmed_after_that(talk, deed):
    talk.photo()
    talk.read("id_front", name="张三", id_number=ID)
    talk.paperwork.deed(deed)
    talk.say("对")
    assert talk.photos == [("id_front", "read")]
    assert talk.session.stack == [] or talk.session.top.flow != "documents"
