"""Menu, QR codes, tags, people, quotas."""

import pytest

CREATE = "/cgi-bin/menu/create"


def click(name="查", key="K"):
    return {"type": "click", "name": name, "key": key}


def test_a_menu_is_published_read_and_taken_away(control):
    button = [click(), {"name": "更多", "sub_button": [{"type": "view", "name": "看", "url": "u"}]}]
    assert control.code("/cgi-bin/menu/get") == 46003
    assert control.code(CREATE, {"button": button}) == 0
    assert control.api("/cgi-bin/menu/get")["menu"]["button"] == button
    assert control.get("/menu") == {"button": button}
    openid = control.follow()
    control.do(openid, type="click", key="K")
    (bubble,) = control.bubbles(openid)
    assert (bubble["type"], bubble["text"]) == ("event", "[查]")
    assert control.code("/cgi-bin/menu/delete") == 0
    assert control.code("/cgi-bin/menu/get") == 46003


@pytest.mark.parametrize(
    ("button", "code"),
    [
        ([], 40016),
        ([click()] * 4, 40016),
        ([click("六个汉字长了")], 40018),
        ([click("")], 40018),
        ([{"name": "x", "type": "fly"}], 40017),
        ([click(key="k" * 129)], 40019),
        ([{"name": "x", "type": "view", "url": "u" * 1025}], 40020),
        ([{"name": "x", "sub_button": [click()] * 6}], 40023),
        ([{"name": "x", "sub_button": [click("长" * 21)]}], 40025),
        ([{"name": "x", "sub_button": [{"name": "y", "type": "fly"}]}], 40024),
        ([{"name": "x", "sub_button": [click(key="")]}], 40026),
        ([{"name": "x", "sub_button": [{"name": "y", "type": "view"}]}], 40027),
    ],
)
def test_menus_beyond_the_limits(control, button, code):
    assert control.code(CREATE, {"button": button}) == code


def qr(control, action, scene, **more):
    row = {"action_name": action, "action_info": {"scene": scene}, **more}
    return control.api("/cgi-bin/qrcode/create", row)


def test_a_code_is_made_scanned_and_expires(control, bot):
    made = qr(control, "QR_STR_SCENE", {"scene_str": "gate"}, expire_seconds=600)
    assert made["expire_seconds"] == 600
    picture = control.client.get("/cgi-bin/showqrcode", query_string={"ticket": made["ticket"]})
    assert picture.data.startswith(b"\x89PNG")
    openid = control.follow(scene="gate")
    assert bot.seen[-1]["EventKey"] == "qrscene_gate"
    assert bot.seen[-1]["Ticket"] == made["ticket"]
    control.do(openid, type="scan", scene="gate")
    assert (bot.seen[-1]["Event"], bot.seen[-1]["EventKey"]) == ("SCAN", "gate")
    control.pass_time(advance="10m")
    path = f"/followers/{openid}/messages"
    assert "expired" in control.refused(path, {"type": "scan", "scene": "gate"})
    gone = control.client.get("/cgi-bin/showqrcode", query_string={"ticket": made["ticket"]})
    assert gone.status_code == 404


def test_who_left_follows_again_by_scanning(control, bot):
    openid = control.follow()
    control.client.delete(f"/control/followers/{openid}")
    control.do(openid, type="scan", scene="7")
    assert (bot.seen[-1]["Event"], bot.seen[-1]["EventKey"]) == ("subscribe", "qrscene_7")
    info = control.api("/cgi-bin/user/info", openid=openid)
    assert (info["subscribe"], info["qr_scene"]) == (1, 7)
    assert info["subscribe_scene"] == "ADD_SCENE_QR_CODE"


@pytest.mark.parametrize(
    ("action", "scene", "code"),
    [
        ("QR", {"scene_id": 1}, 40041),
        ("QR_STR_SCENE", {"scene_str": "x" * 65}, 40053),
        ("QR_LIMIT_SCENE", {"scene_id": 100_001}, 40053),
        ("QR_SCENE", {"scene_id": 0}, 40053),
    ],
)
def test_codes_that_cannot_be(control, action, scene, code):
    assert qr(control, action, scene)["errcode"] == code


def test_a_temporary_code_lives_thirty_days_at_most(control):
    assert qr(control, "QR_SCENE", {"scene_id": 1}, expire_seconds=2_592_001)["errcode"] == 40052
    assert "expire_seconds" not in qr(control, "QR_LIMIT_STR_SCENE", {"scene_str": "x"})


def test_tags(control):
    openid = control.follow()
    tag = control.api("/cgi-bin/tags/create", {"tag": {"name": "学习中"}})["tag"]["id"]
    assert tag >= 100
    row = {"openid_list": [openid], "tagid": tag}
    assert control.code("/cgi-bin/tags/members/batchtagging", row) == 0
    assert control.api("/cgi-bin/tags/getidlist", {"openid": openid}) == {"tagid_list": [tag]}
    assert control.api("/cgi-bin/tags/get")["tags"] == [{"id": tag, "name": "学习中", "count": 1}]
    assert control.api("/cgi-bin/user/tag/get", {"tagid": tag})["data"] == {"openid": [openid]}
    assert control.code("/cgi-bin/tags/update", {"tag": {"id": tag, "name": "待考"}}) == 0
    assert control.code("/cgi-bin/tags/members/batchuntagging", row) == 0
    control.code("/cgi-bin/tags/members/batchtagging", row)
    assert control.code("/cgi-bin/tags/delete", {"tag": {"id": tag}}) == 0
    assert control.api("/cgi-bin/user/info", openid=openid)["tagid_list"] == []


def test_limits_of_tags(control):
    openid = control.follow()
    create, give = "/cgi-bin/tags/create", "/cgi-bin/tags/members/batchtagging"
    assert control.code(create, {"tag": {"name": "x" * 31}}) == 45158
    assert control.code(create, {"tag": {"name": ""}}) == 45157
    ids = [control.api(create, {"tag": {"name": str(n)}})["tag"]["id"] for n in range(100)]
    assert control.code(create, {"tag": {"name": "1"}}) == 45157
    assert control.code(create, {"tag": {"name": "one more"}}) == 45056
    codes = [control.code(give, {"openid_list": [openid], "tagid": one}) for one in ids[:21]]
    assert codes == [0] * 20 + [45059]
    assert control.code(give, {"openid_list": [openid] * 51, "tagid": ids[0]}) == 40032
    assert control.code(give, {"openid_list": ["nobody"], "tagid": ids[0]}) == 40003
    assert control.code(give, {"openid_list": [openid], "tagid": 5}) == 45159
    assert control.code(give, {"openid_list": [openid], "tagid": 2}) == 45058


def test_people(control):
    stays, leaves = control.follow(), control.follow()
    control.client.delete(f"/control/followers/{leaves}")
    info = control.api("/cgi-bin/user/info", openid=stays)
    assert (info["subscribe"], info["nickname"], info["openid"]) == (1, "", stays)
    gone = control.api("/cgi-bin/user/info", openid=leaves)
    assert gone == {"subscribe": 0, "openid": leaves, "tagid_list": []}
    assert control.code("/cgi-bin/user/info", openid="nobody") == 40003
    assert control.api("/cgi-bin/user/get")["data"]["openid"] == [stays]


def test_addresses_and_quotas(control):
    assert control.api("/cgi-bin/getcallbackip") == {"ip_list": ["127.0.0.1"]}
    path, app = "/cgi-bin/clear_quota", {"appid": "wx0000000000000abc"}
    control.client.post(
        "/control/faults",
        json=[{"path": "/cgi-bin/user/get", "kind": "errcode", "errcode": 45009, "times": 99}],
    )
    assert control.code("/cgi-bin/user/get") == 45009
    assert control.code(path, {"appid": "x"}) == 40013
    assert [control.code(path, app) for _ in range(11)] == [0] * 10 + [48006]
    assert control.code("/cgi-bin/user/get") == 0
