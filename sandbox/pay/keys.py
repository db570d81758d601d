"""The three RSA pairs: the merchant's, WeChat's public-key pair, the platform certificate's."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from sandbox.pay.merchant import Merchant

BEGINS = datetime(2020, 1, 1, tzinfo=UTC)
"""Before any instant at which a sandbox's clock may begin."""
LIVES = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key of WeChat's and the serial by which the bot finds its other half."""

    serial: str
    key: RSAPrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keys:
    """What WeChat holds."""

    merchant: RSAPublicKey
    """Of the merchant's API certificate: checks his requests and his ``paySign``."""
    by_public_key: Signer
    by_certificate: Signer
    certificate: x509.Certificate


def open_keys(merchant: Merchant) -> Keys:
    """Read the keys of the folder, made if they are not there. Raises ValueError."""
    folder = merchant.folder
    if not (folder / "platform" / "certificate_key.pem").exists():
        _make(merchant)
    mine = x509.load_pem_x509_certificate((folder / "merchant_cert.pem").read_bytes())
    if mine.serial_number != int(merchant.serial, 16):
        raise ValueError(f"{folder} holds the keys of a merchant with another serial")
    found = sorted((folder / "certificates").glob("*.pem"))
    if not found:
        raise ValueError(f"{folder / 'certificates'} holds no certificate")
    public = mine.public_key()
    assert isinstance(public, RSAPublicKey)
    return Keys(
        public,
        Signer(merchant.public_key_id, _read(folder / "platform" / "public_key_pair.pem")),
        Signer(found[0].stem, _read(folder / "platform" / "certificate_key.pem")),
        x509.load_pem_x509_certificate(found[0].read_bytes()),
    )


def _make(merchant: Merchant) -> None:
    """Lay down what the merchant console hands out, and WeChat's own halves."""
    folder = merchant.folder
    for room in (folder, folder / "certificates", folder / "platform"):
        room.mkdir(parents=True, exist_ok=True)
        room.chmod(0o700)
    for left in (folder / "certificates").glob("*.pem"):
        left.unlink()  # of a start that was broken off
    own, pair, platform = (rsa.generate_private_key(65537, 2048) for _ in range(3))
    serial = f"{secrets.randbits(157) | 1 << 157:040X}"
    _write(folder / "merchant_key.pem", _private(own))
    _write(folder / "merchant_cert.pem", _certificate(own, merchant.serial, merchant.mch_id))
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    pem = pair.public_key().public_bytes(serialization.Encoding.PEM, spki)
    _write(folder / "platform_public_key.pem", pem)
    name = "Tenpay.com sign"
    _write(folder / "certificates" / f"{serial}.pem", _certificate(platform, serial, name))
    _write(folder / "platform" / "public_key_pair.pem", _private(pair))
    # The last one: its presence says that all are there.
    _write(folder / "platform" / "certificate_key.pem", _private(platform))


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


def _read(path: Path) -> RSAPrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    return key


def _private(key: RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _certificate(key: RSAPrivateKey, serial: str, common_name: str) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    builder = x509.CertificateBuilder(name, name, key.public_key(), int(serial, 16))
    dated = builder.not_valid_before(BEGINS).not_valid_after(datetime.now(UTC) + LIVES)
    return dated.sign(key, SHA256()).public_bytes(serialization.Encoding.PEM)
