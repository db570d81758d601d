"""Log lines: one line each, and nothing in them that names a person or a secret."""

from __future__ import annotations

import logging
import re
import sys
import time

# \b will not do: a Chinese sign, a letter or an underscore may stand beside a number
_MONTH, _DAY = "(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_CENTURY = "(?:18|19|20)"
_ID_NUMBER = "|".join(
    (
        rf"[1-8]\d{{5}}[ -]?{_CENTURY}\d\d{_MONTH}{_DAY}[ -]?\d{{3}}[\dXx](?![\dXx])",
        rf"[1-8]\d{{3}}[ -]\d\d{_CENTURY}[ -]\d\d{_MONTH}[ -]{_DAY}\d\d[ -]\d[\dXx](?![\dXx])",
        rf"[1-8]\d{{5}}[ -]?\d\d{_MONTH}{_DAY}[ -]?\d{{3}}(?!\d)",  # of before 1999
    )
)
_PHONE = r"(?:(?:\+|00)?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"
_NAMED = "access_token|(?:app)?secret|(?:msg_)?signature|openid|ticket"
_LINK = r"\.?(?:WyJ|eJ)[\w-]{16,}(?:\.[\w-]+)+"
"""A link's token is a packed JSON list: that is how it begins."""

_SECRETS = (
    (re.compile(rf'(?<![a-z])((?:{_NAMED})["\']?(?:=|: ?)["\']?)[^&\s"\']+'), r"\1<hidden>"),
    (re.compile(r"(?<![a-z])(code=)[^&\s\"']+"), r"\1<hidden>"),
    (re.compile(r"(://[^:/@\s]*:)\S+@"), r"\1<hidden>@"),
    (re.compile(r"(/(?:consent|upload)/)[^\s?#\"'/]+"), r"\1<link>"),
    (re.compile(_LINK, re.ASCII), "<link>"),
    (re.compile(rf"(?<!\d)(?:{_ID_NUMBER})"), "<id number>"),
    (re.compile(rf"(?<!\d){_PHONE}"), "<phone>"),
    (re.compile(r"(?<![A-Za-z0-9])o(?=[a-z_-]*[A-Z0-9])[A-Za-z0-9_-]{26,}"), "<openid>"),
)


def masked(text: str) -> str:
    """Hide whatever names a person or opens a door."""
    for pattern, mask in _SECRETS:
        text = pattern.sub(mask, text)
    return text


class Masked(logging.Formatter):
    """Formats a record, tracebacks included, and masks what must never be in a log."""

    @staticmethod
    def converter(seconds: float | None) -> time.struct_time:
        """Write times in UTC."""
        return time.gmtime(seconds)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return masked(super().format(record))


def set_up_logs(level: int) -> None:
    """Send every log line through the mask; a handler added later gets it too."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Masked("%(asctime)sZ %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("alembic", "apscheduler", "dramatiq", "urllib3", "werkzeug"):
        logging.getLogger(name).setLevel(logging.WARNING)
