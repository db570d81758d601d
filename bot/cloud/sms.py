"""Tencent Cloud's short messages (SendSms), to one number of mainland China at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tencentcloud.sms.v20210111.models import SendSmsRequest
from tencentcloud.sms.v20210111.sms_client import SmsClient

from bot.cloud.service import Refused, Service, garbled, refusal
from bot.ports import NotSent

REGION = "ap-guangzhou"
"""One must be named; it says nothing of where the phone is."""

_MAINLAND = re.compile(r"(?:\+86)?(1[3-9][0-9]{9})")

_REASONS = {
    "LimitExceeded.PhoneNumberThirtySecondLimit": "too_soon",
    "LimitExceeded.DeliveryFrequencyLimit": "too_many",
    "LimitExceeded.PhoneNumberDailyLimit": "too_many",
    "LimitExceeded.PhoneNumberOneHourLimit": "too_many",
    "LimitExceeded.PhoneNumberSameContentDailyLimit": "too_many",
    "FailedOperation.PhoneNumberInBlacklist": "barred",
    "FailedOperation.PhoneNumberParseFail": "number",
    "InvalidParameterValue.IncorrectPhoneNumber": "number",
}
"""What concerns his number, and not our account."""


@dataclass(frozen=True, slots=True)
class TencentSms:
    """Implements ``ports.ShortMessages``. A message that timed out may have gone out."""

    service: Service
    app_id: str
    sign: str

    def send(self, phone: str, template: str, values: Sequence[str]) -> str:
        """Send one and return the service's serial number. Raises ``NotSent``."""
        found = _MAINLAND.fullmatch(phone)
        if found is None:
            raise NotSent("number", again=False)
        request = SendSmsRequest()
        request.PhoneNumberSet = [f"+86{found[1]}"]
        request.SmsSdkAppId = self.app_id
        request.SignName = self.sign
        request.TemplateId = template
        request.TemplateParamSet = list(values)
        try:
            return _serial(self.service.ask(SmsClient, "SendSms", request))
        except Refused as error:
            reason = _REASONS.get(error.code, error.code)
            raise NotSent(reason, again=error.again) from None


def _serial(answer: Any) -> str:
    """Return the serial number of the one message. Raises ``Refused``."""
    statuses = answer.SendStatusSet or []
    if len(statuses) != 1 or not statuses[0].Code:
        raise garbled()
    if statuses[0].Code != "Ok":
        raise refusal(str(statuses[0].Code))
    return str(statuses[0].SerialNo or "")
