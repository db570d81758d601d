"""Tencent Cloud's recognition of short speech (SentenceRecognition): at most 60 s, in one request.

WeChat's own recognition has been empty since 2023.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from tencentcloud.asr.v20190614.asr_client import AsrClient
from tencentcloud.asr.v20190614.models import SentenceRecognitionRequest

from bot.cloud.service import Refused, Service
from bot.ports import NotRecognised

ENGINE = "16k_zh_dialect"
"""Mandarin with Sichuan speech in it; WeChat records at 8 or 16 kHz, the service adapts."""


@dataclass(frozen=True, slots=True)
class TencentSpeech:
    """Implements ``ports.Recogniser``."""

    service: Service

    def listen(self, sound: bytes, format: str) -> str:
        """Return what is said, or nothing. Raises ``NotRecognised``."""
        request = SentenceRecognitionRequest()
        request.EngSerViceType = ENGINE
        request.SourceType = 1
        request.VoiceFormat = format
        request.Data = base64.b64encode(sound).decode()
        request.DataLen = len(sound)
        try:
            answer = self.service.ask(AsrClient, "SentenceRecognition", request)
        except Refused as error:
            raise NotRecognised(error.code, again=error.again) from None
        return str(answer.Result or "").strip()
