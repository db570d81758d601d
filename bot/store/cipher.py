"""What people write is kept encrypted: AES-256-GCM, bound to its column and person."""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12


class Unreadable(Exception):
    """A stored value does not open: another key, another row, or it was altered."""


class Cipher:
    """Seals texts under the newest key of a ring and opens them under any.

    A sealed text is: key number (1 byte), nonce (12), ciphertext with tag. ``place`` names
    table and column; with the person's id it is the associated data, so a value moved to
    another row does not open.
    """

    def __init__(
        self,
        ring: Mapping[int, bytes],
        reread: Callable[[], Mapping[int, bytes]] | None = None,
    ) -> None:
        """``reread`` returns the ring as it is now: a key may have been added meanwhile."""
        self._keys = {number: AESGCM(key) for number, key in ring.items()}
        self._reread = reread
        self._digest_key = hmac.digest(ring[min(ring)], b"weldmate digest", "sha256")

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers of its keys."""
        return frozenset(self._keys)

    @property
    def newest(self) -> int:
        """The number of the key that seals."""
        return max(self._keys)

    def seal(self, text: str, place: str, contact_id: int) -> bytes:
        """Encrypt a text for its place."""
        return self.seal_bytes(text.encode(), place, contact_id)

    def seal_bytes(self, content: bytes, place: str, row_id: int) -> bytes:
        """Encrypt anything for its place and row."""
        nonce, newest = os.urandom(NONCE), self.newest
        sealed = self._keys[newest].encrypt(nonce, content, _bound(place, row_id))
        return bytes((newest,)) + nonce + sealed

    def open(self, sealed: bytes, place: str, contact_id: int) -> str:
        """Decrypt a text of this place. Raises ``Unreadable``."""
        try:
            return self.open_bytes(sealed, place, contact_id).decode()
        except UnicodeDecodeError as error:
            raise Unreadable(f"{place}: no text") from error

    def open_bytes(self, sealed: bytes, place: str, row_id: int) -> bytes:
        """Decrypt anything of this place and row. Raises ``Unreadable``."""
        key = self._key(sealed[0]) if sealed else None
        if key is None:
            raise Unreadable(f"{place}: no such key")
        try:
            nonce, rest = sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
            return key.decrypt(nonce, rest, _bound(place, row_id))
        except (InvalidTag, ValueError) as error:
            raise Unreadable(f"{place}: altered, or of another row") from error

    def _key(self, number: int) -> AESGCM | None:
        """Return a key, also one that was added since this process began."""
        if number not in self._keys and self._reread:
            with suppress(OSError, ValueError):
                ring = self._reread()
                added = {n: AESGCM(key) for n, key in ring.items() if n not in self._keys}
                self._keys = {**self._keys, **added}
        return self._keys.get(number)

    def digest(self, text: str, place: str) -> str:
        """Return a name under which a text can be found again, and not be read.

        It is made with the oldest key: a newer one beside it changes nothing.
        """
        message = f"{place}:{text}".encode()
        return hmac.digest(self._digest_key, message, "sha256").hex()


def _bound(place: str, contact_id: int) -> bytes:
    return f"{place}:{contact_id}".encode()


def read_ring(path: Path) -> dict[int, bytes]:
    """Read the key ring: a line for each key, its number (1 to 255) and 32 bytes in base64.

    A missing file is made, with one new key, readable by its owner alone. Raises ``OSError``
    and ``ValueError``.
    """
    if not path.exists():
        _make(path)
    ring: dict[int, bytes] = {}
    for line in path.read_text(encoding="ascii", errors="replace").splitlines():
        number, _, key = line.partition(" ")
        try:
            ring[int(number)] = base64.b64decode(key, validate=True)
        except ValueError:
            ring[0] = b""
    if not ring or any(len(key) != 32 or not 0 < n < 256 for n, key in ring.items()):
        raise ValueError(f"{path}: each line must be a number (1 to 255) and 32 bytes in base64")
    return ring


def _make(path: Path) -> None:
    """Make the file whole or not at all: two processes may start at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(f"1 {base64.b64encode(os.urandom(32)).decode()}\n", encoding="ascii")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
