"""Whether Tencent Cloud would serve this account: asked for what it must refuse, at no cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tencentcloud.asr.v20190614.asr_client import AsrClient
from tencentcloud.asr.v20190614.models import SentenceRecognitionRequest
from tencentcloud.faceid.v20180301.faceid_client import FaceidClient
from tencentcloud.faceid.v20180301.models import GetDetectInfoEnhancedRequest
from tencentcloud.ocr.v20181119.models import IDCardOCRRequest
from tencentcloud.ocr.v20181119.ocr_client import OcrClient
from tencentcloud.sms.v20210111.models import SendSmsRequest
from tencentcloud.sms.v20210111.sms_client import SmsClient

from bot.cloud.service import Refused, Service
from bot.cloud.sms import REGION
from bot.config import Settings

OURS = (
    "AuthFailure",
    "ClientNetworkError",
    "Garbled",
    "InvalidCredential",
    "FailedOperation.ArrearsError",
    "FailedOperation.UnOpenError",
    "InvalidParameterValue.RuleId",
    "ResourceUnavailable",
    "ResourcesSoldOut",
    "ServerNetworkError",
    "UnauthorizedOperation",
)
"""Beginnings of codes that an operator can mend; all others answer the empty request."""


@dataclass(frozen=True, slots=True)
class Door:
    """One service that is configured, and a request that it must refuse."""

    setting: str
    base: str
    client: type
    action: str
    request: object
    region: str = ""


def closed_doors(settings: Settings) -> Iterator[str]:
    """Yield a sentence for each service that does not serve us."""
    for door in _doors(settings):
        held = (settings.tencent_secret_id, settings.tencent_secret_key)
        try:
            Service(*held, door.base, door.region, timeout_s=5).ask(
                door.client, door.action, door.request
            )
        except Refused as error:
            if error.code.startswith(OURS):
                yield f"{door.setting}: Tencent Cloud does not serve us ({error.code})."


def _doors(settings: Settings) -> Iterator[Door]:
    base = settings.tencent_asr_base
    yield Door(
        "TENCENT_ASR_BASE", base, AsrClient, "SentenceRecognition", SentenceRecognitionRequest()
    )
    if settings.tencent_sms_app_id:
        sms = SendSmsRequest()
        sms.PhoneNumberSet, sms.SmsSdkAppId = [], settings.tencent_sms_app_id
        base = settings.tencent_sms_base
        yield Door("TENCENT_SMS_BASE", base, SmsClient, "SendSms", sms, REGION)
    if settings.tencent_face_rule:
        face = GetDetectInfoEnhancedRequest()
        face.BizToken, face.RuleId, face.InfoType = "doctor", settings.tencent_face_rule, "1"
        base = settings.tencent_face_base
        yield Door("TENCENT_FACE_BASE", base, FaceidClient, "GetDetectInfoEnhanced", face)
    if settings.tencent_ocr:
        base = settings.tencent_ocr_base
        yield Door("TENCENT_OCR_BASE", base, OcrClient, "IDCardOCR", IDCardOCRRequest())
