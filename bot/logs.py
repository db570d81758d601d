"""Log lines: one line each, and nothing in them that names a person or a secret.

The mask is in the records themselves: whoever handles one (our handler, gunicorn's, a library's
own) finds it masked, message, arguments and traceback. What Python prints when nothing catches
an exception goes through it too.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
import traceback
from types import TracebackType
from typing import Any

_FOLDED: dict[int, str] = {
    **{0xFF10 + n: str(n) for n in range(10)},
    **dict.fromkeys((0xFF38, 0xFF58), "X"),
    **dict.fromkeys((0xA0, *range(0x2000, 0x200B), 0x202F, 0x3000), " "),
    **dict.fromkeys((*range(0x2010, 0x2016), 0x2212, 0xFF0D), "-"),
    **dict.fromkeys((0xFF0B,), "+"),
}
"""Full-width digits and signs, and what stands between digits, as they are matched and logged."""

_ESCAPED = re.compile(r"\\uff1([0-9])")
"""A full-width digit in JSON."""

# \b will not do: a Chinese sign, a letter or an underscore may stand beside a number


def _apart(*digits: str) -> str:
    """Return a pattern of digits between which a space or two may stand."""
    return "[ -]{0,2}".join(digits)


_D = r"\d"
_CENTURY = f"(?:{_apart('1', '[89]')}|{_apart('2', '0')})"
_MONTH = f"(?:{_apart('0', '[1-9]')}|{_apart('1', '[0-2]')})"
_DAY = f"(?:{_apart('0', '[1-9]')}|{_apart('[12]', _D)}|{_apart('3', '[01]')})"
_ID_NUMBER = "|".join(
    (
        _apart("[1-8]", *[_D] * 5, _CENTURY, _D, _D, _MONTH, _DAY, _D, _D, _D, "[0-9Xx]")
        + r"(?![\dXx])",
        r"\d{17}[\dXx](?![\dXx])",  # mistyped or misread, it still tells who it is
        r"[1-8]\d{5}[ -]?\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]?\d{3}(?!\d)",  # old
    )
)
_PHONE = (
    r"(?:(?:\+|00)?86[ -]?)?"
    r"(?!\d{10}[ -])"  # an instant in seconds, and a number behind it
    + _apart("1", "[3-9]", *[_D] * 9)
    + r"(?!\d)"
)
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

_TOO_TALKATIVE = (
    "alembic",
    "apscheduler",
    "dramatiq",
    "tencentcloud_sdk_common",  # whole requests, at DEBUG
    "urllib3",
    "werkzeug",
)


def masked(text: str) -> str:
    """Hide whatever names a person or opens a door; leave every other sign as it is."""
    text = _ESCAPED.sub(r"\1", text)
    folded = text.translate(_FOLDED)  # sign for sign, so that places are the same in both
    for pattern, mask in _SECRETS:
        for found in reversed(list(pattern.finditer(folded))):
            hidden = found.expand(mask)
            text = text[: found.start()] + hidden + text[found.end() :]
            folded = folded[: found.start()] + hidden + folded[found.end() :]
    return text


class MaskedRecord(logging.LogRecord):
    """A record that holds nothing unmasked: it is put into words when it is made."""

    def __init__(self, *parts: Any, **named: Any) -> None:
        super().__init__(*parts, **named)
        self.msg, self.args = masked(_words(self)), ()
        if self.exc_info and self.exc_info[0] is not None:
            self.exc_text = masked("".join(traceback.format_exception(*self.exc_info))).rstrip()
        self.exc_info = None
        if self.stack_info:
            self.stack_info = masked(self.stack_info)


def _words(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:
        return f"{record.msg!r}, and arguments that do not fit"


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
    """Send every log line of this process through the mask, and every uncaught exception."""
    logging.setLogRecordFactory(MaskedRecord)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Masked("%(asctime)sZ %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _TOO_TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.excepthook = _tell
    threading.excepthook = lambda lost: _tell(lost.exc_type, lost.exc_value, lost.exc_traceback)
    sys.unraisablehook = lambda lost: _tell(lost.exc_type, lost.exc_value, lost.exc_traceback)


def _tell(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    """Print what nothing caught, as Python would, but masked."""
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    sys.stderr.write(masked("".join(traceback.format_exception(kind, error, trace))))
    sys.stderr.flush()
