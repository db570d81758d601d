"""A thin client of WeChat's API: time-outs everywhere, one bounded retry, typed errors.

wechatpy's client is not used: it recurses on a refused token (973 calls were counted),
has no lock, no time-out on token calls and no stable_token.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping, Sequence
from typing import Any, cast

import requests

from bot.config import Settings
from bot.ports import Clock, SendFailed, SharedCache
from bot.wechat.errors import INVALID_TOKEN, failed
from bot.wechat.token import Broker

TIMEOUT = (2.0, 4.0)
"""Seconds to connect, and to wait for an answer."""

Answer = Mapping[str, Any]

log = logging.getLogger(__name__)


class Api:
    """Calls the platform for one account."""

    def __init__(self, settings: Settings, cache: SharedCache, clock: Clock) -> None:
        self._settings = settings
        self._bases: Sequence[str] = settings.wechat_api_base
        self._local = threading.local()
        name = settings.wechat_app_id
        self._token = Broker(f"token:{name}", self._fetch_token, cache, clock)
        self._ticket = Broker(f"ticket:{name}", self._fetch_ticket, cache, clock)

    def post(self, path: str, row: Mapping[str, Any], *, repeatable: bool = False) -> Answer:
        """Call with a JSON body and the token. Raises ``SendFailed``.

        ``repeatable``: the same call twice has one effect, so a cut connection may be tried
        again; otherwise it is unknown whether it had its effect.
        """
        body = json.dumps(row, ensure_ascii=False).encode(errors="replace")
        return self._authorised("POST", path, body, repeatable)

    def get(self, path: str, **query: str) -> Answer:
        """Call with a query and the token. Raises ``SendFailed``."""
        return self._authorised("GET", path, None, repeatable=True, query=query)

    def ticket(self) -> str:
        """Return the ticket that signs pages for the JS-SDK."""
        return self._ticket.get()

    def _authorised(
        self,
        method: str,
        path: str,
        body: bytes | None,
        repeatable: bool,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        token = self._token.get()
        for last in (False, True):
            answer = self._call(
                method, path, body, repeatable, {**(query or {}), "access_token": token}
            )
            if _code(answer) in INVALID_TOKEN and not last:
                token = self._token.replace(token)
                continue
            return self._checked(path, answer)
        raise AssertionError("the second try returns or raises")

    def _checked(self, path: str, answer: Answer) -> Answer:
        if code := _code(answer):
            error = failed(code, str(answer.get("errmsg", "")))
            log.warning("wechat refused %s: %s (%s)", path, error.code, error.nature)
            raise error
        return answer

    def _call(
        self,
        method: str,
        path: str,
        body: bytes | None,
        repeatable: bool,
        query: Mapping[str, str],
    ) -> Answer:
        """Try each host; go on to the next only if this one could not be reached at all."""
        for base in self._bases:
            try:
                response = self._session().request(
                    method,
                    f"{base}{path}",
                    params=dict(query),
                    data=body,
                    timeout=TIMEOUT,
                    headers={"Content-Type": "application/json; charset=utf-8"},
                )
            except (requests.exceptions.ConnectTimeout, requests.exceptions.ConnectionError) as e:
                if not _never_arrived(e):
                    raise self._cut(path, repeatable) from None
                log.warning("wechat host unreachable for %s", path)
                continue
            except requests.exceptions.RequestException:
                raise self._cut(path, repeatable) from None
            return self._read(path, response, repeatable)
        raise SendFailed("retry", 0, "no host reachable")

    def _cut(self, path: str, repeatable: bool) -> SendFailed:
        log.warning("wechat call cut: %s", path)
        return SendFailed("retry" if repeatable else "unknown", 0, "cut after the request")

    def _read(self, path: str, response: requests.Response, repeatable: bool) -> Answer:
        """Read an answer; one that is not an object as the platform's came from a box between."""
        if response.status_code >= 500:
            raise self._cut(path, repeatable)
        try:
            answer = json.loads(response.content)
            _code(answer)
        except (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError):
            raise self._cut(path, repeatable) from None
        return cast(Answer, answer)

    def _session(self) -> requests.Session:
        session = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = False
        return session

    def _fetch_token(self, force: bool) -> tuple[str, int]:
        row = {
            "grant_type": "client_credential",
            "appid": self._settings.wechat_app_id,
            "secret": self._settings.wechat_app_secret,
            "force_refresh": force,
        }
        body = json.dumps(row).encode()
        path = "/cgi-bin/stable_token"
        answer = self._checked(path, self._call("POST", path, body, True, {}))
        return _lived(answer, "access_token")

    def _fetch_ticket(self, _force: bool) -> tuple[str, int]:
        answer = self.get("/cgi-bin/ticket/getticket", type="jsapi")
        return _lived(answer, "ticket")

    def openid_of(self, code: str) -> str | None:
        """Exchange an OAuth code; None for a snapshot page's virtual user (wechat.md 5)."""
        query = {
            "appid": self._settings.wechat_app_id,
            "secret": self._settings.wechat_app_secret,
            "code": code,
            "grant_type": "authorization_code",
        }
        path = "/sns/oauth2/access_token"
        answer = self._checked(path, self._call("GET", path, None, True, query))
        return None if answer.get("is_snapshotuser") else _field(answer, "openid")


def _code(answer: Answer) -> int:
    return int(answer.get("errcode") or 0)


def _field(answer: Answer, name: str) -> str:
    if not (value := answer.get(name)):
        raise SendFailed("retry", 0, f"no {name} in the answer")
    return str(value)


def _lived(answer: Answer, name: str) -> tuple[str, int]:
    """Return a secret and the seconds it lives."""
    seconds = _field(answer, "expires_in")
    if not seconds.isdecimal():
        raise SendFailed("retry", 0, "no lifetime in the answer")
    return _field(answer, name), int(seconds)


def _never_arrived(error: Exception) -> bool:
    """Tell a connection that was never made from one cut after the request."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    text = repr(error)
    return "NewConnectionError" in text or "NameResolutionError" in text
