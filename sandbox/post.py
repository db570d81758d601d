"""One HTTP POST that ends within a hard limit, however slowly the other side drips."""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

Cut = Literal["cut_before", "cut_after"]

XML = {"Content-Type": "text/xml"}

_LARGEST = 1 << 20


class NoAnswer(Exception):
    """The try failed without an HTTP answer; the text is ``timeout``, ``refused`` or ``cut``."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body."""

    status: int
    body: bytes


class _Read:
    """What ``HTTPResponse`` needs of a socket, over bytes already read."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._raw)


def post(
    url: str,
    body: bytes,
    seconds: float,
    cut: Cut | None = None,
    headers: Mapping[str, str] = XML,
) -> Answer:
    """Send and read. ``cut`` breaks the connection on purpose. Raises ``NoAnswer``."""
    until = time.monotonic() + seconds
    parts = urlsplit(url)
    try:
        with _connect(parts.scheme, parts.hostname or "", parts.port, seconds) as sock:
            request = _request(url, body, headers)
            if cut == "cut_before":
                sock.sendall(request[: len(request) // 2])
                raise NoAnswer("cut")
            sock.sendall(request)
            if cut == "cut_after":
                # Half-closing first lets the bot read the request in full, then find nobody.
                sock.shutdown(socket.SHUT_WR)
                _wait_until_read(sock, until)
                raise NoAnswer("cut")
            return _parse(_receive(sock, until))
    except TimeoutError as error:
        raise NoAnswer("timeout") from error
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer("refused") from error


def _connect(scheme: str, host: str, port: int | None, seconds: float) -> socket.socket:
    secure = scheme == "https"
    sock = socket.create_connection((host, port or (443 if secure else 80)), timeout=seconds)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if secure:
        return ssl.create_default_context().wrap_socket(sock, server_hostname=host)
    return sock


def _request(url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    parts = urlsplit(url)
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return (
        f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: Mozilla/4.0\r\n"
        f"Accept: */*\r\n{more}Content-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    ).encode() + body


def _wait_until_read(sock: socket.socket, until: float) -> None:
    """Give the bot the time to begin; leave as soon as it says anything."""
    sock.settimeout(max(0.01, min(0.2, until - time.monotonic())))
    try:
        sock.recv(1)
    except TimeoutError:
        return


def _receive(sock: socket.socket, until: float) -> bytes:
    raw = b""
    while not _whole(raw):
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        sock.settimeout(left)
        part = sock.recv(65536)
        if not part:
            break
        raw += part
        if len(raw) > _LARGEST:
            break
    return raw


def _whole(raw: bytes) -> bool:
    head, gap, body = raw.partition(b"\r\n\r\n")
    if not gap:
        return False
    length = re.search(rb"(?im)^content-length:\s*(\d+)", head)
    if length:
        return len(body) >= int(length[1])
    return b"chunked" in head.lower() and body.endswith(b"0\r\n\r\n")


def _parse(raw: bytes) -> Answer:
    response = http.client.HTTPResponse(_Read(raw))  # type: ignore[arg-type]
    response.begin()
    return Answer(response.status, response.read())
