"""``docs/rules.md`` shows the rulebooks as they are; ``--update`` writes it anew."""

from bot.domain.rules_table import table
from bot.library import load
from tests.conftest import ROOT

PAGE = ROOT / "docs/rules.md"


def test_the_page_is_in_step_with_the_rulebooks(request):
    library = load(ROOT / "content")
    books, order = library.rulebooks, ("mohurd-2026", "mohurd-2008", "guide")
    page = table([books[name] for name in order], list(library.books.values()))
    if request.config.getoption("--update"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page


def test_where_rulebooks_differ_is_marked():
    books = load(ROOT / "content").rulebooks
    rows = table(list(books.values())).splitlines()
    marks = {
        row.split(" | ")[0].strip("| "): row.split(" | ")[1].strip() for row in rows if " | " in row
    }
    assert marks["opens_months"] == "≠"
    assert marks["validity_months"] == "≠"
    assert marks["violations_limit"] == ""
    assert marks["date_unknown"] == ""
