"""Consent, the application, its progress and what is kept: talks that lead through them."""

import pytest

from bot.domain.agreement import Agreement
from bot.domain.application import REASONS, Happened
from tests.dialogs.paper_talk import FULL, PaperTalk
from tests.dialogs.paperwork import NOW


@pytest.fixture
def talk():
    return PaperTalk()


@pytest.fixture
def ready():
    """Everything is there; only the person is still to be checked."""
    talk = PaperTalk().begun()
    talk.hand_over()
    talk.fill(**FULL)
    return talk


def test_nothing_is_opened_before_he_has_agreed(talk):
    assert talk.start("apply") == ["apply.hello", "agree_identity.ask"]
    assert talk.say("先看详细") == ["agree_identity.detail", "agree_identity.ask_then"]
    assert talk.paperwork.application is None
    assert talk.say("同意") == ["agree_identity.thanks", "documents.photo_of"]
    assert talk.paperwork.application.state == "draft"


@pytest.mark.parametrize("way", [["不同意"], ["先看详细", "不同意"], ["哦哦哦"] * 3])
def test_who_does_not_agree_is_left_in_peace_and_served_as_before(talk, way):
    talk.start("apply")
    for words in way:
        said = talk.say(words)
    assert said == ["agree_identity.refused", "apply.not_agreed"]
    assert (talk.paperwork.application, talk.paperwork.agreements) == (None, {})
    assert talk.say("自查")[-1] == "eligibility.issuer"
    talk.say("取消")
    assert talk.say("我的证书")[-1].startswith("certificates.")


def test_a_photo_before_consent_is_not_received(talk):
    talk.start("apply")
    assert talk.photo()[0] == "engine.not_this_kind.image"
    assert "receive_photo" not in talk.acts


def test_changed_words_of_a_consent_ask_again(ready):
    ready.agree("identity", "older words")
    assert ready.start("apply") == ["apply.going_on", "agree_identity.ask"]
    assert ready.say("同意")[0] == "agree_identity.thanks"


def test_a_consent_that_is_there_is_not_asked_for(ready):
    assert "agree_identity.ask" not in ready.start("apply")


def test_all_that_is_there_is_not_asked_again(ready):
    assert ready.start("apply") == [
        "apply.going_on", "documents.all", "form.card",
    ]  # fmt: skip
    assert ready.say("都对") == ["real_name.way"]
    assert ready.say("工作人员核对") == ["real_name.person_looks", "apply.hand_in"]
    assert ready.say("交") == ["apply.thanks", "apply.remind"]
    assert ready.paperwork.application.state == "submitted"


def at_hand_in(talk):
    talk.start("apply")
    talk.say("都对")
    assert talk.say("工作人员核对")[-1] == "apply.hand_in"
    return talk


def test_it_may_be_left_lying(ready):
    assert at_hand_in(ready).say("先不交") == ["apply.later"]
    assert ready.paperwork.application.state == "draft"


def test_a_line_may_be_changed_before_it_is_handed_in(ready):
    assert at_hand_in(ready).say("再改一下") == ["form.card"]
    ready.say("改6")
    ready.say("12")
    assert ready.say("都对") == ["apply.hand_in_then"]
    assert ready.say("交") == ["apply.thanks", "apply.remind"]
    assert ready.form.years == "12"


def test_whoever_gives_another_name_is_checked_again(ready):
    at_hand_in(ready).say("再改一下")
    ready.say("改1")
    ready.say("李四")
    assert ready.say("都对") == ["real_name.way"]


def test_handed_in_by_another_meanwhile_it_is_with_the_operators_all_the_same(ready):
    at_hand_in(ready)
    ready.paperwork.deed("submit")
    assert ready.say("交") == ["apply.thanks", "apply.remind"]
    assert ready.paperwork.application.state == "submitted"


@pytest.mark.parametrize("deed", ["withdraw", "submit"])
def test_stopped_or_handed_in_inside_a_called_talk_ends_this_one(ready, deed):
    ready.fill(**{**FULL, "years": ""})
    assert ready.start("apply")[-1] == "form.years"
    ready.paperwork.deed(deed)
    told = {"withdraw": "form.gone", "submit": "form.handed_in"}[deed]
    assert ready.say("9") == [told]


def test_what_is_lacking_is_not_handed_in(ready):
    ready.paperwork.change(photos=ready.paperwork.application.photos[1:])
    ready.start("apply")
    assert ready.say("没有") == ["documents.needed", "form.card"]
    ready.say("都对")
    assert ready.say("工作人员核对")[-1] == "apply.incomplete"


def test_what_does_not_fit_is_said_and_does_not_block(ready):
    ready.paperwork.receive_photo("certificate", "m")
    ready.paperwork.read("kept", "certificate", name="王五", valid_until="2020-01-01")
    ready.start("apply")
    ready.say("都对")
    said = ready.say("工作人员核对")
    assert said == [
        "real_name.person_looks", "apply.doubt.names", "apply.doubt.certificate_expired",
        "apply.hand_in",
    ]  # fmt: skip


@pytest.mark.parametrize("reason", REASONS)
def test_what_came_back_says_why(ready, reason):
    history = (
        Happened("submit", NOW, "welder"),
        Happened("return", NOW, "operator", (reason,), "章不清楚"),
    )
    ready.paperwork.change(state="returned", history=history)
    assert ready.start("apply")[:3] == [
        "apply.returned", f"application.reason.{reason}", "apply.note",
    ]  # fmt: skip
    assert "章不清楚" in ready.words


# the person


def test_by_face_only_where_a_service_checks_it():
    talk = PaperTalk(checks_faces=False).begun()
    assert talk.start("real_name") == ["real_name.way"]
    assert "刷脸" not in talk.words


def test_a_face_is_shown_after_consent_and_a_person_may_look_instead(ready):
    ready.start("real_name")
    assert ready.say("刷脸") == ["agree_face.ask"]
    assert ready.say("同意刷脸") == ["agree_face.thanks", "real_name.face"]
    assert "https://x/face" in ready.words
    assert ready.say("不刷了") == ["real_name.person_looks"]
    assert ready.paperwork.application.real_name == "person"


@pytest.mark.parametrize("before", [None, "older words"])
def test_who_refuses_the_face_check_is_looked_at_by_a_person(ready, before):
    if before:
        ready.paperwork.agreements["face"] = Agreement("face", before, NOW)
    ready.start("real_name")
    assert ready.say("刷脸") == ["agree_face.ask"]
    assert ready.say("不刷脸") == ["agree_face.refused", "real_name.person_looks"]


# progress


def test_without_an_application_there_is_no_progress(talk):
    assert talk.say("进度") == ["progress.none"]


@pytest.mark.parametrize(
    ("words", "state", "told"),
    [
        ("我已在官方平台交了", "filed", "progress.told.file"),
        ("新证办下来了", "renewed", "progress.told.renew"),
        ("接着办", "draft", "apply.going_on"),
        ("没别的", "draft", "progress.left"),
    ],
)
def test_he_may_tell_how_it_goes_on(ready, words, state, told):
    assert ready.say("进度")[0] == "progress.title"
    assert told in ready.say(words)
    assert ready.paperwork.application.state == state


def test_it_is_withdrawn_only_when_he_is_sure(ready):
    ready.say("进度")
    assert ready.say("不办了，撤回") == ["progress.sure"]
    assert ready.say("莫撤") == ["progress.left"]
    ready.say("进度")
    ready.say("不办了，撤回")
    assert ready.say("撤回") == ["progress.told.withdraw"]
    assert ready.paperwork.application.state == "withdrawn"


def test_what_is_not_possible_any_more_is_shown_anew(ready):
    ready.say("进度")
    ready.paperwork.deed("renew")
    said = ready.say("我已在官方平台交了")
    assert "progress.told.file" not in said
    assert ready.paperwork.application.state == "renewed"


# what is kept


def test_what_is_kept_is_shown_masked_and_copied_in_full(ready):
    ready.say("我的资料")
    assert FULL["id_number"] not in ready.words
    assert "5001**********0018" in ready.words
    assert "体检证明或自我承诺" in ready.words
    assert ready.say("抄一份给我")[0] == "my_data.copy"
    assert FULL["id_number"] in ready.words


def test_it_is_corrected_where_it_stands(ready):
    ready.say("我的资料")
    assert ready.say("改资料") == ["form.card"]
    ready.say("改6")
    ready.say("12")
    assert ready.say("都对") == ["my_data.corrected"]
    assert ready.form.years == "12"


def test_nothing_is_said_to_be_corrected_after_it_was_handed_in(ready):
    ready.say("我的资料")
    ready.say("改资料")
    ready.say("改6")
    ready.paperwork.deed("submit")
    assert ready.say("12") == ["form.handed_in"]


@pytest.mark.parametrize(
    ("wish", "sure", "yes", "told"),
    [
        (["撤回同意", "收我材料的同意"], "my_data.sure_withdraw", "撤回同意", "my_data.withdrawn"),
        (["全部删掉"], "my_data.sure_delete", "全部删掉", "my_data.forgotten"),
    ],
)
def test_it_is_destroyed_only_when_he_is_sure(ready, wish, sure, yes, told):
    ready.say("我的资料")
    assert [ready.say(words) for words in wish][-1] == [sure]
    assert ready.say("先不删" if "delete" in sure else "先不撤") == ["my_data.left"]
    assert ready.paperwork.agreements
    ready.say("我的资料")
    for words in wish:
        ready.say(words)
    assert ready.say(yes) == [told]
    assert ready.paperwork.agreements == {}


@pytest.mark.parametrize(
    ("purpose", "words", "acts"),
    [
        ("face", "刷脸的同意", ["withdraw_agreement"]),
        ("reminders", "发提醒的同意", ["withdraw_agreement", "switch_reminders"]),
    ],
)
def test_each_consent_is_taken_back_alone(ready, purpose, words, acts):
    ready.agree(purpose, "1")
    ready.say("我的资料")
    assert ready.say("撤回同意") == ["my_data.consent"]
    assert ready.say(words) == [f"my_data.no_{purpose}"]
    assert set(ready.paperwork.agreements) == {"identity"}
    assert ready.acts[-len(acts) :] == acts
    assert ready.paperwork.application is not None


def test_what_cannot_be_done_is_not_offered(talk):
    talk.say("我的资料")
    assert "改资料" not in talk.words
    assert "撤回同意" not in talk.words
    assert "全部删掉" in talk.words
