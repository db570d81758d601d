"""What a house makes of the settings of WeChat Pay."""

import subprocess
import sys

import pytest

from bot.config import BadSetting
from bot.wiring import House
from tests.conftest import ROOT


def test_nothing_is_sold_without_a_merchant(make_house, sqlite_url):
    house = make_house(sqlite_url)
    assert (house.till, house.notices) == (None, None)


def test_a_merchant_is_asked_and_told_with_one_set_of_keys(merchant):
    house = House(merchant.settings())
    assert house.till._keys is house.notices.keys
    assert house.till is house.till


def test_a_bad_key_stops_the_start(merchant, tmp_path):
    house = House(merchant.settings(wechatpay_private_key_file=tmp_path / "none.pem"))
    with pytest.raises(BadSetting, match=r"KEY_FILE: .*none.pem: No such"):
        _ = house.till


def test_who_sells_nothing_loads_no_package_for_it():
    code = (
        "import sys, bot.cli, bot.web.serve, bot.scheduler.run, bot.wiring, bot.doctor\n"
        "print([name for name in sys.modules if name.startswith('wechatpayv3')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
