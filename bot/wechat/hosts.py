"""HTTP with the platform's hosts: time-outs, fail-over, and an answer of bounded size."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import requests

from bot.ports import SendFailed

TIMEOUT = (2.0, 4.0)
"""Seconds to connect, and to wait for the next bytes."""

WHOLE_S = 30.0
"""Seconds for the whole of an answer, however slowly it drips."""

LARGEST = 1 << 20
"""Bytes of an answer, unless a call wants a file."""

JSON = {"Content-Type": "application/json; charset=utf-8"}

PART = 1 << 16

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``repeatable``: made twice it has one effect, so a cut may be tried again."""

    method: str
    path: str
    body: bytes | None = None
    file: tuple[str, bytes, str] | None = None
    """Name, content and MIME type: sent as the form field ``media``, in place of a body."""
    query: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True
    largest: int = LARGEST

    def cut(self) -> SendFailed:
        """Make the error of a call without an answer: perhaps it had its effect."""
        log.warning("wechat call cut: %s", self.path)
        nature = "retry" if self.repeatable else "unknown"
        return SendFailed(nature, 0, "cut after the request")


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back, whole."""

    status: int
    content_type: str
    content: bytes


class Hosts:
    """The addresses of one API, tried in turn while none can be reached."""

    def __init__(self, bases: Sequence[str]) -> None:
        self._bases = bases
        self._local = threading.local()

    def exchange(self, call: Call, secrets: Mapping[str, str]) -> Answered:
        """Call the first host that can be reached; ``secrets`` join the query.

        Raises ``SendFailed``: cut, no host, or an answer larger than the call allows.
        """
        for base in self._bases:
            try:
                return self._call(base, call, secrets)
            except requests.exceptions.RequestException as error:
                if not _never_arrived(error):
                    raise call.cut() from None
                log.warning("wechat host unreachable for %s", call.path)
        raise SendFailed("retry", 0, "no host reachable")

    def _call(self, base: str, call: Call, secrets: Mapping[str, str]) -> Answered:
        with self._session().request(
            call.method,
            f"{base}{call.path}",
            params={**call.query, **secrets},
            data=call.body,
            timeout=TIMEOUT,
            headers=JSON if call.file is None else None,
            files=None if call.file is None else {"media": call.file},
            stream=True,
        ) as response:
            if response.status_code >= 500:
                raise call.cut()
            content = _read(response, call)
        return Answered(response.status_code, response.headers.get("Content-Type", ""), content)

    def _session(self) -> requests.Session:
        session = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = False
        return session


def _read(response: requests.Response, call: Call) -> bytes:
    """Read part by part: what is announced of a size is not believed."""
    until = time.monotonic() + WHOLE_S
    content = bytearray()
    for part in response.iter_content(PART):
        content += part
        if len(content) > call.largest:
            too_large = SendFailed("never", 0, f"larger than {call.largest} bytes")
            raise too_large if call.repeatable else call.cut()
        if time.monotonic() > until:
            raise call.cut()
    return bytes(content)


def _never_arrived(error: Exception) -> bool:
    """Tell a connection that was never made from one cut after the request."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    text = repr(error)
    return "NewConnectionError" in text or "NameResolutionError" in text
