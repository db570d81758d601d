"""Template and subscription messages."""

import pytest

RESULT = {
    "id": "tpl_result",
    "kind": "template",
    "title": "审核结果通知",
    "fields": {"thing1": "事项", "time2": "时间", "keyword3": "备注"},
    "types": {"keyword3": "thing"},
}
EXPIRY = {
    "id": "tpl_expiry",
    "kind": "subscription",
    "title": "证书到期提醒",
    "fields": {"thing1": "事项", "time2": "到期日"},
}
GOOD = {"thing1": "焊工证复审", "time2": "2026年12月1日 10:00", "keyword3": "通过"}


@pytest.fixture
def someone(control, bot):
    control.post("/templates", RESULT)
    control.post("/templates", EXPIRY)
    openid = control.follow()
    bot.seen.clear()
    return openid


def data(values):
    return {name: {"value": value} for name, value in values.items()}


def template(control, openid, values=GOOD, **more):
    row = {"touser": openid, "template_id": "tpl_result", "data": data(values), **more}
    return control.api("/cgi-bin/message/template/send", row)


def subscription(control, openid, values=None, **more):
    values = values or {"thing1": "焊工证", "time2": "2026年12月1日"}
    row = {"touser": openid, "template_id": "tpl_expiry", "data": data(values), **more}
    return control.code("/cgi-bin/message/subscribe/bizsend", row)


def landed(control, bot, name):
    assert control.world.pusher.drained(3)
    return [m for m in bot.seen if m.get("Event") == name]


def test_a_template_is_shown_and_reported(control, bot, someone):
    answer = template(control, someone, url="https://a.example")
    (bubble,) = control.bubbles(someone)
    assert (bubble["via"], bubble["type"]) == ("template", "card")
    assert bubble["card"]["title"] == "审核结果通知"
    assert bubble["card"]["rows"][0] == {"key": "thing1", "name": "事项", "value": "焊工证复审"}
    (report,) = landed(control, bot, "TEMPLATESENDJOBFINISH")
    assert (report["MsgID"], report["Status"]) == (str(answer["msgid"]), "success")


def test_words_are_cut_at_twenty_in_silence(control, someone):
    template(control, someone, {**GOOD, "thing1": "一" * 25, "keyword3": "二" * 25})
    rows = control.bubbles(someone)[0]["card"]["rows"]
    assert [len(row["value"]) for row in rows] == [20, 16, 20]


@pytest.mark.parametrize(
    ("name", "value"), [("thing1", ""), ("time2", "soon"), ("keyword3", "a\nb"), ("thing1", None)]
)
def test_a_value_that_does_not_fit_names_its_field(control, someone, name, value):
    answer = template(control, someone, {**GOOD, name: value})
    assert answer["errcode"] == 47003
    assert f"data.{name}.value" in answer["errmsg"]


def test_templates_that_cannot_go(control, someone):
    assert template(control, someone, template_id="none")["errcode"] == 40037
    assert template(control, someone, template_id="tpl_expiry")["errcode"] == 40037
    assert template(control, "nobody")["errcode"] == 40003
    control.client.delete(f"/control/followers/{someone}")
    assert template(control, someone)["errcode"] == 43004


def test_the_same_client_msg_id_is_sent_once_in_ten_minutes(control, bot, someone):
    first = template(control, someone, client_msg_id="k1")
    again = template(control, someone, client_msg_id="k1")
    other = template(control, someone, client_msg_id="k2")
    assert first["msgid"] == again["msgid"] != other["msgid"]
    assert len(landed(control, bot, "TEMPLATESENDJOBFINISH")) == 2
    control.pass_time(advance="10m")
    assert template(control, someone, client_msg_id="k1")["msgid"] != first["msgid"]
    assert len(control.bubbles(someone)) == 3


def test_who_switched_messages_off_is_reported(control, bot, someone):
    control.client.patch(f"/control/followers/{someone}", json={"accepts_messages": False})
    assert template(control, someone)["errcode"] == 0
    (report,) = landed(control, bot, "TEMPLATESENDJOBFINISH")
    assert report["Status"] == "failed:user block"
    assert control.bubbles(someone) == []


def test_the_list_of_templates(control, someone):
    (listed,) = control.api("/cgi-bin/template/get_all_private_template")["template_list"]
    assert listed["template_id"] == "tpl_result"
    assert "事项:{{thing1.DATA}}" in listed["content"]


def test_one_consent_is_one_message(control, bot, someone):
    assert subscription(control, someone) == 43101
    consent = {"type": "consent", "template": "tpl_expiry", "accept": True}
    control.do(someone, **consent)
    listed = bot.seen[-1]["SubscribeMsgPopupEvent"]["List"]
    assert (listed["TemplateId"], listed["SubscribeStatusString"]) == ("tpl_expiry", "accept")
    assert [subscription(control, someone) for _ in range(2)] == [0, 43101]
    control.do(someone, **consent)
    control.do(someone, **consent)
    assert [subscription(control, someone) for _ in range(3)] == [0, 0, 43101]
    reports = landed(control, bot, "subscribe_msg_sent_event")
    assert len(reports) == 3
    assert reports[0]["SubscribeMsgSentEvent"]["List"]["ErrorStatus"] == "success"


def test_a_refusal_grants_nothing_and_takes_nothing(control, bot, someone):
    control.do(someone, type="consent", template="tpl_expiry", accept=True)
    control.do(someone, type="consent", template="tpl_expiry", accept=False)
    listed = bot.seen[-1]["SubscribeMsgPopupEvent"]["List"]
    assert listed["SubscribeStatusString"] == "reject"
    assert [subscription(control, someone) for _ in range(2)] == [0, 43101]


def test_switching_a_template_off_voids_its_consents(control, bot, someone):
    control.do(someone, type="consent", template="tpl_expiry", accept=True)
    control.do(someone, type="consent", template="tpl_expiry", in_settings=True)
    assert bot.seen[-1]["Event"] == "subscribe_msg_change_event"
    assert subscription(control, someone) == 43101


def test_a_consent_does_not_expire_and_outlives_the_following(control, someone):
    control.do(someone, type="consent", template="tpl_expiry", accept=True)
    control.client.delete(f"/control/followers/{someone}")
    control.pass_time(advance="400d")
    assert subscription(control, someone) == 0


def test_a_bad_field_costs_no_consent(control, someone):
    control.do(someone, type="consent", template="tpl_expiry", accept=True)
    bad = {"thing1": "一" * 21, "time2": "2026年12月1日"}
    assert subscription(control, someone, bad) == 47003
    assert subscription(control, someone, template_id="tpl_result") == 40037
    assert subscription(control, "nobody") == 40003
    assert subscription(control, someone) == 0


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("thing", "一" * 20, "一" * 21),
        ("character_string", "AB-1", "号码"),
        ("number", "12.5", "12a"),
        ("letter", "abc", "a1"),
        ("symbol", "!!", "ab"),
        ("phrase", "已通过", "一二三四五六"),
        ("name", "张三", "张" * 11),
        ("date", "2019年10月1日", "1 Oct"),
        ("date", "2019年10月1日 15:01", "2019年"),
        ("time", "15:01", "noon"),
        ("time", "2019年10月1日 15:01", "昨天"),
        ("amount", "¥100.50", "一百"),
        ("phone_number", "+86-0766-66888866", "1" * 18),
        ("car_number", "粤A8Z888", "粤A8Z888888"),
    ],
)
def test_every_type_of_field(control, someone, kind, good, bad):
    row = {"id": "one", "kind": "subscription", "title": "t", "fields": {f"{kind}1": "x"}}
    control.post("/templates", row)
    for _ in range(2):
        control.do(someone, type="consent", template="one", accept=True)
    values = {f"{kind}1": good}
    assert subscription(control, someone, values, template_id="one") == 0
    assert subscription(control, someone, {f"{kind}1": bad}, template_id="one") == 47003
