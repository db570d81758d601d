"""ID cards read from photos (IDCardOCR 2018-11-19).

The stand-in cannot read. Photos are made anew on their way, so nothing can be hidden in one:
it answers what it was told to answer next, and else that it could not read.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from sandbox.cloud.call import Refused, Row
from sandbox.world import World

FIELDS = ("Name", "Sex", "Nation", "Birth", "Address", "IdNum", "Authority", "ValidDate")

SIDES = ("FRONT", "BACK")

LARGEST = 10 << 20
"""Signs of Base64 in one request."""

PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM")

WARNINGS = {
    -9100: "InvalidDateWarn",
    -9109: "InvalidDateWarn",
    -9101: "BorderCheckWarn",
    -9105: "BorderCheckWarn",
    -9102: "CopyWarn",
    -9108: "CopyWarn",
    -9103: "ReshootWarn",
    -9104: "TempIdWarn",
    -9106: "DetectPsWarn",
    -9107: "ReflectWarn",
}
"""Each is given only to who asks for it."""

_KNOWN = [str(code) for code in WARNINGS]


def read(world: World, row: Row) -> Row:
    """Read one side of a card."""
    _check_picture(row)
    side, config = row.get("CardSide") or "FRONT", _config(row.get("Config"))
    if side not in SIDES:
        raise Refused("InvalidParameterValue.InvalidParameterValueLimit", "CardSide")
    told = _next(world, side)
    if told is None:
        raise Refused("FailedOperation.OcrFailed", "nothing was read")
    more: Row = {}
    if warnings := [one for one in told["warnings"] if config.get(WARNINGS[one]) is True]:
        more["WarnInfos"] = warnings
    if config.get("Quality") is True:
        more["Quality"] = told["quality"]
    read_of = {name: str(told["fields"].get(name, "")) for name in FIELDS}
    return {**read_of, "AdvancedInfo": json.dumps(more), "ReflectDetailInfos": []}


def _check_picture(row: Row) -> None:
    data = row.get("ImageBase64")
    if not data or not isinstance(data, str):
        raise Refused("MissingParameter", "ImageBase64 is needed: the stand-in fetches nothing")
    if len(data) > LARGEST:
        raise Refused("LimitExceeded.TooLargeFileError", "more than 10 MB")
    try:
        good = base64.b64decode(data, validate=True).startswith(PICTURES)
    except (binascii.Error, ValueError):
        good = False
    if not good:
        raise Refused("FailedOperation.ImageDecodeFailed", "no JPEG, PNG or BMP")


def _config(text: Any) -> Row:
    try:
        config = json.loads(text) if text else {}
    except (TypeError, ValueError):
        config = None
    if not isinstance(config, dict):
        raise Refused("InvalidParameter.ConfigFormatError", "Config is no JSON object")
    return config


def answers(world: World) -> list[Row]:
    """Return what will be answered, the next first."""
    held: list[Row] = (world.state.get("id_card", "next") or {"answers": []})["answers"]
    return held


def tell(world: World, rows: list[Row]) -> None:
    """Add what will be answered next. Raises ValueError with a sentence."""
    checked = [_checked(row) for row in rows]
    with world.state.turn():
        world.state.put("id_card", "next", {"answers": [*answers(world), *checked]})


def _next(world: World, side: str) -> Row | None:
    with world.state.turn():
        held = answers(world)
        found = next((row for row in held if row["side"] == side), None)
        if found is not None:
            found["times"] -= 1
            left = [row for row in held if row["times"] > 0]
            world.state.put("id_card", "next", {"answers": left})
        return found


def _checked(row: Any) -> Row:
    whole: Row = {"fields": {}, "warnings": [], "quality": 90, "times": 1}
    whole |= row if isinstance(row, dict) else {}
    if whole.get("side") not in SIDES:
        raise ValueError("Side must be FRONT or BACK.")
    if not isinstance(whole["fields"], dict) or not set(whole["fields"]) <= set(FIELDS):
        raise ValueError(f"Fields may be: {', '.join(FIELDS)}.")
    warnings = whole["warnings"]
    if not isinstance(warnings, list) or not all(str(one) in _KNOWN for one in warnings):
        raise ValueError(f"Warnings may be: {', '.join(_KNOWN)}.")
    for name, least in (("quality", 0), ("times", 1)):
        if type(whole[name]) is not int or not least <= whole[name] <= 100:
            raise ValueError(f"{name.capitalize()} must be a whole number, {least} to 100.")
    return whole
