"""The signed and encrypted envelope (message-push page, "encryption").

Opening is our own, on ``cryptography``: wechatpy 2.0.0a26 checks no padding, compares
signatures with ``!=`` and leaks IndexError and struct.error on a wrong input.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
"""PKCS#7 with a block of 32, though AES itself works in blocks of 16."""

RANDOM, LENGTH = 16, 4


class Refused(Exception):
    """Not from WeChat, or not readable. ``status`` is 400 or 403; ``reason`` is safe to log."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


def sign(*parts: str) -> str:
    """Return SHA-1 over the sorted parts, as the platform defines it."""
    return hashlib.sha1(_bytes("".join(sorted(parts)))).hexdigest()  # noqa: S324 theirs


def check(signature: str, *parts: str) -> None:
    """Compare in constant time. Raises ``Refused(403)``."""
    if not hmac.compare_digest(_bytes(sign(*parts)), _bytes(signature)):
        raise Refused(403, "signature")


def _bytes(text: str) -> bytes:
    """Encode any string, a query's broken one too."""
    return text.encode(errors="surrogatepass")


class Envelope:
    """Seals and opens for one account, with one EncodingAESKey."""

    def __init__(self, aes_key: str, app_id: str) -> None:
        self._key = base64.b64decode(aes_key + "=")
        self._app_id = app_id.encode()

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))

    def seal(self, message: bytes, random: bytes | None = None) -> str:
        """Encrypt: random(16), length, message, app id, padding; Base64."""
        head = (random or secrets.token_bytes(RANDOM)) + len(message).to_bytes(LENGTH, "big")
        plain = head + message + self._app_id
        pad = BLOCK - len(plain) % BLOCK
        encryptor = self._cipher().encryptor()
        sealed = encryptor.update(plain + bytes((pad,)) * pad) + encryptor.finalize()
        return base64.b64encode(sealed).decode()

    def open(self, sealed: str) -> bytes:
        """Decrypt, and check padding, length and app id. Raises ``Refused``."""
        try:
            raw = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError):
            raise Refused(400, "base64") from None
        if not raw or len(raw) % BLOCK:
            raise Refused(400, "blocks")
        decryptor = self._cipher().decryptor()
        plain = decryptor.update(raw) + decryptor.finalize()
        pad = plain[-1]
        if not 1 <= pad <= BLOCK or plain[-pad:] != bytes((pad,)) * pad:
            raise Refused(403, "padding")
        plain = plain[:-pad]
        size = int.from_bytes(plain[RANDOM : RANDOM + LENGTH], "big")
        end = RANDOM + LENGTH + size
        if len(plain) < end:
            raise Refused(403, "length")
        if not hmac.compare_digest(plain[end:], self._app_id):
            raise Refused(403, "app_id")
        return plain[RANDOM + LENGTH : end]
