"""Short messages (SendSms 2021-01-11): they appear on the phone of who typed the number last."""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

from sandbox.clock import iso
from sandbox.cloud.call import Refused, Row, text
from sandbox.world import World

LIMITS = (
    (30, 1, "LimitExceeded.PhoneNumberThirtySecondLimit"),
    (3600, 5, "LimitExceeded.PhoneNumberOneHourLimit"),
)
"""Seconds, messages to one number within them, and what the next one is told."""

A_DAY = 10
"""To one number in a day of Shanghai: what carriers let through. A new account begins with 2."""

SHANGHAI = timezone(timedelta(hours=8))

_NUMBER = re.compile(r"(?<!\d)(?:\+?86[\s\-–—]*)?(1[3-9](?:[\s\-–—]*\d){9})(?!\d)", re.ASCII)

_MAINLAND = re.compile(r"(?:\+|00)?(?:86)?(1[3-9]\d{9})", re.ASCII)


def note_numbers(world: World, openid: str, words: str) -> None:
    """Remember whose phone numbers these are: of who typed them last."""
    for found in _NUMBER.finditer(unicodedata.normalize("NFKC", words)):
        number = re.sub(r"\D", "", found[1])
        world.state.put("typed", number, {"openid": openid})


def send(world: World, row: Row) -> Row:
    """Send one text to up to 200 numbers; each has its own outcome."""
    numbers = row.get("PhoneNumberSet")
    if not isinstance(numbers, list) or not numbers:
        raise Refused("MissingParameter.EmptyPhoneNumberSet", "PhoneNumberSet is empty")
    if len(numbers) > 200:
        raise Refused("LimitExceeded.PhoneNumberCountLimit", "more than 200 numbers")
    if not re.fullmatch(r"\d{10}", text(row, "SmsSdkAppId")):
        raise Refused("UnauthorizedOperation.SmsSdkAppIdVerifyFail", "no such SmsSdkAppId")
    with world.state.turn():
        return {"SendStatusSet": [_send_one(world, row, str(number)) for number in numbers]}


def _send_one(world: World, row: Row, number: str) -> Row:
    status: Row = {"SerialNo": "", "PhoneNumber": number, "Fee": 0}
    status |= {"SessionContext": row.get("SessionContext") or "", "IsoCode": "CN"}
    try:
        found = _MAINLAND.fullmatch(number)
        if found is None:
            raise Refused("InvalidParameterValue.IncorrectPhoneNumber", "incorrect phone number")
        words = _words(world, row)
        _check_limits(world, found[1])
    except Refused as error:
        return {**status, "Code": error.code, "Message": str(error)}
    serial = f"2028:{secrets.randbelow(10**17):017d}"
    _deliver(world, found[1], {"serial": serial, "text": words, "template": row["TemplateId"]})
    return {**status, "SerialNo": serial, "Fee": 1, "Code": "Ok", "Message": "send success"}


def _words(world: World, row: Row) -> str:
    template = world.state.get("template", text(row, "TemplateId"))
    if template is None or template["kind"] != "sms":
        code = "FailedOperation.TemplateIncorrectOrUnapproved"
        raise Refused(code, "template is not approved or does not exist")
    sign, values = str(row.get("SignName") or ""), row.get("TemplateParamSet") or []
    if not 2 <= len(sign) <= 12:
        code = "FailedOperation.SignatureIncorrectOrUnapproved"
        raise Refused(code, "signature is not approved")
    wanted = set(re.findall(r"\{(\d+)\}", template["text"]))
    if wanted != {str(n) for n in range(1, len(values) + 1)}:
        code = "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"
        raise Refused(code, "the values do not match the template")
    if template.get("code") and not all(re.fullmatch(r"\d{0,6}", str(one)) for one in values):
        code = "InvalidParameterValue.TemplateParameterFormatError"
        raise Refused(code, "a code template takes up to 6 digits")
    filled = re.sub(r"\{(\d+)\}", lambda found: str(values[int(found[1]) - 1]), template["text"])
    return f"【{sign}】{filled}"


def _check_limits(world: World, number: str) -> None:
    now = world.clock.seconds()
    sent = [entry["at"] for entry in world.state.entries("sms_to", number)]
    for seconds, most, code in LIMITS:
        if sum(at > now - seconds for at in sent) >= most:
            raise Refused(code, "the frequency limit of this number is reached")
    if sum(_day(at) == _day(now) for at in sent) >= A_DAY:
        code = "LimitExceeded.PhoneNumberDailyLimit"
        raise Refused(code, "the daily limit of this number is reached")


def _day(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone(SHANGHAI):%F}"


def _deliver(world: World, number: str, message: Row) -> None:
    owner = world.state.get("typed", number)
    openid = owner["openid"] if owner else None
    world.state.append("sms_to", number, {"at": world.clock.seconds()})
    row = {"at": iso(world.clock.now()), "phone": number, "openid": openid, **message}
    world.state.append("sms", "", row)
    if openid:
        world.timeline.add(openid, "account", "sms", {"text": message["text"]})
