"""Settings, read from the environment once; a bad one is one sentence that says how to mend it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

Environment = Literal["production", "demo", "test"]


class BadSetting(Exception):
    """One setting is wrong; the text names it and says how to mend it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process. Field ``x_y`` comes from the variable ``X_Y``."""

    wechat_app_id: str
    wechat_app_secret: str = field(repr=False)
    wechat_token: str = field(repr=False)
    wechat_aes_key: str = field(repr=False)
    wechat_aes_key_previous: str = field(default="", repr=False)
    wechat_api_base: tuple[str, ...] = ("https://api.weixin.qq.com", "https://api2.weixin.qq.com")
    wechat_oauth_base: str = "https://open.weixin.qq.com"
    wechat_js_url: str = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js"
    wechat_plain_allowed: bool = False
    wechat_consent_template: str = ""
    """Template id of the one-time subscription for expiry reminders; empty: not offered."""
    wechat_expiry_template: str = ""
    """Template id of a category template for expiry; empty: none is configured."""
    database_url: str = field(default="sqlite:///var/weldmate.sqlite", repr=False)
    redis_url: str = field(default="", repr=False)
    public_base_url: str = "http://127.0.0.1:8080"
    bind: str = "127.0.0.1:8080"
    content_dir: Path | None = None
    weldmate_env: Environment = "production"
    clock_url: str = ""
    data_key_file: Path = Path("var/data.key")
    rulebook: str = "mohurd-2026"
    weekly_cap: int = 3
    forget_after_days: int = 30
    application_keep_days: int = 30
    """How long an application that nobody goes on with is kept."""
    pictures_keep_days: int = 180
    """How long the pictures and the form of one that has ended are kept."""
    tencent_secret_id: str = ""
    tencent_secret_key: str = field(default="", repr=False)
    """Both set: voice messages are made into words by Tencent Cloud."""
    tencent_asr_base: str = "https://asr.tencentcloudapi.com"
    tencent_sms_base: str = "https://sms.tencentcloudapi.com"
    tencent_sms_app_id: str = ""
    tencent_sms_sign: str = ""
    tencent_sms_code_template: str = ""
    """All three set: phone numbers are proved by a code in a short message."""
    tencent_face_base: str = "https://faceid.tencentcloudapi.com"
    tencent_face_rule: str = ""
    """The RuleId of a real-name check by face; empty: operators check alone."""
    tencent_ocr_base: str = "https://ocr.tencentcloudapi.com"
    tencent_ocr: bool = False
    """Whether photos of ID cards are shown to Tencent Cloud for a second opinion."""
    refund_alone_fen: int = 20_000
    """What one operator may give back without a second, in fen."""
    operator_openids: tuple[str, ...] = field(default=(), repr=False)
    """Followers who are told when books differ; empty: the log and the commands alone tell."""
    wechatpay_mch_id: str = ""
    """The merchant's number; empty: nothing is sold."""
    wechatpay_cert_serial: str = ""
    wechatpay_private_key_file: Path | None = None
    wechatpay_api_v3_key: str = field(default="", repr=False)
    wechatpay_public_key_id: str = ""
    wechatpay_public_key_file: Path | None = None
    wechatpay_platform_certs: Path | None = None
    """The public key, this folder of certificates, or both: who signs for WeChat Pay."""
    wechatpay_api_base: str = "https://api.mch.weixin.qq.com"
    failpoint: str = ""
    """A file by which a fault test arms a point at which the process kills itself."""


_STORES = {
    "DATABASE_URL": ("sqlite:///", "postgresql+psycopg://"),
    "REDIS_URL": ("redis://", "rediss://", "unix://"),
}

_REQUIRED = ("WECHAT_APP_ID", "WECHAT_APP_SECRET", "WECHAT_TOKEN", "WECHAT_AES_KEY")


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read and check all settings. Raises ``BadSetting``."""
    for name in _REQUIRED:
        if not environ.get(name):
            raise BadSetting(f"{name} is not set: copy it from the account's basic settings page.")
    env = _environment(environ.get("WELDMATE_ENV", "production"))
    settings = Settings(
        wechat_app_id=environ["WECHAT_APP_ID"],
        wechat_app_secret=environ["WECHAT_APP_SECRET"],
        wechat_token=_token(environ["WECHAT_TOKEN"]),
        wechat_aes_key=_aes_key("WECHAT_AES_KEY", environ["WECHAT_AES_KEY"]),
        wechat_aes_key_previous=_aes_key(
            "WECHAT_AES_KEY_PREVIOUS", environ.get("WECHAT_AES_KEY_PREVIOUS", "")
        ),
        wechat_plain_allowed=_flag(environ, "WECHAT_PLAIN_ALLOWED"),
        tencent_ocr=_flag(environ, "TENCENT_OCR"),
        data_key_file=Path(environ.get("DATA_KEY_FILE") or "var/data.key"),
        content_dir=_folder(environ.get("CONTENT_DIR", "")),
        weldmate_env=env,
        weekly_cap=_number(environ, "WEEKLY_CAP", 3, 0, 50),
        forget_after_days=_number(environ, "FORGET_AFTER_DAYS", 30, 0, 365),
        application_keep_days=_number(environ, "APPLICATION_KEEP_DAYS", 30, 8, 365),
        pictures_keep_days=_number(environ, "PICTURES_KEEP_DAYS", 180, 0, 3650),
        refund_alone_fen=_number(environ, "REFUND_ALONE_FEN", 20_000, 0, 100_000_000),
        operator_openids=_openids("OPERATOR_OPENIDS", environ.get("OPERATOR_OPENIDS", "")),
        **_addresses(environ),
        **_texts(environ),
        **_paths(environ),
    )
    _refuse_in_production(settings)
    _refuse_half(settings)
    return settings


def _texts(environ: Mapping[str, str]) -> dict[str, Any]:
    names = (
        "WECHAT_CONSENT_TEMPLATE",
        "WECHAT_EXPIRY_TEMPLATE",
        "RULEBOOK",
        "TENCENT_SECRET_ID",
        "TENCENT_SECRET_KEY",
        "TENCENT_SMS_APP_ID",
        "TENCENT_SMS_SIGN",
        "TENCENT_SMS_CODE_TEMPLATE",
        "TENCENT_FACE_RULE",
        "WECHATPAY_MCH_ID",
        "WECHATPAY_CERT_SERIAL",
        "WECHATPAY_API_V3_KEY",
        "WECHATPAY_PUBLIC_KEY_ID",
        "FAILPOINT",
    )
    return {name.lower(): environ[name] for name in names if environ.get(name)}


def _paths(environ: Mapping[str, str]) -> dict[str, Any]:
    names = (
        "WECHATPAY_PRIVATE_KEY_FILE",
        "WECHATPAY_PUBLIC_KEY_FILE",
        "WECHATPAY_PLATFORM_CERTS",
    )
    return {name.lower(): Path(environ[name]) for name in names if environ.get(name)}


def _addresses(environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if environ.get("WECHAT_API_BASE"):
        bases = environ["WECHAT_API_BASE"].split(",")
        found["wechat_api_base"] = tuple(_url("WECHAT_API_BASE", base) for base in bases)
    for name in (
        "WECHAT_OAUTH_BASE",
        "WECHAT_JS_URL",
        "PUBLIC_BASE_URL",
        "CLOCK_URL",
        "TENCENT_ASR_BASE",
        "TENCENT_SMS_BASE",
        "TENCENT_FACE_BASE",
        "TENCENT_OCR_BASE",
        "WECHATPAY_API_BASE",
    ):
        if environ.get(name):
            found[name.lower()] = _url(name, environ[name])
    for name, schemes in _STORES.items():
        if environ.get(name):
            found[name.lower()] = _store(name, environ[name], schemes)
    if environ.get("BIND"):
        found["bind"] = _bind(environ["BIND"])
    return found


def _refuse_in_production(settings: Settings) -> None:
    if settings.weldmate_env != "production":
        return
    for name, on in (
        ("WECHAT_PLAIN_ALLOWED", settings.wechat_plain_allowed),
        ("CLOCK_URL", bool(settings.clock_url)),
        ("FAILPOINT", bool(settings.failpoint)),
    ):
        if on:
            raise BadSetting(f"{name} is refused in production: remove it from the settings.")


_ACCOUNT = ("TENCENT_SECRET_ID", "TENCENT_SECRET_KEY")

_MERCHANT = (
    "WECHATPAY_MCH_ID",
    "WECHATPAY_CERT_SERIAL",
    "WECHATPAY_PRIVATE_KEY_FILE",
    "WECHATPAY_API_V3_KEY",
)

_GROUPS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (_ACCOUNT, ()),
    (("TENCENT_SMS_APP_ID", "TENCENT_SMS_SIGN", "TENCENT_SMS_CODE_TEMPLATE"), _ACCOUNT),
    (("TENCENT_FACE_RULE",), _ACCOUNT),
    (("TENCENT_OCR",), _ACCOUNT),
    (_MERCHANT, ()),
    (("WECHATPAY_PUBLIC_KEY_ID", "WECHATPAY_PUBLIC_KEY_FILE"), _MERCHANT),
    (("WECHATPAY_PLATFORM_CERTS",), _MERCHANT),
)
"""Settings that are of use together only, and what they stand on, which asks for nothing more."""


def _refuse_half(settings: Settings) -> None:
    names = {name for group in _GROUPS for part in group for name in part}
    there = {name for name in names if getattr(settings, name.lower())}
    for own, base in _GROUPS:
        first = next((name for name in own if name in there), None)
        missing = [name for name in (*own, *base) if name not in there]
        if first and missing:
            raise BadSetting(f"{first} needs {' and '.join(missing)} beside it: set all or none.")
    if "WECHATPAY_MCH_ID" in there and not there & {
        "WECHATPAY_PUBLIC_KEY_ID",
        "WECHATPAY_PLATFORM_CERTS",
    }:
        raise BadSetting(
            "WECHATPAY_MCH_ID needs WECHATPAY_PUBLIC_KEY_ID and WECHATPAY_PUBLIC_KEY_FILE, or"
            " WECHATPAY_PLATFORM_CERTS, beside it: by them WeChat Pay is believed."
        )


def _environment(value: str) -> Environment:
    known: tuple[Environment, ...] = get_args(Environment)
    for name in known:
        if value == name:
            return name
    raise BadSetting(f"WELDMATE_ENV is {value!r}: write production, demo or test.")


def _token(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]{3,32}", value):
        raise BadSetting("WECHAT_TOKEN must be 3 to 32 letters and digits, as WeChat demands.")
    return value


def _aes_key(name: str, value: str) -> str:
    if not value and name != "WECHAT_AES_KEY":
        return ""
    try:
        good = len(value) == 43 and len(base64.b64decode(value + "=")) == 32
    except (binascii.Error, ValueError):
        good = False
    if not good:
        raise BadSetting(f"{name} must be the 43 characters of the EncodingAESKey.")
    return value


def _openids(name: str, value: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
    if not all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", openid) for openid in found):
        raise BadSetting(f"{name}: write openids of followers with commas between, or nothing.")
    return found


def _flag(environ: Mapping[str, str], name: str) -> bool:
    value = environ.get(name, "").lower()
    if value in {"", "0", "no", "false"}:
        return False
    if value in {"1", "yes", "true"}:
        return True
    raise BadSetting(f"{name} is {value!r}: write 1 or 0.")


def _number(environ: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    value = environ.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise BadSetting(f"{name} is {value!r}: write a whole number from {low} to {high}.")
    return int(value)


def _url(name: str, value: str) -> str:
    value = value.strip().rstrip("/")
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port beyond the ports, a bracket without its other half
        good = False
    if not good or re.search(r"\s", value):
        raise BadSetting(f"{name} is {value!r}: write a full address, such as https://host.")
    return value


def _bind(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not _is_port(port):
        raise BadSetting(f"BIND is {value!r}: write host:port, such as 127.0.0.1:8080.")
    return value


def _is_port(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,5}", text)) and 0 < int(text) < 65536


_SERVER = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\s/?:\[\]]*)(?::(?P<port>[^/?]*))?(?:[/?].*)?")
"""Host and port of a store's address, behind user and password."""


def _store(name: str, value: str, schemes: tuple[str, ...]) -> str:
    """Check a store's address without ever showing it: it may hold a password."""
    value = value.strip()
    if not value.startswith(schemes):
        raise BadSetting(f"{name} must begin with {' or '.join(schemes)}")
    if value.startswith("sqlite"):
        if value.removeprefix("sqlite:///") in {"", ":memory:"}:
            raise BadSetting(f"{name} must name a file, such as sqlite:///var/weldmate.sqlite")
        return value
    server = _SERVER.fullmatch(value.partition("://")[2].rpartition("@")[2])
    if server is None:
        raise BadSetting(f"{name} holds no host that can be read: write scheme://host:port/name")
    if server["port"] is not None and not _is_port(server["port"]):
        raise BadSetting(f"{name}: the port must be a number from 1 to 65535")
    return value


def _folder(value: str) -> Path | None:
    if not value:
        return None
    path = Path(value)
    if not path.is_dir():
        raise BadSetting(f"CONTENT_DIR is {value!r}: there is no such folder.")
    return path
