"""``weldmate doctor``: everything that could be wrong, found before a welder finds it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
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
from bot.store.database import file_of
from bot.store.health import read_health
from bot.store.key_ring import usage
from bot.wechat.api import Api
from bot.wechat.envelope import sign
from bot.wechat.menu import buttons, published
from bot.wechat.templates import subscription_fields, template_fields
from bot.wiring import House

LATE = timedelta(minutes=10)
"""A clock or a worker that is behind by so much is not running."""

OTHER_BASES = (
    "tencent_asr_base",
    "tencent_sms_base",
    "tencent_face_base",
    "tencent_ocr_base",
    "wechatpay_api_base",
)

STALE_DAYS = 180
"""A source nobody has read again for so long is to be checked."""


def examine(house: House) -> Iterator[str]:
    """Yield what is to be mended, a sentence each; nothing is made or changed by looking."""
    told: set[str] = set()
    parts = (
        *(_content, _rules, _database, _keys, _redis, _production),
        *(_callback, _wechat, _cloud, _pay),
    )
    for part in parts:
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


def _rules(house: House) -> Iterator[str]:
    book, today = house.script.rulebook, house.clock.now().astimezone(SHANGHAI).date()
    if not book.in_force(today):
        until = f" to {book.valid_to}" if book.valid_to else ""
        yield f"RULEBOOK: {book.id} is in force from {book.valid_from}{until}, and not today."
    if house.settings.weekly_cap == 0:
        yield "WEEKLY_CAP is 0: nobody is sent a reminder."
    for reason, source in book.sources.items():
        if (today - source.checked_on).days > STALE_DAYS:
            yield f"rules: {reason} was last checked on {source.checked_on}: read it again."


def _database(house: House) -> Iterator[str]:
    url = house.settings.database_url
    if path := file_of(url):
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            yield from _private(path.with_name(name), "DATABASE_URL")
    try:
        there, wanted = schema.version(url)
    except SQLAlchemyError as error:
        yield f"DATABASE_URL: the database does not answer ({type(error).__name__})."
        return
    if there != wanted:
        yield f"The schema is {there or 'empty'}, wanted {wanted}: run `weldmate db upgrade`."
    else:
        yield from _rows(house)


def _private(path: Path, setting: str) -> Iterator[str]:
    if path.exists() and path.stat().st_mode & 0o077:
        yield f"{setting}: {path} can be read by others: chmod 600."


def _rows(house: House) -> Iterator[str]:
    """Tell by what has been left undone who is not running."""
    now = house.clock.now()
    with house.database.read() as connection:
        health = read_health(connection, now)
    if health.planned_on is None:
        yield "No reminder has ever been planned: run `weldmate clock`."
    elif health.planned_on < (now - LATE).astimezone(SHANGHAI).date():
        yield f"Reminders were last planned on {health.planned_on}: is `weldmate clock` running?"
    if health.due_since and health.due_since < now - LATE:
        yield f"A message is due since {_local(health.due_since)}: is `weldmate worker` running?"
    if health.unanswered_since and health.unanswered_since < datetime.now(UTC) - LATE:
        since = _local(health.unanswered_since)
        yield f"A welder waits for an answer since {since}: is `weldmate worker` running?"
    if health.unknown:
        yield f"Messages that were cut, to be told at the next contact: {health.unknown}."
    for reason, count in health.dead.items():
        yield f"Messages of the last week that never went ({reason}): {count}."


def _old_keys(house: House) -> Iterator[str]:
    """Tell which key may be taken out, and which one was taken out too early."""
    try:
        there, wanted = schema.version(house.settings.database_url)
    except SQLAlchemyError:
        return
    if there != wanted:
        return
    held, cipher = usage(house.database), house.cipher
    for number in sorted(cipher.numbers - held.keys() - {cipher.newest}):
        yield (
            f"DATA_KEY_FILE: key {number} is in use no more: take it out, keep its copy as long as"
            " backups are kept, then run `weldmate keys rewrap`."
        )
    for number in sorted(held.keys() - cipher.numbers):
        yield f"DATA_KEY_FILE: key {number} is missing, and {held[number]} values are under it."


def _local(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime("%F %H:%M")


def _keys(house: House) -> Iterator[str]:
    settings = house.settings
    path = settings.data_key_file
    if not path.exists():
        yield f"DATA_KEY_FILE: {path} is missing; it is made at the first start."
    else:
        yield from _private(path, "DATA_KEY_FILE")
        _ = house.cipher
        yield from _old_keys(house)
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
    if house.library.fees.sample:
        yield "content/fees.yaml still holds sample values: nobody may be charged by them."
    if urlsplit(settings.public_base_url).scheme != "https":
        yield "PUBLIC_BASE_URL must begin with https:// in production."
    if any(urlsplit(base).scheme != "https" for base in settings.wechat_api_base):
        yield "WECHAT_API_BASE must begin with https:// in production."
    for name in OTHER_BASES:
        if urlsplit(getattr(settings, name)).scheme != "https":
            yield f"{name.upper()} must begin with https:// in production."


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


def _cloud(house: House) -> Iterator[str]:
    """Ask each service of Tencent Cloud that is configured whether it would serve us."""
    if house.settings.tencent_secret_id:
        from bot.cloud.knock import closed_doors

        yield from closed_doors(house.settings)


def _pay(house: House) -> Iterator[str]:
    """Hold a merchant's keys against each other, and ask WeChat Pay whether they are his."""
    settings = house.settings
    if not settings.wechatpay_mch_id:
        return
    if path := settings.wechatpay_private_key_file:
        yield from _private(path, "WECHATPAY_PRIVATE_KEY_FILE")
    from bot.pay.examine import pay_problems

    yield from pay_problems(settings, house.clock.now())


def _template(setting: str, found: frozenset[str] | None, written: frozenset[str]) -> Iterator[str]:
    if found is None:
        yield f"{setting}: the account has no such template."
    elif found != written:
        wanted = ", ".join(sorted(found))
        yield f"{setting}: its fields are {wanted}; content/notices.yaml must name just these."
