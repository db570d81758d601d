"""What an operator should mend of a merchant's keys, before the first payment finds it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from bot.config import Settings
from bot.domain.reminders import SHANGHAI
from bot.pay.keys import Keys, certificates, named, read_keys, serial_of
from bot.pay.knock import refusals

SOON = timedelta(days=30)


def pay_problems(settings: Settings, now: datetime) -> Iterator[str]:
    """Yield a sentence for each; nothing is paid by asking. Raises ``BadSetting``."""
    keys = read_keys(settings)
    if path := settings.wechatpay_private_key_file:
        yield from _own(keys, path, now)
    if settings.wechatpay_public_key_id:
        public = keys.public[named(settings.wechatpay_public_key_id)]
        if _fits(keys.private, public):
            yield (
                "WECHATPAY_PUBLIC_KEY_FILE holds the merchant's own key: download WeChat Pay's"
                " (pub_key.pem) beside its id."
            )
    if folder := settings.wechatpay_platform_certs:
        for path, certificate in certificates(folder):
            yield from _dated("WECHATPAY_PLATFORM_CERTS", path, certificate, now)
    yield from refusals(settings, keys, now)


def _own(keys: Keys, key: Path, now: datetime) -> Iterator[str]:
    """Look for the merchant's certificate beside his key (apiclient_cert.pem)."""
    for path in sorted(key.parent.glob("*.pem")):
        certificate = _certificate(path)
        if certificate is None:
            continue
        named_so = named(serial_of(certificate)) == named(keys.serial)
        fits = _fits(keys.private, certificate.public_key())
        if fits and not named_so:
            yield (
                f"WECHATPAY_CERT_SERIAL: {path} is the certificate of the private key, and its"
                f" serial is {serial_of(certificate)}."
            )
        elif named_so and not fits:
            yield f"WECHATPAY_PRIVATE_KEY_FILE: {key} is not the key of {path}."
        elif fits:
            yield from _dated("WECHATPAY_CERT_SERIAL", path, certificate, now)


def _certificate(path: Path) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return None


def _fits(private: RSAPrivateKey, public: object) -> bool:
    mine = private.public_key().public_numbers()
    return isinstance(public, RSAPublicKey) and public.public_numbers() == mine


def _dated(setting: str, path: Path, found: x509.Certificate, now: datetime) -> Iterator[str]:
    begins, ends = found.not_valid_before_utc, found.not_valid_after_utc
    if now < begins:
        yield f"{setting}: {path} is not valid before {_day(begins)}."
    elif now >= ends:
        yield f"{setting}: {path} has been invalid since {_day(ends)}: get a new one."
    elif now >= ends - SOON:
        yield f"{setting}: {path} is valid to {_day(ends)}: get a new one."


def _day(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime("%F")
