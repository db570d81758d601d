"""The page of a face check: whose it is, how it ends, and that it is told once."""

import re
from dataclasses import replace

import pytest

from bot.dialogs.agree import version
from bot.domain.form import Form
from bot.handlers.talk import context_of
from bot.ports import NotChecked
from bot.scheduler.run import make_sender
from bot.web.app import create_app
from tests.cloud.doubles import MemoryFace
from tests.store.people import welder
from tests.talk import NotingCourier

FORM = Form("张大林", "510212197001010015", "13812345678", "大林建筑", "", "9")


class Check:
    """A welder at the question of his face, his browser, and the service's page."""

    def __init__(self, house, monkeypatch):
        self.house, self.monkeypatch = house, monkeypatch
        house.__dict__["courier"] = NotingCourier()
        self.service = house.__dict__["face"] = MemoryFace()
        self.contact = welder(house)
        self.does(lambda his: his.applications.begin(self.now))
        self.does(lambda his: his.applications.fill(FORM, self.now))
        self.agree("identity")
        self.agree("face")
        self.client = create_app(house).test_client()
        self.token = house.links.make("face", "oWelder").rpartition("/")[2]

    @property
    def now(self):
        return self.house.clock.now()

    def does(self, act):
        with self.house.conversations.open(self.contact) as conversation:
            return act(conversation)

    def agree(self, purpose, wording=""):
        def give(conversation):
            context = context_of(conversation, self.house.services, self.now)
            conversation.agreements.give(purpose, wording or version(purpose, context), self.now)

        self.does(give)

    def open(self, openid="oWelder", path=""):
        """Follow the link as WeChat does, as one person: there, to WeChat, and back."""
        answer = self.client.get(f"/face/{self.token}{path}")
        if answer.status_code != 302 or "state=" not in answer.location:
            return answer
        state = re.search("state=([^&#]*)", answer.location)[1]
        self.monkeypatch.setattr(self.house.pages, "openid_of", lambda _code: openid)
        answer = self.client.get(f"/face/{self.token}?code=c&state={state}")
        return self.client.get(answer.location) if answer.status_code == 302 else answer

    def comes_back(self, query=""):
        return self.client.get(f"/face/{self.token}/done{query}")

    def shows(self, passed, number=1):
        self.service.decide(f"token-{number}", passed)

    @property
    def real_name(self):
        return self.does(lambda his: his.applications.current().real_name)

    def told(self):
        sender, outbox = make_sender(self.house), self.house.services.outbox
        while due := outbox.due(self.now):
            for message in due:
                sender.deliver(message)
        return [text for _, _, text in self.house.courier.sent]


@pytest.fixture
def check(house, monkeypatch):
    return Check(house, monkeypatch)


@pytest.fixture
def lite_check(lite_house, monkeypatch):
    return Check(lite_house, monkeypatch)


def says(answer):
    return answer.get_data(as_text=True)


def test_a_face_that_passes_is_written_down_and_told_once(check):
    answer = check.open()
    assert (answer.status_code, answer.location) == (302, "http://face/token-1")
    check.shows(True)
    for _ in range(2):
        assert "刷脸通过了" in says(check.comes_back())
    assert check.real_name == "face"
    assert check.told() == ["刷脸通过了。"]
    assert "刷脸通过了" in says(check.open())
    assert len(check.service.checks) == 1


def test_a_face_that_fails_is_told_once_and_may_be_shown_again(check):
    check.open()
    check.shows(False)
    for _ in range(2):
        assert "刷脸没过" in says(check.comes_back())
    assert check.real_name == ""
    check.open()
    check.shows(True, 2)
    check.comes_back()
    assert check.real_name == "face"
    assert [text[:5] for text in check.told()] == ["刷脸没过。", "刷脸通过了"]


def test_who_comes_back_too_early_is_told_on_the_page_alone(lite_check):
    lite_check.open()
    assert "还没做完" in says(lite_check.comes_back())
    assert (lite_check.told(), lite_check.real_name) == ([], "")


def test_a_token_in_the_address_is_not_believed(lite_check):
    lite_check.open()
    stranger = lite_check.service.begin("别人", "510212197001010015", "")
    lite_check.service.decide(stranger.token, True)
    assert "还没做完" in says(lite_check.comes_back(f"?BizToken={stranger.token}"))
    assert lite_check.real_name == ""


def test_another_persons_link_opens_no_check(lite_check):
    answer = lite_check.open("oOther")
    assert answer.status_code == 410
    assert "不是发给您的" in says(answer)
    assert lite_check.comes_back().status_code == 410
    assert lite_check.service.checks == {}


def test_a_link_is_good_for_half_a_day(lite_check):
    lite_check.house.clock.advance(hours=13)
    assert lite_check.open().status_code == 410
    assert lite_check.client.get("/face/nonsense").status_code == 410
    assert lite_check.service.checks == {}


def test_a_link_of_another_purpose_is_none(lite_check):
    lite_check.token = lite_check.house.links.make("upload", "oWelder").rpartition("/")[2]
    assert lite_check.open().status_code == 410


@pytest.mark.parametrize("lacking", ["identity", "face", "name", "number", "application"])
def test_without_consent_or_a_name_to_compare_there_is_no_check(lite_check, lacking):
    check = lite_check
    if lacking in {"identity", "face"}:
        check.does(lambda his: his.agreements.withdraw(lacking, check.now))
    elif lacking == "application":
        check.does(lambda his: his.applications.happen("withdraw", "welder", check.now))
    else:
        told = Form("", FORM.id_number) if lacking == "name" else Form(FORM.name)
        check.does(lambda his: his.applications.fill(told, check.now))
    assert check.open().status_code == 410
    assert check.service.checks == {}


def test_a_consent_to_other_words_opens_no_check(lite_check):
    lite_check.agree("face", "an older wording")
    assert lite_check.open().status_code == 410


def test_consent_taken_back_meanwhile_ends_it(check):
    check.open()
    check.shows(True)
    check.does(lambda his: his.agreements.withdraw("face", check.now))
    assert check.comes_back().status_code == 410
    assert (check.told(), check.real_name) == ([], "")


def test_what_was_changed_while_he_was_away_is_not_proved(check):
    """Between the service's answer and our writing, another device has changed the form."""
    check.open()
    check.shows(True)
    result = check.service.result

    def slow(token):
        other = Form("李四", FORM.id_number)
        check.does(lambda his: his.applications.fill(other, check.now))
        return result(token)

    check.service.result = slow
    assert "不算数" in says(check.comes_back())
    assert check.real_name == ""
    assert ["不算数" in text for text in check.told()] == [True]


def test_a_name_changed_before_he_comes_back_is_not_proved_either(check):
    check.open()
    check.shows(True)
    check.does(lambda his: his.applications.fill(Form("李四", FORM.id_number), check.now))
    assert "不算数" in says(check.comes_back())
    assert check.real_name == ""


def test_a_name_changed_after_it_was_proved_is_proved_no_more(check):
    check.open()
    check.shows(True)
    check.comes_back()
    check.does(lambda his: his.applications.fill(replace(FORM, years="10"), check.now))
    assert check.real_name == "face"
    check.does(lambda his: his.applications.fill(replace(FORM, name="李四"), check.now))
    assert check.real_name == ""


@pytest.mark.parametrize("when", ["begin", "result"])
def test_a_service_that_is_down_is_told_and_nothing_is_lost(lite_check, when):
    if when == "result":
        lite_check.open()
        lite_check.shows(True)
    lite_check.service.fails = [NotChecked("InternalError", again=True)]
    answer = lite_check.open() if when == "begin" else lite_check.comes_back()
    assert answer.status_code == 503
    assert "连不上" in says(answer)
    assert lite_check.told() == []
    if when == "result":
        lite_check.comes_back()
        assert lite_check.real_name == "face"


def test_without_a_service_there_is_no_page(lite_check):
    lite_check.house.__dict__["face"] = None
    assert lite_check.open().status_code == 410
