"""A thin client of WeChat's API: a shared token, one bounded retry, typed errors.

wechatpy's client is not used: it recurses on a refused token (973 calls were counted),
has no lock, no time-out on token calls and no stable_token.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any, cast

from bot.config import Settings
from bot.ports import Clock, SendFailed, SharedCache
from bot.wechat.errors import INVALID_TOKEN, failed
from bot.wechat.hosts import Answered, Call, Hosts
from bot.wechat.token import Broker

Answer = Mapping[str, Any]

log = logging.getLogger(__name__)


class Api:
    """Calls the platform for one account; every method raises ``SendFailed``."""

    def __init__(self, settings: Settings, cache: SharedCache, clock: Clock) -> None:
        self._settings = settings
        self._hosts = Hosts(settings.wechat_api_base)
        name = settings.wechat_app_id
        self._token = Broker(f"token:{name}", self._fetch_token, cache, clock)
        self._ticket = Broker(f"ticket:{name}", self._fetch_ticket, cache, clock)

    def post(self, path: str, row: Mapping[str, Any], *, repeatable: bool = False) -> Answer:
        """Call with a JSON body and the token.

        ``repeatable``: the same call twice has one effect, so a cut connection may be tried
        again; otherwise it is unknown whether it had its effect.
        """
        body = json.dumps(row, ensure_ascii=False).encode(errors="replace")
        return self._asked(Call("POST", path, body, repeatable=repeatable))

    def get(self, path: str, **query: str) -> Answer:
        """Call with a query and the token."""
        return self._asked(Call("GET", path, query=query))

    def upload(self, path: str, name: str, content: bytes, mime: str, **query: str) -> Answer:
        """Send a file as the form field ``media``, with the token."""
        return self._asked(Call("POST", path, file=(name, content, mime), query=query))

    def download(self, path: str, largest: int, **query: str) -> Answer | Answered:
        """Get a file of at most so many bytes; or the object that came in its place."""
        call = Call("GET", path, query=query, largest=largest)
        answered, answer = self._authorised(call)
        if answer is not None:
            return _checked(call, answer)
        if answered.status != 200 or answered.content_type.startswith("text/"):
            raise call.cut()  # a page of a box between
        return answered

    def ticket(self) -> str:
        """Return the ticket that signs pages for the JS-SDK."""
        return self._ticket.get()

    def _asked(self, call: Call) -> Answer:
        return _checked(call, self._authorised(call)[1])

    def _authorised(self, call: Call) -> tuple[Answered, Answer | None]:
        """Call with the token; with another one, once, when the platform refuses it."""
        token = self._token.get()
        for last in (False, True):
            answered = self._hosts.exchange(call, {"access_token": token})
            answer = _parsed(answered)
            if answer and _code(answer) in INVALID_TOKEN and not last:
                token = self._token.replace(token)
                continue
            return answered, answer
        raise AssertionError("the second try returns")

    def _fetch_token(self, force: bool) -> tuple[str, int]:
        row = {
            "grant_type": "client_credential",
            "appid": self._settings.wechat_app_id,
            "secret": self._settings.wechat_app_secret,
            "force_refresh": force,
        }
        call = Call("POST", "/cgi-bin/stable_token", json.dumps(row).encode())
        answer = _checked(call, _parsed(self._hosts.exchange(call, {})))
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
        call = Call("GET", "/sns/oauth2/access_token")
        answer = _checked(call, _parsed(self._hosts.exchange(call, query)))
        return None if answer.get("is_snapshotuser") else needed(answer, "openid")


def _parsed(answered: Answered) -> Answer | None:
    """Read an object as the platform writes it; None for what came from a box between."""
    if answered.content.lstrip()[:1] != b"{":
        return None
    try:
        answer = cast(Answer, json.loads(answered.content))
        _code(answer)
    except (ValueError, TypeError, ArithmeticError, RecursionError):
        return None
    return answer


def _checked(call: Call, answer: Answer | None) -> Answer:
    """Return an answer that is one, and no error."""
    if answer is None:
        raise call.cut()
    if code := _code(answer):
        error = failed(code, str(answer.get("errmsg", "")))
        log.warning("wechat refused %s: %s (%s)", call.path, error.code, error.nature)
        raise error
    return answer


def _code(answer: Answer) -> int:
    return int(answer.get("errcode") or 0)


def needed(answer: Answer, name: str) -> str:
    """Return a field that must be there. Raises ``SendFailed``."""
    if not (value := answer.get(name)):
        raise SendFailed("retry", 0, f"no {name} in the answer")
    return str(value)


def _lived(answer: Answer, name: str) -> tuple[str, int]:
    """Return a secret and the seconds it lives."""
    seconds = needed(answer, "expires_in")
    if not seconds.isdecimal():
        raise SendFailed("retry", 0, "no lifetime in the answer")
    return needed(answer, name), int(seconds)
