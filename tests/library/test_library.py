"""content/ as editors break it: every mistake is found, named by file and key."""

import shutil

import pytest

from bot.library import BadContent, load
from bot.proof import content_problems
from tests.conftest import ROOT


@pytest.fixture
def content(tmp_path):
    return shutil.copytree(ROOT / "content", tmp_path / "content")


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_content_that_is_shipped_is_complete():
    assert content_problems(ROOT / "content") == []


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("words/engine.yaml", "  nudge:", "  nudgee:", "engine.nudge: is said by a flow"),
        ("words/engine.yaml", "  nudge:", "  nudgee:", "engine.nudgee: no flow says this"),
        ("words/engine.yaml", "{n}. {question}", "{n}. {quest}", "{quest} is never filled"),
        ("words/engine.yaml", "nudge: ", "nudge: {", "engine.yaml:5: not readable as YAML"),
        ("words/eligibility.yaml", "      skill:", "      skills:", "eligibility.issuer.choices"),
        ("words/eligibility.yaml", "accept: [应急,", "accept: [住建,", "means two options"),
        ("words/certificates.yaml", '"no": {label', "no: {label", "in quotes"),
        ("faq/certificate.yaml", "id: renew_window", "id: validity_period", "is there twice"),
        ("faq/certificate.yaml", "  title: 证过期了", "  titel: 证过期了", "titel names no part"),
        ("faq/phrasings/renew_window.txt", "提前多久申请", "证几年审一次", "stands under"),
        ("questions/fire.yaml", "id: q-fire-002", "id: q-fire-001", "q-fire-001 is there twice"),
        ("questions/fire.yaml", "id: q-fire-002", "id: q-gas-902", "must begin with q-fire-"),
        ("questions/fire.yaml", "  mark: A", "  mark: C", "find a second source"),
        ("questions/fire.yaml", "  clause: ", "  klause: ", "klause names no part"),
        (
            "questions/fire.yaml",
            "  kind: single",
            "  kind: double",
            "write judge, multiple, single",
        ),
        ("lessons/week1.yaml", "  day: 2", "  day: 3", "day 2 is there 0 times"),
        ("lessons/week1.yaml", "  remember: ", "  remember: 予以记住", "予以 is officialese"),
        ("lessons/week1.yaml", "[q-law-027, ", "[q-law-999, ", "there is no question q-law-999"),
        ("lessons/week1.yaml", "card: d01-number", "card: d99-number", "there is no card d99"),
        (
            "faq/exam.yaml",
            "  answer: >-\n    ",
            "  answer: >-\n    找我们包过。",
            "包过 is promised",
        ),
        ("faq/exam.yaml", "  near: [", "  near: [nobody, ", "there is no nobody"),
        ("faq/exam.yaml", "- id: pass_mark", "- id: pass_score", "intent pass_mark: is gone"),
        ("faq/exam.yaml", "- id: pass_mark", "- id: pass_score", "intent pass_score: is new"),
        ("exam.yaml", "judge: {points: 1", "judge: {points: 2", "120 points, not 100"),
        (
            "exam.yaml",
            "{basics: 5, trade: 5, practice: 10}",
            "{basics: 5, trade: 15, practice: 0}",
            "trade/judge",
        ),
        ("cards.yaml", "最晚哪天申请延期", "最晚哪一天申请", "is not drawn as it stands"),
        ("faq/phrasings/expired.txt", "过期", "过了期头", "phrasings have changed"),
        ("style.yaml", "longest_sentence: 45", "longest_sentence: 20", "a sentence of"),
        (
            "words/engine.yaml",
            "  cancelled: ",
            "  cancelled: 该证书并非一次性获得即永久有效，"
            "根据国家相关规定，其有效期为六年，且每两年需要进行一次复审",
            "somebody else's text",
        ),
        (
            "rules/guide.yaml",
            "opens_months: {value: 6",
            "opens_months: {value: six",
            "opens_months.value must be",
        ),
    ],
)
def test_a_mistake_is_named(content, file, old, new, problem):
    change(content / file, old, new)
    assert any(problem in line for line in content_problems(content)), content_problems(content)


def test_all_mistakes_are_named_at_once(content):
    (content / "menu.yaml").unlink()
    (content / "vocabulary.yaml").write_text("- a list")
    with pytest.raises(BadContent) as error:
        load(content)
    assert len(error.value.problems) == 2


def test_a_value_cannot_plant_a_link(library):
    said = library.words.say("human.reply", {"words": '<a href="http://x">x</a>'})
    assert "<a" not in said


def test_what_is_said_fits_its_own_pattern(library):
    from datetime import date

    said = library.words.say("expiry.ahead", {"expires_on": date(2027, 3, 5), "days": 7})
    assert "2027年3月5日" in said
    assert library.words.pattern("expiry.ahead").fullmatch(said)
