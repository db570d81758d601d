"""Keeping certificates: told apart, dates that have passed, and what a renewal makes of one."""

import pytest

from bot.dialogs.engine.context import Act, Speak
from tests.dialogs.real import heard, kept, talking


def labels(t):
    return [option.label for speak in t.kinds(Speak) for option in speak.options]


def test_certificates_of_one_day_are_told_apart():
    day = (2027, 3, 1)
    t = talking(kept(1, *day), kept(2, *day), kept(3, *day, number="渝A012008000001"))
    heard(t, "我的证书")
    assert labels(t) == [
        "2027年3月1日到期的证", "2027年3月1日到期的证（第2本）", "2027年3月1日到期的证（尾号0001）",
        "再加一本",
    ]  # fmt: skip
    heard(t, "2027年3月1日到期的证（第2本）", "删掉", "删掉")
    assert t.kinds(Act) == [Act("delete_certificate", {"id": 2})]


def test_a_denied_wish_deletes_nothing():
    for said in ("莫删", "别删", "不想删掉", "先别删掉", "千万莫删", "不要删"):
        t = talking(kept(1, 2027, 3, 1))
        heard(t, "我的证书", "1", "删掉")
        assert heard(t, said) == ["certificates.left"]
        assert t.kinds(Act) == []


@pytest.mark.parametrize("said", ["莫停", "不要停掉", "别全部停掉", "莫给我全部停掉"])
def test_a_denied_wish_stops_no_reminder(said):
    t = talking(kept(1, 2027, 3, 1))
    heard(t, "提醒设置", said)
    assert t.kinds(Act) == []


@pytest.mark.parametrize("said", ["2025-3-1", "2026年11月23日"])
def test_a_date_that_has_passed_leads_to_help(said):
    t = talking()
    assert heard(t, "我的证书", "记一本", said) == [
        "slot.day.not_future",
        "certificates.new_expiry",
    ]
    assert "自查" in t.catalogue.say("slot.day.not_future", t.kinds(Speak)[0].values)
    assert heard(t, "自查") == ["hello", "issuer"]


def test_what_was_renewed_is_valid_again():
    t = talking(kept(1, 2027, 3, 1))
    heard(t, "已办好")
    assert heard(t, "2029-3-1") == ["renewed.done"]
    (act,) = t.kinds(Act)
    assert act.values == {"id": 1, "expires_on": "2029-03-01", "status": "valid"}


def test_a_new_date_without_its_year_is_asked_it():
    t = talking(kept(1, 2027, 3, 1))
    heard(t, "已办好")
    assert heard(t, "3月1号") == ["slot.day.which_year"]
    assert heard(t, "2029") == ["renewed.done"]
