"""The system's Chromium, driven by Playwright."""

import pytest
from playwright.sync_api import sync_playwright

from tests.sandbox.conftest import account, bot, control, limit_s, served, world

__all__ = ["account", "bot", "control", "limit_s", "served", "world"]

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


@pytest.fixture
def page(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser.new_page(viewport={"width": 1180, "height": 860})
        browser.close()
