"""Short speech made into text (SentenceRecognition 2019-06-14).

A welder of the sandbox "says" what stands behind the head of his AMR file:
``POST …/messages {"type": "voice", "words": …}`` puts it there.
"""

from __future__ import annotations

import base64
import binascii

from sandbox.cloud.call import Refused, Row
from sandbox.world import World

AMR = b"#!AMR\n"

LONGEST = 3 << 20
"""Bytes of Base64 in one request (SentenceRecognition: at most 3 MB)."""

FORMATS = {"amr", "mp3", "wav", "m4a", "aac", "ogg-opus", "speex"}


def recognise(_world: World, row: Row) -> Row:
    """Hear what is said in a file."""
    if row.get("SourceType") != 1 or not row.get("Data"):
        raise Refused("MissingParameter", "Data and SourceType 1 are needed")
    if row.get("VoiceFormat") not in FORMATS:
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
