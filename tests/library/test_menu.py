"""The account's menu: a phone shows its names whole, and every tap leads to a talk."""

import pytest

from bot.dialogs.script import FLOWS
from bot.library import load
from tests.conftest import ROOT

BUTTONS = load(ROOT / "content").menu["buttons"]
TAPPED = [tap for button in BUTTONS for tap in button.get("children", [button])]


def test_there_is_room_for_every_button():
    assert 1 <= len(BUTTONS) <= 3
    for button in BUTTONS:
        assert len(button["name"]) <= 4, button
        assert len(button.get("children", [])) <= 5, button
        for child in button.get("children", []):
            assert len(child["name"]) <= 8, child


@pytest.mark.parametrize("tap", TAPPED, ids=lambda tap: tap["key"])
def test_a_tap_leads_to_a_talk(tap):
    assert tap["key"] == "human" or FLOWS.get(tap["key"])
