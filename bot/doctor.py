"""``weldmate doctor``: everything that could be wrong, found before a welder finds it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.reminders import SHANGHAI
from bot.library import content_folder
from bot.ports import SendFailed
from bot.proof import content_problems
from bot.store import schema
from bot.wiring import House

STALE_DAYS = 180
"""A source nobody has read again for so long is to be checked."""


def examine(house: House) -> Iterator[str]:
    """Yield what is to be mended, a sentence each."""
    yield from _content(house)
    yield from _database(house)
    yield from _keys(house)
    if house.settings.weldmate_env == "production":
        yield from _production(house)
    yield from _wechat(house)


def _content(house: House) -> Iterator[str]:
    yield from content_problems(content_folder(house.settings.content_dir))
    today = datetime.now(SHANGHAI).date()
    for reason, source in house.script.rulebook.sources.items():
        if (today - source.checked_on).days > STALE_DAYS:
            yield f"rules: {reason} was last checked on {source.checked_on}: read it again."


def _database(house: House) -> Iterator[str]:
    try:
        there, wanted = schema.version(house.settings.database_url)
    except SQLAlchemyError as error:
        yield f"DATABASE_URL: the database does not answer ({type(error).__name__})."
        return
    if there != wanted:
        yield f"The schema is {there or 'empty'}, wanted {wanted}: run `weldmate db upgrade`."


def _keys(house: House) -> Iterator[str]:
    path = house.settings.data_key_file
    if not path.exists():
        yield f"DATA_KEY_FILE: {path} is missing; it is made at the first start."
    elif path.stat().st_mode & 0o077:
        yield f"DATA_KEY_FILE: {path} can be read by others: chmod 600."


def _production(house: House) -> Iterator[str]:
    settings = house.settings
    if house.library.organisation.get("sample"):
        yield "content/organisation.yaml still holds sample values."
    if urlsplit(settings.public_base_url).scheme != "https":
        yield "PUBLIC_BASE_URL must begin with https:// in production."
    if any(urlsplit(base).scheme != "https" for base in settings.wechat_api_base):
        yield "WECHAT_API_BASE must begin with https:// in production."


def _wechat(house: House) -> Iterator[str]:
    try:
        house.api.get("/cgi-bin/getcallbackip")
    except SendFailed as error:
        yield f"WeChat's API: {error}"
    except (sqlite3.Error, psycopg.Error):
        yield "WeChat's API: the token cannot be kept, the database does not answer."
