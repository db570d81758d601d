"""The cloud's door: one address for every action, named in a header."""

from __future__ import annotations

import time
import uuid
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.cloud import face, id_card, sms, speech
from sandbox.cloud.call import Action, Refused, Row
from sandbox.cloud.signature import check_signature
from sandbox.serving import Rules, serve_faulty
from sandbox.world import World

ACTIONS: dict[str, Action] = {
    "SentenceRecognition": Action("asr", "2019-06-14", speech.recognise),
    "SendSms": Action("sms", "2021-01-11", sms.send, regional=True),
    "DetectAuth": Action("faceid", "2018-03-01", face.begin),
    "GetDetectInfoEnhanced": Action("faceid", "2018-03-01", face.result),
    "IDCardOCR": Action("ocr", "2018-11-19", id_card.read),
}

KINDS = {"slow", "http_500", "code", "garbage", "cut_before", "cut_after"}


def cloud(world: World) -> Blueprint:
    """Make the door of one world."""
    blueprint = Blueprint("cloud", __name__)

    @blueprint.post("/")
    def act() -> Response:
        name = request.headers.get("X-TC-Action", "")
        return serve_faulty(world, "cloud", name, KINDS, lambda rules: _answer(world, name, rules))

    return blueprint


def _answer(world: World, name: str, rules: Rules) -> Response:
    if "garbage" in rules:
        return Response("<html>502 Bad Gateway", content_type="text/html")
    answer: Row
    try:
        action = _action(name)
        check_signature(action.service, time.time())
        if fault := rules.get("code"):
            raise Refused(fault["code"], "a fault of the sandbox")
        answer = action.work(world, _parameters())
    except Refused as error:
        answer = {"Error": {"Code": error.code, "Message": str(error)}}
    return jsonify(Response={**answer, "RequestId": str(uuid.uuid4())})


def _action(name: str) -> Action:
    action = ACTIONS.get(name)
    if action is None:
        raise Refused("InvalidAction", f"the sandbox knows {', '.join(ACTIONS)}")
    if request.headers.get("X-TC-Version") != action.version:
        raise Refused("NoSuchVersion", f"{name} is an action of {action.version}")
    if action.regional and not request.headers.get("X-TC-Region"):
        raise Refused("MissingParameter", "The request is missing a required parameter `Region`.")
    return action


def _parameters() -> Row:
    row: Any = request.get_json(force=True, silent=True)
    if not isinstance(row, dict):
        raise Refused("InvalidParameter", "the body is no JSON object")
    return row
