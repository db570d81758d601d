"""One key for each application, wrapped by the ring: destroy it, and nothing can be read again."""

from __future__ import annotations

import base64
import os

from bot.store.cipher import Cipher

PLACE = "applications.data_key"


def make(ring: Cipher, application_id: int) -> tuple[Cipher, bytes]:
    """Return a new application's cipher, and its key as it is stored."""
    key = os.urandom(32)
    wrapped = ring.seal(base64.b64encode(key).decode(), PLACE, application_id)
    return Cipher({1: key}), wrapped


def unwrap(ring: Cipher, wrapped: bytes, application_id: int) -> Cipher:
    """Return an application's cipher. Raises ``Unreadable``."""
    return Cipher({1: base64.b64decode(ring.open(wrapped, PLACE, application_id))})


def rewrap(ring: Cipher, wrapped: bytes, application_id: int) -> bytes:
    """Return the stored key under the ring's newest key. Raises ``Unreadable``."""
    return ring.seal(ring.open(wrapped, PLACE, application_id), PLACE, application_id)
