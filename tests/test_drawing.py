"""Cards are drawn as they stand, by the system's Chromium."""

import pytest

from bot.domain.card import Card
from bot.drawing import HEIGHT, INDEX, ROOM, WIDTH, draw, page, stale_cards

STEPS = Card("steps", "动火四步", "少一步，不点火", items=("开证", "清场 <b>"))


def size_of(png):
    data = png.read_bytes()
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


@pytest.mark.slow
def test_a_card_is_drawn_once_and_again_when_it_changes(tmp_path, chromium):
    cards = {"one": STEPS}
    assert draw(tmp_path, cards, chromium) == ["one"]
    assert size_of(tmp_path / ROOM / "one.png") == (WIDTH, HEIGHT)
    assert draw(tmp_path, cards, chromium) == []
    changed = {"two": Card("number", "风", "停", value="五级", caption="室外")}
    assert list(stale_cards(tmp_path, changed)) == ["two"]
    draw(tmp_path, changed, chromium)
    assert sorted(path.name for path in (tmp_path / ROOM).iterdir()) == [INDEX, "two.png"]


def test_what_stands_on_a_card_is_text_and_no_markup():
    assert "清场 &lt;b&gt;" in page(STEPS)
