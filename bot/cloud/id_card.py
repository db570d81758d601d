"""Tencent Cloud's reading of ID cards (IDCardOCR), as a second opinion.

Sex, nation, birth and address are in the answer too; they are not looked at.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from tencentcloud.ocr.v20181119.models import IDCardOCRRequest
from tencentcloud.ocr.v20181119.ocr_client import OcrClient

from bot.cloud.service import Refused, Service
from bot.domain.photo import NAME_SURE, Field, Paper, PhotoReading
from bot.ports import NotRead

SIDES: dict[Paper, str] = {"id_front": "FRONT", "id_back": "BACK"}

ASKED = (
    "BorderCheckWarn",
    "CopyWarn",
    "DetectPsWarn",
    "InvalidDateWarn",
    "Quality",
    "ReflectWarn",
    "ReshootWarn",
    "TempIdWarn",
)

PROBLEMS = {
    -9106: "altered",
    -9103: "screen",
    -9102: "copy",
    -9108: "copy",
    -9104: "temporary",
    -9100: "dates",
    -9109: "dates",
    -9101: "cut_off",
    -9105: "covered",
    -9107: "glare",
}
"""What the service warns of, the gravest first."""

SHARP = 50
"""The quality, 0 to 100, below which the service itself would not trust a photo."""

SCORE = NAME_SURE - 0.01
"""The service tells no score. A name that only it has read is not beyond a doubt."""

_DAY = re.compile(r"(\d{4})\D?(\d{2})\D?(\d{2})")


@dataclass(frozen=True, slots=True)
class TencentIdCard:
    """Implements ``ports.SecondReader``."""

    service: Service

    def read_id_card(self, photo: bytes, paper: Paper) -> PhotoReading:
        """Read one side of an ID card, as it is printed. Raises ``NotRead``."""
        if paper not in SIDES:
            raise NotRead("no side of an ID card", again=False)
        request = IDCardOCRRequest()
        request.ImageBase64 = base64.b64encode(photo).decode()
        request.CardSide = SIDES[paper]
        request.Config = json.dumps(dict.fromkeys(ASKED, True))
        request.EnableRecognitionRectify = False
        try:
            answer = self.service.ask(OcrClient, "IDCardOCR", request)
        except Refused as error:
            raise NotRead(error.code, again=error.again) from None
        fields = _front(answer) if paper == "id_front" else _back(answer)
        if not fields:
            raise NotRead("nothing was read", again=False)
        return PhotoReading(paper, fields, _problems(answer.AdvancedInfo))


def _front(answer: Any) -> dict[str, Field]:
    read = {"name": _tidy(answer.Name), "id_number": _tidy(answer.IdNum).upper()}
    return {name: Field(value, SCORE) for name, value in read.items() if value}


def _back(answer: Any) -> dict[str, Field]:
    begin, _, end = _tidy(answer.ValidDate).partition("-")
    read = {"valid_from": _day(begin), "valid_to": _day(end)}
    if read["valid_from"] and end and not re.search(r"\d", end):
        read["valid_to"] = "long"
    return {name: Field(value, SCORE) for name, value in read.items() if value}


def _tidy(value: object) -> str:
    return "".join(value.split()) if isinstance(value, str) else ""


def _day(text: str) -> str:
    found = _DAY.fullmatch(text)
    try:
        return str(date(*map(int, found.groups()))) if found else ""
    except ValueError:
        return ""


def _problems(advanced: object) -> tuple[str, ...]:
    """Return what the service warns of; what cannot be understood is no warning."""
    try:
        told = json.loads(str(advanced or "{}"))
        warned, quality = told.get("WarnInfos") or [], told.get("Quality")
    except (AttributeError, ValueError):
        return ()
    codes = warned if isinstance(warned, list) else []
    found = {word: None for code, word in PROBLEMS.items() if code in codes}
    if isinstance(quality, int | float) and quality < SHARP:
        found["blur"] = None
    return tuple(found)
