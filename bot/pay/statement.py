"""The day's trade bill of WeChat Pay: unpacked, proved, and read to the last fen.

A line of names, a line for each movement with a back-tick before each value, a line of names,
and a line of sums (https://pay.weixin.qq.com/wiki/doc/apiv3/apis/chapter3_1_6.shtml). Columns
are found by their names, which stand in ``statement.yaml``: one that WeChat adds moves nothing.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml

from bot.domain.statement import Line
from bot.pay.answers import CURRENCY

LARGEST = 100 * 1024 * 1024
"""Bytes of a statement, unpacked: some 400,000 movements."""

_GZIP = b"\x1f\x8b"

_YUAN = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")

_STATE = re.compile(r"[A-Z_]{1,32}")

_BACK = {"CHANGE": "ABNORMAL", "FAIL": "CLOSED"}
"""How a refund ended badly, in the words of the bill and in those of every other answer."""

Row = Mapping[str, str]


class BadStatement(Exception):
    """A statement that cannot be relied on; ``reason`` is a code for logs."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def unpack(content: bytes, digest: str) -> bytes:
    """Unpack a file and prove it by the SHA-1 of what was packed. Raises ``BadStatement``."""
    plain = _unzipped(content) if content.startswith(_GZIP) else content
    if hashlib.sha1(plain).hexdigest() != digest.lower():  # noqa: S324 theirs
        raise BadStatement("hash")
    return plain


def _unzipped(content: bytes) -> bytes:
    zipped = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        plain = zipped.decompress(content, LARGEST + 1)
    except zlib.error:
        raise BadStatement("gzip") from None
    if len(plain) > LARGEST:
        raise BadStatement("size")
    if not zipped.eof or zipped.unused_data:
        raise BadStatement("gzip")
    return plain


def read(plain: bytes, merchant: str, account: str) -> tuple[Line, ...]:
    """Return all movements of an account of ours. Raises ``BadStatement``.

    Those of the merchant's other accounts are no business of ours; the sums hold for all.
    """
    rows, sums = _tables(plain)
    paid = sum(_fen(row, "paid") for row in rows)
    returned = sum(_fen(row, "returned") for row in rows)
    if sums["count"] != str(len(rows)):
        raise BadStatement("count")
    if (paid, returned) != (_fen(sums, "paid"), _fen(sums, "returned")):
        raise BadStatement("sums")
    if any(row["merchant"] != merchant for row in rows):
        raise BadStatement("merchant")
    return tuple(_line(row) for row in rows if row["account"] == account)


def _line(row: Row) -> Line:
    """Read one movement. A state we do not know is told as it is: comparing finds it."""
    if row["currency"] != CURRENCY:
        raise BadStatement("currency")
    if row["refund"].strip("0"):
        state = row["refund_state"]
        line = Line("refund", row["refund"], _fen(row, "returned"), _BACK.get(state, state))
    else:
        line = Line("payment", row["payment"], _fen(row, "paid"), row["state"])
    if not _STATE.fullmatch(line.state):
        raise BadStatement("state")
    if not line.number or line.fen <= 0:
        raise BadStatement("row")
    return line


def _tables(plain: bytes) -> tuple[list[Row], Row]:
    """Return the movements, and the sums at the end."""
    try:
        # not splitlines: what was sold may hold other signs that it breaks at
        lines = plain.decode("utf-8-sig").replace("\r\n", "\n").rstrip("\n").split("\n")
    except UnicodeDecodeError:
        raise BadStatement("text") from None
    if len(lines) < 3 or any(line.startswith("`") for line in (lines[0], lines[-2])):
        raise BadStatement("table")
    rows = list(_table("rows", lines[:-2]))
    (sums,) = _table("sums", lines[-2:])
    return rows, sums


def _table(kind: str, lines: list[str]) -> Iterator[Row]:
    """Yield rows by our names for the columns; values hold commas, names do not."""
    names = lines[0].split(",")
    wanted = _columns()[kind]
    if any(names.count(there) != 1 for there in wanted.values()):
        raise BadStatement("columns")
    places = {name: names.index(there) for name, there in wanted.items()}
    for line in lines[1:]:
        values = line[1:].split(",`")
        if not line.startswith("`") or len(values) != len(names):
            raise BadStatement("row")
        yield {name: values[place].strip() for name, place in places.items()}


@cache
def _columns() -> Mapping[str, Mapping[str, str]]:
    path = Path(__file__).with_suffix(".yaml")
    columns: Mapping[str, Mapping[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return columns


def _fen(row: Row, name: str) -> int:
    if not _YUAN.fullmatch(row[name]):
        raise BadStatement("amount")
    return int(Decimal(row[name]) * 100)
