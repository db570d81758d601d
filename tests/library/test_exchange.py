"""Content in an editor's own tool and back: a round trip changes nothing, a change changes that."""

import filecmp
import shutil

import openpyxl
import pytest

from bot.library.exchange import gift, sheet
from bot.library.exchange.blocks import BadImport
from bot.proof import content_problems
from tests.conftest import ROOT


@pytest.fixture
def content(tmp_path):
    return shutil.copytree(ROOT / "content", tmp_path / "content")


def differences(one, other):
    found = filecmp.dircmp(one, other)
    names = [*found.left_only, *found.right_only, *found.diff_files]
    for room in found.common_dirs:
        names += [f"{room}/{name}" for name in differences(one / room, other / room)]
    return names


@pytest.mark.parametrize(("tool", "suffix"), [(sheet, "xlsx"), (gift, "gift")])
def test_a_round_trip_changes_nothing(content, tmp_path, tool, suffix):
    tool.export(content, tmp_path / f"bank.{suffix}")
    assert tool.take_back(content, tmp_path / f"bank.{suffix}") == []
    assert differences(ROOT / "content", content) == []


def changed_cell(path, name, column, value):
    """Change one cell, as an editor does; return its sheet."""
    book = openpyxl.load_workbook(path)
    for page in book.worksheets:
        heads = [cell.value for cell in page[1]]
        for row in page.iter_rows(min_row=2):
            if row[0].value == name:
                row[heads.index(column)].value = value
                book.save(path)
                return
    raise AssertionError(name)


def test_a_changed_cell_changes_that_entry_alone(content, tmp_path):
    book = tmp_path / "bank.xlsx"
    sheet.export(content, book)
    changed_cell(book, "q-fire-003", "解析", "先停火，再说话。")
    changed_cell(book, "resit", "答案", "能补考。几次、什么时候，以平台为准。（2026-11-24核对）")
    assert sorted(sheet.take_back(content, book)) == ["q-fire-003", "resit"]
    assert sorted(differences(ROOT / "content", content)) == [
        "faq/exam.yaml",
        "questions/fire.yaml",
    ]
    assert content_problems(content) == []
    assert "先停火，再说话。" in (content / "questions/fire.yaml").read_text("utf-8")


def test_a_new_phrasing_in_the_sheet_becomes_a_line(content, tmp_path):
    book = tmp_path / "bank.xlsx"
    sheet.export(content, book)
    text = (content / "faq/phrasings/resit.txt").read_text("utf-8")
    changed_cell(book, "resit", "问法一行一条", text + "挂了还给不给机会")
    assert sheet.take_back(content, book) == ["resit"]
    assert (content / "faq/phrasings/resit.txt").read_text("utf-8").endswith("挂了还给不给机会\n")


@pytest.mark.parametrize(
    ("name", "column", "value", "told"),
    [
        ("q-fire-003", "题型", "填空", "题库:4: cannot be used: '填空' is none of"),
        ("q-fire-003", "核对日期", "yesterday", "题库"),
        ("resit", "出处一行一条", "only one part", "a source is written"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named_and_nothing_is_written(
    content, tmp_path, name, column, value, told
):
    book = tmp_path / "bank.xlsx"
    sheet.export(content, book)
    changed_cell(book, name, column, value)
    with pytest.raises(BadImport) as error:
        sheet.take_back(content, book)
    assert told.split(":")[0] in str(error.value)
    assert differences(ROOT / "content", content) == []


def test_a_file_that_is_no_workbook_says_so(content, tmp_path):
    (tmp_path / "x.xlsx").write_bytes(b"no")
    with pytest.raises(BadImport, match=r"x\.xlsx is no workbook"):
        sheet.take_back(content, tmp_path / "x.xlsx")


def test_a_stem_changed_in_moodle_comes_home_by_its_id(content, tmp_path):
    bank = tmp_path / "bank.gift"
    gift.export(content, bank)
    text = bank.read_text("utf-8")
    at = text.index("::q-fire-003::") + len("::q-fire-003::")
    bank.write_text(text[:at] + "改过\\: " + text[at:], "utf-8")
    assert gift.take_back(content, bank) == ["q-fire-003"]
    assert "改过: " in (content / "questions/fire.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nothing here", "holds no question"),
        ("::q-fire-999::哪样？{=甲 ~乙}", "there is no question q-fire-999"),
    ],
)
def test_what_moodle_gives_back_wrong_is_told(content, tmp_path, text, told):
    bank = tmp_path / "bank.gift"
    bank.write_text(text, "utf-8")
    with pytest.raises(BadImport, match=told):
        gift.take_back(content, bank)
