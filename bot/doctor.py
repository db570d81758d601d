"""``weldmate doctor``: everything that could be wrong, found before a welder finds it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import urlsplit

import redis
import requests
from sqlalchemy.exc import SQLAlchemyError

from bot.config import BadSetting
from bot.domain.reminders import SHANGHAI
from bot.library import content_folder
from bot.ports import SendFailed
from bot.proof import content_problems
from bot.store import schema
from bot.store.cache import MemoryCache
from bot.wechat.api import Api
from bot.wechat.envelope import sign
from bot.wechat.menu import buttons, published
from bot.wechat.templates import subscription_fields, template_fields
from bot.wiring import House

STALE_DAYS = 180
"""A source nobody has read again for so long is to be checked."""


def examine(house: House) -> Iterator[str]:
    """Yield what is to be mended, a sentence each; nothing is made or changed by looking."""
    told: set[str] = set()
    for part in (_content, _database, _keys, _redis, _production, _callback, _wechat):
        for problem in _seen(part, house):
            if problem not in told:
                told.add(problem)
                yield problem


def _seen(part: Callable[[House], Iterator[str]], house: House) -> Iterator[str]:
    """Look at one part; a setting that stops the look is what is to be mended."""
    try:
        yield from part(house)
    except BadSetting as error:
        yield str(error)


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
    settings = house.settings
    path = settings.data_key_file
    if not path.exists():
        yield f"DATA_KEY_FILE: {path} is missing; it is made at the first start."
    elif path.stat().st_mode & 0o077:
        yield f"DATA_KEY_FILE: {path} can be read by others: chmod 600."
    else:
        _ = house.cipher
    if settings.wechat_aes_key_previous == settings.wechat_aes_key:
        yield "WECHAT_AES_KEY_PREVIOUS is the present key: empty it when the rotation is over."


def _redis(house: House) -> Iterator[str]:
    if not house.settings.redis_url:
        return
    try:
        house.cache.get("doctor")
    except redis.RedisError as error:
        yield f"REDIS_URL: Redis does not answer ({type(error).__name__})."


def _production(house: House) -> Iterator[str]:
    settings = house.settings
    if settings.weldmate_env != "production":
        return
    if house.library.organisation.get("sample"):
        yield "content/organisation.yaml still holds sample values."
    if urlsplit(settings.public_base_url).scheme != "https":
        yield "PUBLIC_BASE_URL must begin with https:// in production."
    if any(urlsplit(base).scheme != "https" for base in settings.wechat_api_base):
        yield "WECHAT_API_BASE must begin with https:// in production."


def _callback(house: House) -> Iterator[str]:
    """Ask our own callback what the console asks when its address is saved."""
    settings = house.settings
    stamp, nonce, echo = str(int(time.time())), "doctor", secrets.token_hex(8)
    signature = sign(settings.wechat_token, stamp, nonce)
    query = {"signature": signature, "timestamp": stamp, "nonce": nonce, "echostr": echo}
    try:
        answer = requests.get(
            f"{settings.public_base_url}/wechat", params=query, timeout=5, allow_redirects=False
        )
    except requests.RequestException as error:
        yield f"PUBLIC_BASE_URL: nobody answers there ({type(error).__name__}); is it running?"
        return
    if answer.text != echo:
        yield (
            f"PUBLIC_BASE_URL: /wechat answers {answer.status_code}, not the echo that WeChat"
            " wants: another WECHAT_TOKEN, or something else listens there."
        )


def _wechat(house: House) -> Iterator[str]:
    """Ask with a token of its own: the shared one may be wrong, or not to be had yet."""
    settings, notice = house.settings, frozenset(house.library.notices["expiry"]["fields"])
    api = Api(settings, MemoryCache(), house.clock)
    try:
        if wanted := settings.wechat_consent_template:
            found = subscription_fields(api, wanted)
            yield from _template("WECHAT_CONSENT_TEMPLATE", found, notice)
        if wanted := settings.wechat_expiry_template:
            found = template_fields(api, wanted)
            yield from _template("WECHAT_EXPIRY_TEMPLATE", found, notice)
        if published(api) != buttons(house.library.menu):
            yield "The account's menu is not content/menu.yaml: run `weldmate menu push`."
    except SendFailed as error:
        yield f"WeChat's API: {error}"


def _template(setting: str, found: frozenset[str] | None, written: frozenset[str]) -> Iterator[str]:
    if found is None:
        yield f"{setting}: the account has no such template."
    elif found != written:
        wanted = ", ".join(sorted(found))
        yield f"{setting}: its fields are {wanted}; content/notices.yaml must name just these."
