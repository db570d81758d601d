"""Rulebooks: what a file must say, and how a wrong one is told."""

import copy
from datetime import date

import pytest
import yaml

from bot.domain import rulebook
from bot.domain.row import BadRow
from tests.conftest import ROOT

RULES = ROOT / "content/rules"


def row(name):
    return yaml.safe_load((RULES / name).read_text(encoding="utf-8"))


def changed(path, value):
    """Return the default rulebook's mapping with one thing changed, or left out (``...``)."""
    whole = node = copy.deepcopy(row("mohurd-2008.yaml"))
    *parents, last = path.split("/")
    for parent in parents:
        node = node[parent]
    if value is ...:
        del node[last]
    else:
        node[last] = value
    return whole


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("title", "", "title must be a text"),
        ("id", ..., "id must be a text"),
        ("valid_from", "soon", "valid_from must be a day"),
        ("valid_to", date(2000, 1, 1), "valid_to must not be before valid_from"),
        ("windows", 3, "windows names no key"),
        ("numbers", ..., "numbers is missing"),
        ("numbers/opens_months", ..., "numbers.opens_months is missing"),
        ("numbers/opens_months", 3, "numbers.opens_months is missing"),
        ("numbers/opens_months/value", -1, "numbers.opens_months.value must be a whole number"),
        ("numbers/opens_months/value", 0, "numbers.opens_months.value must be a whole number"),
        ("numbers/opens_months/value", True, "numbers.opens_months.value must be a whole number"),
        ("numbers/opens_months/value", None, "numbers.opens_months.value must be a whole number"),
        ("numbers/opens_months/mark", "D", "numbers.opens_months.mark must be A, B or C"),
        ("numbers/opens_months/source", None, "numbers.opens_months.source must be a text"),
        ("numbers/opens_months/clause", 22, "numbers.opens_months.clause must be a text"),
        ("numbers/opens_months/checked_on", 2026, "numbers.opens_months.checked_on must be a day"),
        ("numbers/opens_months/chekced_on", 1, "chekced_on names no part of a source"),
        ("numbers/openz_months", {}, "numbers.openz_months names no number"),
        ("numbers/opens_months/value", 7, "prepare_months must not be less than opens_months"),
        ("numbers/urgent_months/value", 4, "urgent_months must not be more than opens_months"),
        ("numbers/safe_days/value", 85, "safe_days must fall inside the window"),
        ("numbers/age_max/value", 17, "age_min must not be more than age_max"),
        ("sources", None, "sources is missing"),
        ("sources/expired", ..., "sources.expired is missing"),
        ("sources/expird", {}, "sources.expird names no reason"),
    ],
)
def test_a_bad_rulebook_says_which_key_is_wrong(path, value, complaint):
    with pytest.raises(BadRow, match=complaint) as raised:
        rulebook.load(changed(path, value), "some.yaml")
    assert str(raised.value).startswith("some.yaml: ")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("numbers/opens_months/value", 6),
        ("numbers/urgent_months/value", 3),
        ("numbers/safe_days/value", 84),
        ("numbers/violations_limit/value", 1),
        ("numbers/age_min/value", 0),
        ("numbers/age_max/value", 18),
        ("valid_to", date(2008, 6, 1)),
    ],
)
def test_a_rulebook_may_go_to_the_edge(path, value):
    rulebook.load(changed(path, value), "some.yaml")


def test_a_number_that_is_left_open_is_none_and_still_has_a_source():
    book = rulebook.load(row("mohurd-2008.yaml"), "mohurd-2008.yaml")
    assert (book.age_max, book.urgent_months, book.asks_age) == (None, None, False)
    assert set(book.figures) == set(rulebook.NUMBERS)
    assert book.figures["age_max"].mark == "C"


def test_the_default_rulebook_holds_the_numbers_of_the_regulation():
    book = rulebook.load(row("mohurd-2008.yaml"), "mohurd-2008.yaml")
    numbers = {name: getattr(book, name) for name in rulebook.NUMBERS}
    assert numbers == {
        "validity_months": 24, "prepare_months": 6, "opens_months": 3, "safe_days": 30,
        "urgent_months": None, "violations_limit": 3, "hours_per_year": 24, "age_min": 18,
        "age_max": None,
    }  # fmt: skip
    assert book.confidence == "B"
    assert book.source_of("too_early").text == "建质〔2008〕75号 第22条"
    assert book.source_of("date_unknown").text == "证书上印的有效期"


def test_a_rulebook_is_in_force_from_its_first_to_its_last_day():
    book = rulebook.load(changed("valid_to", date(2026, 12, 31)), "some.yaml")
    days = [date(2008, 5, 31), date(2008, 6, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert [book.in_force(day) for day in days] == [False, True, True, False]


def test_the_slot_for_a_newer_regulation_has_every_key_and_is_not_loaded():
    slot, book = row("_newer.example.yaml"), row("mohurd-2008.yaml")
    assert set(slot) == set(book)
    assert set(slot["numbers"]) == set(rulebook.NUMBERS)
    assert set(slot["sources"]) == set(rulebook.REASONS)
    with pytest.raises(BadRow, match="must be a whole number"):
        rulebook.load(slot, "_newer.example.yaml")
