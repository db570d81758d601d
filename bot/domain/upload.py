"""A photo sent in pieces: how large it may be, how it is cut, what its first bytes tell."""

from __future__ import annotations

LARGEST = 12 * 1024 * 1024
"""Bytes of one photo."""

CHUNK = 256 * 1024
"""Bytes of one piece; what is lost when a connection drops."""

HEAD = 12
"""Bytes that are enough to tell what a file says it is."""


def looks_like_photo(head: bytes) -> bool:
    """Tell whether a file begins as JPEG, PNG or WebP do; whoever decodes it has the last word."""
    if head[:4] == b"RIFF":
        return head[8:12] == b"WEBP"
    return head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
