"""What one welder sees in the chat: numbered bubbles of both sides."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sandbox.clock import Clock, iso
from sandbox.state import State

Bubble = dict[str, Any]

TROUBLE = "该公众号提供的服务出现故障，请稍后再试"

_ANCHOR = re.compile(r"<a\b([^>]*)>(.*?)</a>", re.DOTALL | re.IGNORECASE)
_PRINTED = re.compile(r"(\d{1,2})[.．、]")
_HREF = re.compile(r"""href\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))""", re.IGNORECASE)


def read_text(markup: str) -> tuple[str, list[Bubble], list[Bubble]]:
    """Split a text into the words a welder reads, the links and the choices he can tap."""
    links: list[Bubble] = []
    choices: list[Bubble] = []

    def anchor(found: re.Match[str]) -> str:
        href = _HREF.search(found[1])
        words = html.unescape(found[2])
        address = html.unescape(next((part for part in href.groups() if part), "")) if href else ""
        if address.startswith("weixin://bizmsgmenu"):
            choices.append(_choice(words, address))
        elif address:
            links.append({"text": words, "href": address})
        return found[2]

    text = html.unescape(_ANCHOR.sub(anchor, markup))
    _number(choices)
    return text, links, choices


def _number(choices: list[Bubble]) -> None:
    """Give each choice the number it is printed with; those without one come after."""
    taken = {choice["n"] for choice in choices}
    free = (n for n in range(1, len(choices) * 2 + 1) if n not in taken)
    seen: set[int] = set()
    for choice in choices:
        if not choice["n"] or choice["n"] in seen:
            choice["n"] = next(free)
        seen.add(choice["n"])


def _choice(words: str, address: str) -> Bubble:
    query = parse_qs(urlsplit(address).query, keep_blank_values=True)
    content = query.get("msgmenucontent", [words])[0]
    printed = _PRINTED.match(words)
    n = int(printed[1]) if printed else 0
    return {"n": n, "text": words, "content": content, "id": query.get("msgmenuid", ["0"])[0]}


class Timeline:
    """The bubbles of all welders."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    def add(self, openid: str, sender: str, via: str | None, bubble: Bubble) -> Bubble:
        """Show a bubble; it gets its number and the virtual time."""
        whole: Bubble = {
            "n": 0,
            "at": iso(self._clock.now()),
            "from": sender,
            "via": via,
            "type": "text",
            "text": "",
            "links": [],
            "choices": [],
            "card": None,
            "media": None,
            **bubble,
        }
        self._state.append("timeline", openid, whole)
        return whole

    def after(self, openid: str, n: int = 0) -> list[Bubble]:
        """Return the bubbles with a number above ``n``."""
        return self._state.entries("timeline", openid, n)

    def last_choices(self, openid: str) -> list[Bubble]:
        """Return the choices of the last account bubble that has any."""
        for bubble in reversed(self.after(openid)):
            if bubble["from"] == "account" and bubble["choices"]:
                choices: list[Bubble] = bubble["choices"]
                return choices
        return []


def text_bubble(markup: str) -> Bubble:
    """Make a text with its links and choices; ``markup`` keeps it as the account sent it."""
    text, links, choices = read_text(markup)
    return {"type": "text", "text": text, "links": links, "choices": choices, "markup": markup}
