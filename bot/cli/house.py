"""What commands begin with: settings, a house, content."""

from __future__ import annotations

import os
from pathlib import Path

from bot.config import BadSetting, Settings, read_settings
from bot.failures import sentence
from bot.library import content_folder
from bot.wiring import House


def make_house() -> House:
    """Return a house by the settings of the environment. Raises ``BadSetting``."""
    return House(read_settings(os.environ))


def ready_house() -> House:
    """Return a house whose database has this release's schema. Raises ``BadSetting``."""
    from bot.store.schema import version

    house = make_house()
    there, wanted = version(house.settings.database_url)
    if there != wanted:
        there = there or "empty"
        raise BadSetting(f"The schema is {there}, wanted {wanted}: run `weldmate db upgrade`.")
    return house


def prepared_house() -> House:
    """Return a house that can serve: nothing is missing, and the schema is brought up to date."""
    house = make_house()
    _ = house.script, house.cipher, house.cache, house.till
    bring_up_to_date(house.settings)
    return house


def bring_up_to_date(settings: Settings) -> None:
    """Run the migrations. Raises ``BadSetting`` when the file's folder is not there."""
    from bot.store.schema import upgrade

    try:
        upgrade(settings.database_url)
    except OSError as error:
        raise BadSetting(f"DATABASE_URL: {sentence(error)}") from None


def content() -> Path:
    """Return the content folder, which needs no other setting."""
    chosen = os.environ.get("CONTENT_DIR")
    return content_folder(Path(chosen) if chosen else None)
