"""Real-name checks by face (faceid 2018-03-01): whoever is at the page says how it ends."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Blueprint, make_response, redirect, render_template_string, request
from werkzeug.wrappers import Response

from sandbox.cloud.call import Refused, Row, text
from sandbox.state import Thing
from sandbox.world import World

LIVES_S = 7200
"""How long a token may be used for a check."""

KEPT_S = 3 * 86400
"""How long its result may be asked for."""

PAGE = Path(__file__).parent / "face.html"

RESULTS = {"pass": (0, "成功"), "fail": (2016, "无法判断为同一人，请确认身份后重试")}
"""Documented codes of a check that is over (cloud.tencent.com/document/product/1007/31082)."""


def begin(world: World, row: Row) -> Row:
    """DetectAuth: open a check. Every name is believed to belong to every good number."""
    rule, name = text(row, "RuleId", 32), text(row, "Name", 32)
    number, back = text(row, "IdCard", 18), row.get("RedirectUrl") or ""
    if not re.fullmatch(r"\d{17}[\dX]", number, re.ASCII):
        raise Refused("InvalidParameterValue", "IdCard must be 17 digits and a digit or X")
    if not isinstance(back, str) or len(back) > 1024:
        raise Refused("InvalidParameterValue", "RedirectUrl is longer than 1024")
    token = str(uuid.uuid4()).upper()
    check: Thing = {"token": token, "rule": rule, "name": name, "number": number, "back": back}
    check |= {"at": world.clock.seconds(), "result": None}
    world.state.put("face", token, check)
    return {"Url": f"{world.account.base_url}/face/{token}", "BizToken": token}


def result(world: World, row: Row) -> Row:
    """GetDetectInfoEnhanced: tell how a check ended; null where it has not."""
    check = world.state.get("face", text(row, "BizToken"))
    if check is None or check["rule"] != text(row, "RuleId", 32):
        raise Refused("InvalidParameterValue.BizTokenIllegal", "the BizToken is illegal")
    if world.clock.seconds() - check["at"] > KEPT_S:
        raise Refused("InvalidParameterValue.BizTokenExpired", "the BizToken has expired")
    kinds = str(row.get("InfoType") or "0")
    told = _told(check) if "0" in kinds or "1" in kinds else None
    pictures = dict.fromkeys(("IdCardData", "BestFrame", "VideoData", "Encryption"))
    return {"Text": told, **pictures, "EncryptedBody": "", "IsVerifyIntention": False}


def _told(check: Thing) -> Row:
    code, words = RESULTS[check["result"]] if check["result"] else (None, None)
    done = check["result"] is not None
    return {
        "ErrCode": code,
        "ErrMsg": words,
        "IdCard": check["number"],
        "Name": check["name"],
        "LiveStatus": 0 if done else None,
        "LiveMsg": "成功" if done else None,
        "Comparestatus": code,
        "Comparemsg": words,
        "Sim": {"pass": "96.80", "fail": "31.20"}.get(check["result"]),
        "Extra": "",
        "LivenessDetail": [],
    }


def face_page(world: World) -> Blueprint:
    """Make the page that stands for the camera."""
    blueprint = Blueprint("face", __name__)

    @blueprint.get("/face/<token>")
    def show(token: str) -> Response:
        return _page(world, world.state.get("face", token))

    @blueprint.post("/face/<token>")
    def decide(token: str) -> Response:
        check, choice = world.state.get("face", token), request.form.get("result", "")
        if check is None or (choice in RESULTS and _state(world, check) != "open"):
            return _page(world, check)
        if choice in RESULTS:
            world.state.put("face", token, {**check, "result": choice})
        if not check["back"]:
            return _page(world, world.state.get("face", token))
        return redirect(_back(check))

    return blueprint


def _page(world: World, check: Thing | None) -> Response:
    state = _state(world, check)
    page = render_template_string(
        PAGE.read_text(encoding="utf-8"), check=check, state=state, back=check and _back(check)
    )
    answer = make_response(page, 404 if check is None else 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _state(world: World, check: Thing | None) -> str:
    if check is None:
        return "unknown"
    if check["result"] == "pass":
        return "passed"
    return "open" if world.clock.seconds() - check["at"] <= LIVES_S else "late"


def _back(check: Thing) -> str:
    """Return the caller's address with the token in its query."""
    parts = urlsplit(check["back"])
    query = [*parse_qsl(parts.query, keep_blank_values=True), ("BizToken", check["token"])]
    return urlunsplit(parts._replace(query=urlencode(query))) if check["back"] else ""
