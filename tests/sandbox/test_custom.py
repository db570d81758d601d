"""Customer-service messages beside the allowance."""

import pytest


def send(control, openid, msgtype, content):
    row = {"touser": openid, "msgtype": msgtype, msgtype: content}
    return control.code("/cgi-bin/message/custom/send", row)


def upload(control, content=b"\xff\xd8\xff\xd9", kind="image"):
    query = {"access_token": control.token()["access_token"], "type": kind}
    head = '--b\r\nContent-Disposition: form-data; name="media"; filename="a.jpg"\r\n\r\n'
    return control.client.post(
        "/cgi-bin/media/upload",
        query_string=query,
        data=head.encode() + content + b"\r\n--b--\r\n",
        content_type="multipart/form-data; boundary=b",
    ).get_json()


def test_a_text_with_a_link_and_a_choice(control):
    openid = control.follow()
    words = (
        'a <a href="https://a.example">b</a> <a href="weixin://bizmsgmenu?msgmenucontent=c">d</a>'
    )
    assert send(control, openid, "text", {"content": words}) == 0
    (bubble,) = control.bubbles(openid)
    assert (bubble["via"], bubble["text"]) == ("service", "a b d")
    assert bubble["links"] == [{"text": "b", "href": "https://a.example"}]
    assert bubble["choices"][0]["content"] == "c"


def test_a_menu_message_can_be_tapped(control, bot):
    openid = control.follow()
    menu = {
        "head_content": "满意吗",
        "list": [{"id": "101", "content": "满意"}, {"id": "102", "content": "不满意"}],
        "tail_content": "谢谢",
    }
    assert send(control, openid, "msgmenu", menu) == 0
    assert control.bubbles(openid)[0]["text"] == "满意吗\n满意\n不满意\n谢谢"
    control.do(openid, type="choose", n=2)
    assert (bot.seen[-1]["Content"], bot.seen[-1]["bizmsgmenuid"]) == ("不满意", "102")
    assert "no choice 3" in control.refused(
        f"/followers/{openid}/messages", {"type": "choose", "n": 3}
    )


def test_pictures_and_articles(control):
    openid = control.follow()
    media = upload(control)["media_id"]
    assert send(control, openid, "image", {"media_id": media}) == 0
    assert send(control, openid, "news", {"articles": [{"title": "t", "url": "u"}]}) == 0
    image, card = control.bubbles(openid)
    assert image["media"]["id"] == media
    assert (card["type"], card["card"]["title"]) == ("card", "t")


@pytest.mark.parametrize(
    ("msgtype", "content", "code"),
    [
        ("text", {"content": ""}, 44004),
        ("text", {"content": "焊" * 683}, 45002),
        ("text", "x", 47001),
        ("poem", {"content": "x"}, 40008),
        ("image", {"media_id": "none"}, 40007),
        ("news", {"articles": []}, 44003),
        ("news", {"articles": [{}, {}]}, 45008),
        ("msgmenu", {"list": []}, 47001),
        ("music", {}, 40097),
    ],
)
def test_what_is_wrong_costs_nothing(control, msgtype, content, code):
    openid = control.follow()
    assert send(control, openid, msgtype, content) == code
    assert [control.send(openid) for _ in range(4)] == [0, 0, 0, 45047]


def test_nobody_of_that_name(control):
    assert control.send("nobody") == 40003


def test_what_is_no_json_is_47001(control):
    query = {"access_token": control.token()["access_token"]}
    for body in (b"{", b"[]", b"\xff"):
        path = "/cgi-bin/message/custom/send"
        answer = control.client.post(path, data=body, query_string=query)
        assert answer.get_json()["errcode"] == 47001
    assert control.code("/cgi-bin/message/custom/send") == 43002


def test_escaped_characters_are_shown_as_they_were_sent(control):
    """The reason why a bot must send real UTF-8."""
    openid = control.follow()
    query = {"access_token": control.token()["access_token"]}
    text = r'{"content":"\u4e2d\n\\u4e2d"}'
    body = f'{{"touser":"{openid}","msgtype":"text","text":{text}}}'
    control.client.post("/cgi-bin/message/custom/send", data=body, query_string=query)
    assert control.bubbles(openid)[0]["text"] == "\\u4e2d\n\\u4e2d"


def test_typing(control):
    openid = control.follow()

    def typing(command="Typing"):
        row = {"touser": openid, "command": command}
        return control.code("/cgi-bin/message/custom/typing", row)

    assert typing("Sleeping") == 45072
    assert typing() == 0
    assert typing() == 45081
    assert typing("CancelTyping") == 0
    assert typing() == 0
    control.pass_time(advance="16s")
    assert typing() == 0
    control.pass_time(advance="31s")
    assert typing() == 45080
    control.do(openid, type="text", text="x")
    assert typing() == 0
    assert control.send(openid) == 0
    assert typing() == 0, "a message ends the typing"
    assert {b["type"] for b in control.bubbles(openid)} == {"typing", "text"}


def test_media_live_three_days(control):
    media = upload(control)["media_id"]
    path, value = "/cgi-bin/media/get", control.token()["access_token"]
    query = {"access_token": value, "media_id": media}
    answer = control.client.get(path, query_string=query)
    assert (answer.data, answer.content_type) == (b"\xff\xd8\xff\xd9", "image/jpeg")
    assert media in answer.headers["Content-Disposition"]
    control.pass_time(advance="3d")
    assert control.code(path, media_id=media) == 40007
    assert control.code("/cgi-bin/media/get", media_id="none") == 40007


def test_what_a_welder_sends_can_be_fetched(control, bot):
    openid = control.follow()
    control.do(openid, type="image", data="/9j/2Q==")
    seen = bot.seen[-1]
    query = {"access_token": control.token()["access_token"], "media_id": seen["MediaId"]}
    assert control.client.get("/cgi-bin/media/get", query_string=query).data == b"\xff\xd8\xff\xd9"
    path = seen["PicUrl"].removeprefix(control.world.account.base_url)
    assert control.client.get(path).data == b"\xff\xd8\xff\xd9"
    control.do(openid, type="video")
    answer = control.api("/cgi-bin/media/get", media_id=bot.seen[-1]["MediaId"])
    assert answer["video_url"].startswith("http://")


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"\xff\xd8\xff\xd9", "poem", 40004),
        (b"", "image", 41005),
        (b"no picture", "image", 40005),
        (b"\xff\xd8\xff" + bytes(70_000), "thumb", 40006),
        (b"\xff\xd8\xff" + bytes(11 << 20), "image", 40009),
    ],
)
def test_uploads_that_are_refused(control, content, kind, code):
    assert upload(control, content, kind)["errcode"] == code
