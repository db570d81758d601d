"""A welder's browser without a screen: opens a link as he would, OAuth and all."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import requests

from sandbox.world import World

LONGEST = 200_000


class NoPage(Exception):
    """The page did not open."""


def open_page(world: World, openid: str, url: str) -> dict[str, Any]:
    """Follow every redirect from the link and return the page. Raises ``NoPage``."""
    start = f"{world.account.base_url}/open?{urlencode({'openid': openid, 'url': url})}"
    with requests.Session() as session:
        session.trust_env = False
        session.headers["User-Agent"] = "Mozilla/5.0 MicroMessenger/8.0.50 Language/zh_CN"
        try:
            answer = session.get(start, timeout=10)
        except requests.RequestException as error:
            raise NoPage(type(error).__name__) from error
    answer.encoding = answer.encoding or "utf-8"
    body = answer.text[:LONGEST]
    title = re.search(r"<title>(.*?)</title>", body, re.DOTALL | re.IGNORECASE)
    return {
        "status": answer.status_code,
        "url": answer.url,
        "title": unescape(title[1].strip()) if title else "",
        "body": body,
    }
