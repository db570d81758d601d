"""A stand-in for Tencent Cloud's API 3.0: so far, short speech made into text.

Requests are signed (TC3-HMAC-SHA256, cloud.tencent.com/document/api/1093/35641) and refused
like the real ones. A welder of the sandbox "says" what stands behind the head of his AMR
file: ``POST …/messages {"type": "voice", "words": …}`` puts it there.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import time
from typing import Any

from flask import Blueprint, Response, jsonify, request

SECRET_ID = "sandbox-cloud-id"  # noqa: S105

SECRET_KEY = "sandbox-cloud-key"  # noqa: S105  # opens nothing but this stand-in

AMR = b"#!AMR\n"

FRESH_S = 300

LONGEST = 3 << 20
"""Bytes of Base64 in one request (SentenceRecognition: at most 3 MB)."""

_AUTHORISED = re.compile(
    r"TC3-HMAC-SHA256 Credential=(?P<id>[^/]+)/(?P<date>[\d-]+)/(?P<service>\w+)/tc3_request, "
    r"SignedHeaders=(?P<signed>[\w;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)


class Refused(Exception):
    """An error as the cloud names it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def cloud() -> Blueprint:
    """Make the door: one address for every action, named in a header."""
    door = Blueprint("cloud", __name__)

    @door.post("/")
    def act() -> Response:
        answer: dict[str, Any]
        try:
            _check_signature(time.time())
            answer = _recognise(request.get_json(force=True, silent=True))
        except Refused as error:
            answer = {"Error": {"Code": error.code, "Message": str(error)}}
        return jsonify(Response={**answer, "RequestId": secrets.token_hex(16)})

    return door


def _check_signature(now: float) -> None:
    found = _AUTHORISED.fullmatch(request.headers.get("Authorization", ""))
    if found is None:
        raise Refused("AuthFailure.SignatureFailure", "no TC3 signature")
    if found["id"] != SECRET_ID:
        raise Refused("AuthFailure.SecretIdNotFound", "unknown SecretId")
    stamp = request.headers.get("X-TC-Timestamp", "0")
    if not stamp.isdecimal() or abs(now - int(stamp)) > FRESH_S:
        raise Refused("AuthFailure.SignatureExpire", "the timestamp is stale")
    if not hmac.compare_digest(_signature(found, stamp), found["signature"]):
        raise Refused("AuthFailure.SignatureFailure", "the signature is wrong")


def _signature(found: re.Match[str], stamp: str) -> str:
    names = found["signed"].split(";")
    headers = "".join(f"{name}:{request.headers.get(name, '').strip().lower()}\n" for name in names)
    whole = "\n".join(
        ["POST", "/", "", headers, found["signed"], hashlib.sha256(request.get_data()).hexdigest()]
    )
    scope = f"{found['date']}/{found['service']}/tc3_request"
    digest = hashlib.sha256(whole.encode()).hexdigest()
    text = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
    key = b"TC3" + SECRET_KEY.encode()
    for part in (found["date"], found["service"], "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def _recognise(row: Any) -> dict[str, Any]:
    if request.headers.get("X-TC-Action") != "SentenceRecognition":
        raise Refused("InvalidAction", "the sandbox knows SentenceRecognition alone")
    if not isinstance(row, dict) or row.get("SourceType") != 1 or not row.get("Data"):
        raise Refused("MissingParameter", "Data and SourceType 1 are needed")
    if row.get("VoiceFormat") not in {"amr", "mp3", "wav", "m4a", "aac", "ogg-opus", "speex"}:
        raise Refused("InvalidParameterValue.ErrorVoiceFormat", "no such VoiceFormat")
    if len(str(row["Data"])) > LONGEST:
        raise Refused("InvalidParameterValue.ErrorVoicedataTooLong", "more than 3 MB")
    try:
        sound = base64.b64decode(str(row["Data"]), validate=True)
    except (binascii.Error, ValueError):
        raise Refused("InvalidParameterValue.ErrorInvalidVoicedata", "no Base64") from None
    if row.get("DataLen") != len(sound):
        raise Refused("InvalidParameterValue.ErrorDataLen", "DataLen differs")
    words = sound.removeprefix(AMR).decode("utf-8", "ignore")
    return {"Result": words, "AudioDuration": 1000 * max(1, len(words) // 4)}


def spoken(words: str) -> bytes:
    """Return a sound file in which the stand-in hears these words."""
    return AMR + words.encode()
