"""Access tokens of both kinds, on the virtual clock."""

import pytest

from tests.sandbox.conftest import APP_ID, SECRET

INFO = "/cgi-bin/getcallbackip"


def test_the_stable_token_stays_the_same_until_five_minutes_before_its_end(control):
    first = control.token()
    assert first["expires_in"] in {7199, 7200}
    control.pass_time(advance="114m")
    assert control.token()["access_token"] == first["access_token"]
    control.pass_time(advance="2m")
    second = control.token()
    assert second["access_token"] != first["access_token"]
    assert second["expires_in"] >= 7199
    assert control.code(INFO, access_token=first["access_token"]) == 0, "both work for a while"
    control.pass_time(advance="5m")
    assert control.code(INFO, access_token=first["access_token"]) == 42001
    assert control.code(INFO, access_token=second["access_token"]) == 0


def test_an_expired_token_is_42001(control):
    value = control.token()["access_token"]
    control.pass_time(advance="2h")
    assert control.code(INFO, access_token=value) == 42001


@pytest.mark.parametrize(("value", "code"), [("", 41001), ("a b", 40014), ("x" * 136, 40001)])
def test_a_token_that_never_was(control, value, code):
    assert control.code(INFO, access_token=value) == code


def test_forcing_voids_the_old_one_at_once_but_not_twice_in_thirty_seconds(control):
    first = control.token()["access_token"]
    second = control.token(force_refresh=True)["access_token"]
    assert second != first
    assert control.code(INFO, access_token=first) == 40001
    assert control.token(force_refresh=True)["access_token"] == second
    control.pass_time(advance="31s")
    assert control.token(force_refresh=True)["access_token"] != second


def test_forcing_twenty_times_a_day(control):
    control.pass_time(to="2030-01-01T16:00:00Z")  # midnight in China
    for _ in range(20):
        assert "access_token" in control.token(force_refresh=True)
        control.pass_time(advance="31s")
    assert control.token(force_refresh=True)["errcode"] == 45009
    control.pass_time(advance="1d")
    assert "access_token" in control.token(force_refresh=True)


def legacy(control, **changes):
    query = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET, **changes}
    return control.client.get("/cgi-bin/token", query_string=query).get_json()


def test_a_new_legacy_token_ends_the_last_one_in_five_minutes(control):
    first = legacy(control)["access_token"]
    second = legacy(control)["access_token"]
    assert control.code(INFO, access_token=first) == 0
    control.pass_time(advance="5m")
    assert control.code(INFO, access_token=first) == 42001
    assert control.code(INFO, access_token=second) == 0


def test_the_two_kinds_know_nothing_of_each_other(control):
    stable = control.token()["access_token"]
    legacy(control)
    legacy(control)
    control.pass_time(advance="6m")
    assert control.code(INFO, access_token=stable) == 0


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"appid": "wx1"}, 40013), ({"secret": "x"}, 40125), ({"grant_type": "x"}, 40002)],
)
def test_wrong_credentials(control, wrong, code):
    assert control.token(**wrong)["errcode"] == code
    assert legacy(control, **wrong)["errcode"] == code


def test_the_ticket_stays_the_same_for_two_hours(control):
    first = control.api("/cgi-bin/ticket/getticket", type="jsapi")
    assert first["errcode"] == 0
    assert control.api("/cgi-bin/ticket/getticket", type="jsapi")["ticket"] == first["ticket"]
    control.pass_time(advance="2h")
    assert control.api("/cgi-bin/ticket/getticket", type="jsapi")["ticket"] != first["ticket"]
    assert control.code(INFO, access_token=first["ticket"]) == 40001, "a ticket is no token"


def test_errors_are_200_with_an_id_of_the_request(control):
    answer = control.client.get(INFO)
    assert answer.status_code == 200
    assert "rid: " in answer.get_json()["errmsg"]


def test_no_token_or_secret_is_in_the_wire_log(control):
    value = control.token()["access_token"]
    control.code(INFO)
    text = str(control.get("/wire"))
    assert value not in text
    assert SECRET not in text
