from datetime import date

import pytest

from bot.vision import PhotoReader

TODAY = date(2026, 11, 25)


@pytest.fixture(scope="session")
def reader(library):
    """One reader for all tests; a busy machine may take its time."""
    made = PhotoReader(library.papers, lambda: TODAY, patience_s=60)
    yield made
    made.close()
