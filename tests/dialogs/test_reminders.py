"""When and whether to be reminded."""

from bot.dialogs.engine.context import Act, Speak
from tests.dialogs.real import heard, talking


def test_what_is_stopped_can_only_be_started_again():
    t = talking(reminders_on=False)
    assert heard(t, "提醒设置") == ["reminders.off"]
    assert [o.id for speak in t.kinds(Speak) for o in speak.options] == ["start", "nothing"]
    assert heard(t, "要得") == ["reminders.started"]
    switched, agreed = t.kinds(Act)
    assert switched == Act("switch_reminders", {"on": True})
    assert (agreed.name, agreed.values["purpose"]) == ("agree", "reminders")


def test_an_afternoon_hour_is_asked_for():
    t = talking()
    assert heard(t, "换个时间") == ["reminders.what"]
    assert heard(t, "换个时间", "3点") == ["slot.hour.which_half"]
    assert heard(t, "下午") == ["reminders.hour_chosen"]
    assert t.kinds(Act) == [Act("choose_hour", {"hour": 15})]


def test_half_past_is_said_to_be_on_the_hour():
    t = talking()
    heard(t, "提醒设置", "1", "早上7点半")
    (speak,) = t.kinds(Speak)
    assert "7点整" in t.catalogue.say(speak.key, speak.values)
