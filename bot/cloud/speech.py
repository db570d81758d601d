"""Tencent Cloud's recognition of short speech (SentenceRecognition): at most 60 s, in one request.

WeChat's own recognition has been empty since 2023. The SDK signs and sends; it is imported
here alone, and only by the worker.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tencentcloud.asr.v20190614 import asr_client, models
from tencentcloud.common import credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

from bot.ports import NotRecognised

ENGINE = "16k_zh_dialect"
"""Mandarin with Sichuan speech in it; WeChat records at 8 or 16 kHz, the service adapts."""

TIMEOUT_S = 10

TRY_AGAIN = ("FailedOperation.ServiceIsolate", "InternalError", "RequestLimitExceeded")
"""Codes, or beginnings of codes, that say the same request may go through later."""


@dataclass(frozen=True, slots=True)
class Tencent:
    """Implements ``ports.Recogniser``."""

    secret_id: str = field(repr=False)
    secret_key: str = field(repr=False)
    base: str

    def listen(self, sound: bytes, format: str) -> str:
        """Return what is said, or nothing. Raises ``NotRecognised``."""
        request = models.SentenceRecognitionRequest()
        request.EngSerViceType = ENGINE
        request.SourceType = 1
        request.VoiceFormat = format
        request.Data = base64.b64encode(sound).decode()
        request.DataLen = len(sound)
        try:
            answer = self._client().SentenceRecognition(request)
        except TencentCloudSDKException as error:
            code = str(error.code)
            again = code.startswith(("ClientNetworkError", *TRY_AGAIN))
            raise NotRecognised(code, again=again) from None
        return str(answer.Result or "").strip()

    def _client(self) -> asr_client.AsrClient:
        address = urlsplit(self.base)
        http = HttpProfile(protocol=address.scheme, endpoint=address.netloc, reqTimeout=TIMEOUT_S)
        held = credential.Credential(self.secret_id, self.secret_key)
        return asr_client.AsrClient(held, "", ClientProfile(httpProfile=http))
