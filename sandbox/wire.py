"""The signed and encrypted envelope round every message (WeChat: 消息加解密说明)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 32  # PKCS#7 with a block of 32, though AES works in blocks of 16


class BadEnvelope(Exception):
    """An envelope which WeChat would not accept; the text says why."""


def sign(*parts: str) -> str:
    """SHA-1 over the sorted parts: ``signature`` (three parts), ``msg_signature`` (four)."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 the protocol's


def signed(signature: str, *parts: str) -> bool:
    """Whether a signature belongs to the parts."""
    return hmac.compare_digest(sign(*parts).encode(), signature.encode())


class Envelope:
    """Seals and opens with one account's EncodingAESKey."""

    def __init__(self, aes_key: str, app_id: str) -> None:
        if not re.fullmatch(r"[A-Za-z0-9+/]{43}", aes_key):
            raise ValueError("the AES key must be the 43 characters of the EncodingAESKey")
        self._key = base64.b64decode(aes_key + "=")
        self._app_id = app_id.encode()

    def seal(self, text: str, random: bytes | None = None) -> str:
        """Encrypt: 16 random bytes, length, message, app id, padding."""
        message = text.encode()
        head = random or secrets.token_hex(8).encode()
        plain = head + struct.pack(">I", len(message)) + message + self._app_id
        pad = _BLOCK - len(plain) % _BLOCK
        encryptor = self._cipher().encryptor()
        sealed = encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()
        return base64.b64encode(sealed).decode()

    def open(self, sealed: str) -> str:
        """Decrypt, and check everything that can be wrong. Raises ``BadEnvelope``."""
        try:
            raw = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadEnvelope("Encrypt is not Base64") from error
        if not raw or len(raw) % 16:
            raise BadEnvelope("Encrypt is not a whole number of AES blocks")
        decryptor = self._cipher().decryptor()
        plain = decryptor.update(raw) + decryptor.finalize()
        return self._message(_unpad(plain))

    def _message(self, plain: bytes) -> str:
        if len(plain) < 20:
            raise BadEnvelope("the message is cut short")
        (length,) = struct.unpack(">I", plain[16:20])
        message, app_id = plain[20 : 20 + length], plain[20 + length :]
        if len(message) != length:
            raise BadEnvelope("the length does not fit the message")
        if app_id != self._app_id:
            raise BadEnvelope("the app id inside is not this account's")
        try:
            return message.decode()
        except UnicodeDecodeError as error:
            raise BadEnvelope("the message is not UTF-8") from error

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))


def _unpad(plain: bytes) -> bytes:
    pad = plain[-1]
    if not 1 <= pad <= _BLOCK or plain[-pad:] != bytes([pad]) * pad:
        raise BadEnvelope("the padding is wrong")
    return plain[:-pad]
