"""The keys between a merchant and WeChat Pay, read from files once; a change asks for a new start.

Two kinds of keys prove what WeChat says: the public key of newer merchants, and platform
certificates. While a merchant is moved from one to the other both sign, for a week, so all
that are known are held side by side under the name that comes with each signature
(https://pay.weixin.qq.com/doc/v3/merchant/4012154180).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from bot.config import BadSetting, Settings

KEY_ID_PREFIX = "PUB_KEY_ID_"

_UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm)
"""What cryptography says to a file that is no PEM, or one that wants a password."""


@dataclass(frozen=True, slots=True)
class Keys:
    """A merchant's keys, and those by which WeChat is believed."""

    merchant: str
    serial: str
    """Of the merchant's certificate: WeChat looks up by it how our signature is to be proved."""
    private: RSAPrivateKey = field(repr=False)
    sealing: bytes = field(repr=False)
    """The APIv3 key, 32 bytes: what notices are sealed with."""
    public: Mapping[str, RSAPublicKey] = field(repr=False)
    """Who signs for WeChat, by ``Wechatpay-Serial`` (see ``named``)."""
    public_key_id: str = ""
    """Asked for by each request in public-key mode; empty: certificates sign."""

    def signer(self, serial: str) -> RSAPublicKey | None:
        """Return the key that a signature names, or None for one that is not known."""
        return self.public.get(named(serial))


def read_keys(settings: Settings) -> Keys:
    """Read all keys of the settings. Raises ``BadSetting``."""
    public: dict[str, RSAPublicKey] = {}
    if settings.wechatpay_platform_certs:
        for path, certificate in certificates(settings.wechatpay_platform_certs):
            public[named(path.stem)] = _rsa(certificate.public_key(), path, _CERTS)
    if settings.wechatpay_public_key_id:
        public[_key_id(settings.wechatpay_public_key_id)] = _public(settings)
    return Keys(
        merchant=_merchant(settings.wechatpay_mch_id),
        serial=_serial(settings.wechatpay_cert_serial),
        private=_private(settings),
        sealing=_sealing(settings.wechatpay_api_v3_key),
        public=public,
        public_key_id=settings.wechatpay_public_key_id,
    )


def named(serial: str) -> str:
    """Return the name a key is kept under: a number may be written with zeros before it."""
    return serial.lstrip("0")


def serial_of(certificate: x509.Certificate) -> str:
    """Return a certificate's serial number as WeChat writes it: forty capital hex digits."""
    return f"{certificate.serial_number:040X}"


_CERTS = "WECHATPAY_PLATFORM_CERTS"


def certificates(folder: Path) -> Iterator[tuple[Path, x509.Certificate]]:
    """Yield the platform certificates of a folder, each in SERIAL.pem. Raises ``BadSetting``."""
    paths = sorted(folder.glob("*.pem"))
    if not paths:
        raise BadSetting(
            f"{_CERTS}: {folder} holds no SERIAL.pem: lay WeChat's certificates there."
        )
    for path in paths:
        certificate = _certificate(path)
        if named(path.stem) != named(serial_of(certificate)):
            raise BadSetting(f"{_CERTS}: {path} must be named {serial_of(certificate)}.pem.")
        yield path, certificate


def _certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(_content(path, _CERTS))
    except _UNREADABLE:
        raise BadSetting(f"{_CERTS}: {path} is no certificate in PEM.") from None


def _private(settings: Settings) -> RSAPrivateKey:
    name, path = "WECHATPAY_PRIVATE_KEY_FILE", settings.wechatpay_private_key_file
    if path is None:
        raise BadSetting(f"{name} is not set: it is apiclient_key.pem of the merchant platform.")
    try:
        key = serialization.load_pem_private_key(_content(path, name), None)
    except _UNREADABLE:
        raise BadSetting(f"{name}: {path} is no private key in PEM without a password.") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < _BITS:
        raise BadSetting(f"{name}: {path} is no RSA key of {_BITS} bits or more.")
    return key


def _public(settings: Settings) -> RSAPublicKey:
    name, path = "WECHATPAY_PUBLIC_KEY_FILE", settings.wechatpay_public_key_file
    if path is None:
        raise BadSetting(f"{name} is not set: it is pub_key.pem of the merchant platform.")
    try:
        return _rsa(serialization.load_pem_public_key(_content(path, name)), path, name)
    except _UNREADABLE:
        raise BadSetting(f"{name}: {path} is no public key in PEM.") from None


_BITS = 2048


def _rsa(key: object, path: Path, setting: str) -> RSAPublicKey:
    if not isinstance(key, RSAPublicKey) or key.key_size < _BITS:
        raise BadSetting(f"{setting}: {path} holds no RSA key of {_BITS} bits or more.")
    return key


def _content(path: Path, setting: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadSetting(f"{setting}: {path}: {error.strerror}.") from None


def _merchant(value: str) -> str:
    if not re.fullmatch(r"[0-9]{8,10}", value):
        raise BadSetting("WECHATPAY_MCH_ID must be the merchant's number, 8 to 10 digits.")
    return value


def _serial(value: str) -> str:
    if not re.fullmatch(r"[0-9A-F]{16,40}", value):
        raise BadSetting("WECHATPAY_CERT_SERIAL must be 40 hex digits, letters in capitals.")
    return value


def _key_id(value: str) -> str:
    if not re.fullmatch(rf"{KEY_ID_PREFIX}[0-9A-Za-z]{{1,100}}", value):
        raise BadSetting(f"WECHATPAY_PUBLIC_KEY_ID must begin with {KEY_ID_PREFIX}.")
    return value


def _sealing(value: str) -> bytes:
    key = value.encode("utf-8", "surrogateescape")
    if len(key) != 32:
        raise BadSetting(f"WECHATPAY_API_V3_KEY must be 32 bytes; it has {len(key)}.")
    return key
