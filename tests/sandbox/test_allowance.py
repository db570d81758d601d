"""The table of the customer-service page, on the virtual clock."""

import pytest


def times(control, openid, n=8):
    """Send until it is refused; return how many went and the error."""
    codes = [control.send(openid) for _ in range(n)]
    return codes.count(0), codes[-1]


@pytest.fixture
def quiet(control):
    """A follower whose first grant is over."""
    openid = control.follow()
    control.pass_time(advance="2m")
    return openid


@pytest.mark.parametrize(
    ("deed", "sends", "lives"),
    [
        ({"type": "text", "text": "你好"}, 5, "48h"),
        ({"type": "image", "data": "/9j/"}, 5, "48h"),
        ({"type": "voice"}, 5, "48h"),
        ({"type": "video"}, 5, "48h"),
        ({"type": "location", "label": "梁平"}, 5, "48h"),
        ({"type": "link", "url": "https://a.example"}, 5, "48h"),
        ({"type": "file"}, 5, "48h"),
        ({"type": "click", "key": "K"}, 3, "60s"),
        ({"type": "scancode", "result": "x"}, 3, "60s"),
        ({"type": "scancode", "result": "x", "wait_message": True}, 3, "60s"),
        ({"type": "scan", "scene": "gate"}, 3, "60s"),
    ],
)
def test_each_deed_grants_its_sends_and_no_more(control, quiet, deed, sends, lives):
    control.do(quiet, **deed)
    assert times(control, quiet) == (sends, 45047)
    control.do(quiet, **deed)
    control.pass_time(advance=lives)
    assert control.send(quiet) == 45015


@pytest.mark.parametrize(
    "deed",
    [
        {"type": "view", "url": "https://a.example"},
        {"type": "photos"},
        {"type": "place"},
        {"type": "report_location"},
        {"type": "consent", "template": "t", "accept": True},
    ],
)
def test_other_deeds_grant_nothing(control, quiet, deed):
    control.do(quiet, **deed)
    assert control.send(quiet) == 45015


def test_following_grants_three_in_a_minute(control):
    assert times(control, control.follow()) == (3, 45047)


def test_following_by_a_code_grants_three_in_a_minute(control):
    assert times(control, control.follow(scene="gate")) == (3, 45047)


def test_a_payment_grants_without_limit_for_two_days(control, quiet):
    control.do(quiet, type="paid")
    assert times(control, quiet, 30) == (30, 0)
    control.pass_time(advance="48h")
    assert control.send(quiet) == 45015


def test_a_new_message_starts_the_five_again(control, quiet):
    control.do(quiet, type="text", text="a")
    for _ in range(3):
        control.send(quiet)
    control.do(quiet, type="text", text="b")
    assert times(control, quiet) == (5, 45047)


def test_the_grant_that_ends_first_is_used_first(control, quiet):
    control.do(quiet, type="text", text="a")
    control.do(quiet, type="click", key="K")
    for _ in range(3):
        assert control.send(quiet) == 0
    control.pass_time(advance="2m")
    assert times(control, quiet) == (5, 45047)


def test_a_tap_on_a_choice_counts_as_a_menu_tap(control, quiet, bot):
    words = '<a href="weixin://bizmsgmenu?msgmenucontent=yes&msgmenuid=1">1. 是</a>'
    bot.answers.append(bot.says(words))
    control.do(quiet, type="text", text="a")
    control.pass_time(advance="48h")
    control.do(quiet, type="choose", n=1)
    assert times(control, quiet) == (3, 45047)


def test_leaving_ends_every_right(control, quiet):
    control.do(quiet, type="text", text="a")
    control.client.delete(f"/control/followers/{quiet}")
    assert control.send(quiet) == 45015


def test_a_welder_who_switched_messages_off(control, quiet):
    control.do(quiet, type="text", text="a")
    answer = control.client.patch(f"/control/followers/{quiet}", json={"accepts_messages": False})
    assert answer.get_json()["accepts_messages"] is False
    assert control.send(quiet) == 48002
