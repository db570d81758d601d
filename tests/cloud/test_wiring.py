"""What a house makes of the settings of the cloud."""

import subprocess
import sys

import pytest

from bot.config import read_settings
from bot.demo import environ
from bot.ports import NotChecked, NotRead, NotSent
from bot.wiring import House
from tests.conftest import ROOT

MAKERS = ("recogniser", "sms", "face", "second_reader")


def test_what_is_not_configured_is_not_there(make_house, sqlite_url):
    house = make_house(sqlite_url)
    assert [getattr(house, name) for name in MAKERS[1:]] == [None, None, None]


def test_the_demo_has_all_of_it_and_from_the_sandbox_alone(tmp_path):
    house = House(read_settings(environ(tmp_path, 1, 9)))
    assert {getattr(house, name).service.base for name in MAKERS} == {"http://127.0.0.1:9"}
    with pytest.raises(NotSent, match="ClientNetworkError"):
        house.sms.send("13812345678", house.settings.tencent_sms_code_template, ["1", "5"])
    with pytest.raises(NotChecked, match="ClientNetworkError"):
        house.face.result("t")
    with pytest.raises(NotRead, match="ClientNetworkError"):
        house.second_reader.read_id_card(b"", "id_front")
    assert house.settings.tencent_secret_key not in repr([getattr(house, name) for name in MAKERS])


LIGHT = """
import os, sys
from pathlib import Path
import bot.cli, bot.web.app, bot.web.serve, bot.scheduler.run
from bot.config import read_settings
from bot.demo import environ
from bot.wiring import House
house = House(read_settings(environ(Path(sys.argv[1]), 1, 9)))
house.services
print([name for name in sys.modules if name.startswith("tencentcloud")])
"""


def test_nobody_but_a_worker_loads_the_sdks(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", LIGHT, str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
