"""Every transcript of this folder, played in this process; ``--update`` rewrites the answers."""

from pathlib import Path

import pytest

from bot.transcript import Player, recognise, rewrite
from tests.talk import InProcess

FILES = sorted(Path(__file__).parent.glob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_talk_goes_as_it_is_written(path, lite_house, library, request):
    driver = InProcess(lite_house)
    text = path.read_text(encoding="utf-8")
    if request.config.getoption("--update"):
        nowhere = ("common.", "notices.")  # never said by themselves
        keys = [key for key in library.words.texts if not key.startswith(nowhere)]
        new = rewrite(text, driver, lambda came: recognise(came, keys, library.words.pattern))
        path.write_text(new, encoding="utf-8")
        return
    Player(driver, library.words.pattern).play(text)
