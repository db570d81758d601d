"""Log lines: one line each, and nothing in them that names a person or a secret."""

from __future__ import annotations

import logging
import re
import sys
import time

_SECRETS = (
    (re.compile(r"\b\d{6}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dXx]\b"), "<id number>"),
    (re.compile(r"\bo[A-Za-z0-9_-]{26,29}\b"), "<openid>"),
    (re.compile(r"(access_token|secret|signature|openid|code)=[^&\s\"']+"), r"\1=<hidden>"),
    (re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"), "<phone>"),
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
