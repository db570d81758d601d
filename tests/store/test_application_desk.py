"""The desk: who waits, what does not fit, and every decision told once."""

import pytest

from bot.domain.application import REASONS, STATES, NotNow
from bot.domain.form import Form
from bot.domain.photo import Field, PhotoReading
from bot.ports import Sight
from tests.store.people import welder
from tests.store.test_applications import FRONT, FULL, current, doing, opened, photographed


@pytest.fixture
def contact(house):
    return handed_in(house)


def handed_in(house, openid="oWelder", form=FULL):
    """A welder whose application has been submitted."""
    contact = welder(house, openid)
    opened(house, contact)
    now = house.clock.now()
    doing(house, contact, lambda his: his.fill(form, now))
    photo = photographed(house, contact)
    doing(house, contact, lambda his: his.confirm(photo, FRONT, "id_front", now))
    doing(house, contact, lambda his: his.happen("submit", "welder", now))
    return contact


def do(house, deed, reasons=(), note="", application=1):
    return house.applications.do(application, deed, house.clock.now(), reasons, note)


def news(house, openid="oWelder"):
    """(scope, words) of what he is told of his application."""
    return [
        (row.message.scope, "\n".join(said.text for said in row.message.said))
        for row in house.services.outbox.history(openid)
        if row.message.kind == "news"
    ]


def test_the_list_names_nobody(house, contact):
    (one,) = house.applications.list(house.clock.now())
    assert (one.id, one.state, one.name, one.disputed) == (1, "submitted", "张**", False)
    assert one.since == house.clock.now()
    assert one.missing[0] == "years"
    assert "certificate" in one.missing
    assert "id_front" not in one.missing


def test_the_longest_untouched_comes_first_and_states_can_be_chosen(house, contact):
    house.clock.advance(hours=1)
    handed_in(house, "oLater")
    house.clock.advance(hours=1)
    doing(house, contact, lambda his: his.happen("withdraw", "welder", house.clock.now()))
    handed_in(house, "oLast")
    now = house.clock.now()
    assert [one.id for one in house.applications.list(now)] == [2, 3]
    assert [one.id for one in house.applications.list(now, "withdrawn")] == [1]
    assert house.applications.list(now, "accepted") == []


def test_what_does_not_fit_is_listed(house):
    contact = handed_in(house, form=Form(name="别人", id_number="510212197001010012"))
    do(house, "return", ["other"])
    doing(house, contact, lambda his: his.fill(Form(name="别人"), house.clock.now()))
    handed_in(house, "oOther")
    first, second = house.applications.list(house.clock.now())
    assert first.doubts == ("names",)
    assert second.doubts == ()


def test_a_disputed_number_is_seen_at_the_desk_alone(house, contact):
    handed_in(house, "oOther")
    assert all(one.disputed for one in house.applications.list(house.clock.now()))
    assert house.applications.show(1).disputed
    assert not any("oOther" in words for _, words in news(house))


def test_an_expired_paper_is_doubted_by_the_day_in_shanghai(house, contact):
    do(house, "return", ["other"])
    now = house.clock.now()
    back = PhotoReading("id_back", {"valid_to": Field("2026-11-23", 0.99)})
    photo = photographed(house, contact, "id_back", Sight(b"x", back))
    doing(house, contact, lambda his: his.confirm(photo, back, "id_back", now))
    (one,) = house.applications.list(now)
    assert one.doubts == ("id_expired",)


def test_a_decision_is_told_once_with_what_to_do_next(house, contact):
    assert do(house, "accept") == "accepted"
    assert current(house, contact).history[-1].by == "operator"
    ((scope, words),) = news(house)
    assert scope == "application:1:2"
    assert "进度" in words
    with pytest.raises(NotNow):
        do(house, "accept")
    assert len(news(house)) == 1


def test_reasons_are_told_in_words(house, contact):
    do(house, "return", ("blurred", "missing_paper"), "背面没拍")
    ((_, words),) = news(house)
    assert "照片看不清、还少材料" in words
    assert words.endswith("工作人员说：背面没拍")
    event = current(house, contact).history[-1]
    assert (event.reasons, event.note) == (("blurred", "missing_paper"), "背面没拍")


def test_each_round_is_told_anew(house, contact):
    for _ in range(2):
        do(house, "return", ("blurred",))
        doing(house, contact, lambda his: his.happen("submit", "welder", house.clock.now()))
    assert [scope for scope, _ in news(house)] == ["application:1:2", "application:1:4"]


def test_every_state_and_reason_has_its_words(lite_house):
    words = lite_house.library.words
    for state in STATES:
        if state != "draft":
            longest = "、".join([words.say("application.reason.wrong_document")] * 2)
            told = words.say(f"application.told.{state}", {"reasons": longest})
            assert len(told) <= 60
    for reason in REASONS:
        assert words.say(f"application.reason.{reason}")


@pytest.mark.parametrize("deed", ["submit", "pay", "pass", "order"])
def test_an_operator_does_only_what_is_his(lite_house, deed):
    handed_in(lite_house)
    with pytest.raises(NotNow):
        do(lite_house, deed)


def test_there_must_be_such_an_open_one(house, contact):
    with pytest.raises(LookupError):
        do(house, "accept", application=9)
    with pytest.raises(LookupError):
        house.applications.show(9)
    do(house, "withdraw")
    with pytest.raises(LookupError):
        do(house, "accept")


def test_what_was_forgotten_is_shown_to_nobody(house, contact):
    with house.conversations.open(contact) as conversation:
        conversation.wipe(house.clock.now())
    assert house.applications.list(house.clock.now(), "withdrawn") == []
    found = house.applications.show(1)
    assert (found.shredded, found.form, found.photos, found.history) == (True, Form(), (), ())


def test_at_his_wish_an_operator_destroys_all_that_is_kept(house, contact):
    (one,) = house.applications.list(house.clock.now())
    house.applications.forget(one.id, house.clock.now())
    assert house.applications.list(house.clock.now()) == []
    with house.conversations.open(contact) as conversation:
        assert conversation.applications.latest() is None
        assert not conversation.agreements.given()
    with pytest.raises(LookupError):
        house.applications.forget(one.id + 7, house.clock.now())
