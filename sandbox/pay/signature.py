"""RSA-SHA256 over lines, and AES-256-GCM (WeChat Pay: 签名生成, 证书和回调报文解密)."""

from __future__ import annotations

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def sign(key: RSAPrivateKey, *lines: bytes | str) -> str:
    """Sign lines, each ended by a line feed; Base64."""
    return base64.b64encode(key.sign(_message(lines), PKCS1v15(), SHA256())).decode()


def signed(key: RSAPublicKey, signature: str, *lines: bytes | str) -> bool:
    """Whether a signature belongs to the lines."""
    try:
        raw = base64.b64decode(signature, validate=True)
        key.verify(raw, _message(lines), PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _message(lines: tuple[bytes | str, ...]) -> bytes:
    return b"".join((line.encode() if isinstance(line, str) else line) + b"\n" for line in lines)


def nonce(length: int = 32) -> str:
    """Make random letters and digits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def seal(api_v3_key: str, text: str, associated: str) -> dict[str, str]:
    """Encrypt as in every ``resource`` and ``encrypt_certificate``."""
    once = nonce(12)
    sealed = AESGCM(api_v3_key.encode()).encrypt(once.encode(), text.encode(), associated.encode())
    return {
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(sealed).decode(),
        "associated_data": associated,
        "nonce": once,
    }
