import shutil
from pathlib import Path

import pytest

from bot.library import BadContent, load

CONTENT = Path(__file__).parents[2] / "content"


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(CONTENT, tmp_path / "content")
    return tmp_path / "content"


def test_what_is_printed_on_papers_is_content(library):
    assert "姓名" in library.papers.printed["id_front"].labels["name"]
    assert library.papers.glyphs["粵"] == "粤"
    assert "渝" in library.papers.provinces


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("      name: [姓名]\n", "", "labels.name"),
        ("粵粤", "粵", "glyphs"),
        ("粵粤", "粵粤, 粤越", "glyphs"),
        ("lasting: [长期]", "lasting: []", "lasting"),
        ("  id_back:", "  passport: {}\n  id_back:", "passport"),
        (
            "marks: [居民身份证, 签发机关, 有效期限, 公安局, 公安分局]",
            "marks: [居民身份证]",
            "marks",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(folder, old, new, told):
    file = folder / "photos.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadContent) as bad:
        load(folder)
    assert any(
        problem.startswith("photos.yaml") and told in problem for problem in bad.value.problems
    )


def test_every_problem_has_words_of_forty_signs_at_most(library):
    from bot.domain.photo import BAD_PHOTO, PROBLEMS

    keys = [f"photo.problem.{code}" for code in PROBLEMS] + [
        f"photo.bad.{why}" for why in BAD_PHOTO
    ]
    for key in keys:
        assert 0 < len(library.words.texts[key]) <= 40
