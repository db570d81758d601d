"""``weldmate application``: the desk in a terminal."""

import json

import pytest
from click.testing import CliRunner

from bot.cli import weldmate
from tests.store.test_application_desk import handed_in, news
from tests.store.test_applications import ID


@pytest.fixture
def desk(lite_house, monkeypatch):
    """Run a command on a house with one application handed in."""
    handed_in(lite_house)
    monkeypatch.setattr("bot.cli.application.ready_house", lambda: lite_house)
    monkeypatch.setattr("bot.cli.set_up_logs", lambda _level: None)

    def run(*command):
        return CliRunner().invoke(weldmate, ["application", *command], catch_exceptions=False)

    return run


def test_the_list_tells_what_is_missing_and_how_long_it_waits(desk, lite_house):
    lite_house.clock.advance(days=2, hours=3)
    line = desk("list").stdout
    assert line.startswith("1\tsubmitted\t2d3h\t张**\tmissing years,")


def test_the_list_is_json_for_other_programs(desk):
    row = json.loads(desk("list", "--json").stdout)
    assert (row["id"], row["state"], row["name"], row["disputed"]) == (
        1,
        "submitted",
        "张**",
        False,
    )
    assert desk("list", "--json", "--state", "accepted").stdout == ""


def test_what_is_shown_is_masked(desk):
    shown = desk("show", "1").stdout
    assert "5102**********0012" in shown
    assert "138****5678" in shown
    assert "张**" in shown
    assert ID not in shown
    assert "photo 1\tid_front\tkept" in shown
    assert "submit\twelder" in shown


def test_who_sees_it_unmasked_is_logged_without_what_he_saw(desk, caplog):
    assert ID in desk("show", "1", "--reveal").stdout
    assert "application 1 was shown unmasked to " in caplog.text
    assert ID not in caplog.text
    caplog.clear()
    desk("show", "1")
    assert "unmasked" not in caplog.text


def test_the_whole_way_is_decided_and_told(desk, lite_house):
    assert desk("return", "1", "--reason", "blurred", "--note", "重拍").stdout == "returned\n"
    assert len(news(lite_house)) == 1
    assert desk("accept", "1").exit_code == 1
    assert "not possible while returned" in desk("accept", "1").stderr
    assert desk("file", "1").stdout == "filed\n"
    assert desk("refuse", "1").stdout == "refused\n"
    assert desk("renew", "1").stdout == "renewed\n"
    assert "no open application 1" in desk("withdraw", "1").stderr
    assert len(news(lite_house)) == 4


def test_an_application_is_returned_for_a_reason_of_the_list(desk):
    assert desk("return", "1").exit_code == 2
    assert desk("return", "1", "--reason", "he is rude").exit_code == 2
