"""Tencent Cloud's real-name check by face (faceid: DetectAuth, GetDetectInfoEnhanced).

Only how a check ended is asked for: no picture, no video, and nothing of them is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import NoneType

from tencentcloud.faceid.v20180301.faceid_client import FaceidClient
from tencentcloud.faceid.v20180301.models import DetectAuthRequest, GetDetectInfoEnhancedRequest

from bot.cloud.service import Refused, Service, garbled
from bot.ports import FaceLink, FaceResult, NotChecked

TEXT_ONLY = "1"

PASSED = 0

UNFINISHED = (None, 17)
"""``ErrCode`` is null until he has shown his face; 17 says that he broke off."""

EXPIRED = "InvalidParameterValue.BizTokenExpired"
"""Nobody can pass any more with a token of three days ago."""


@dataclass(frozen=True, slots=True)
class TencentFace:
    """Implements ``ports.FaceCheck``. A link is good for two hours, a result for three days."""

    service: Service
    rule: str

    def begin(self, name: str, id_number: str, return_url: str) -> FaceLink:
        """Open a check. Raises ``NotChecked``."""
        request = DetectAuthRequest()
        request.RuleId = self.rule
        request.Name = name
        request.IdCard = id_number.upper()  # x is refused
        request.RedirectUrl = return_url
        try:
            answer = self.service.ask(FaceidClient, "DetectAuth", request)
            if not answer.BizToken or not answer.Url:
                raise garbled()
        except Refused as error:
            raise NotChecked(error.code, again=error.again) from None
        return FaceLink(str(answer.BizToken), str(answer.Url))

    def result(self, token: str) -> FaceResult:
        """Ask how a check ended. Raises ``NotChecked``."""
        request = GetDetectInfoEnhancedRequest()
        request.BizToken = token
        request.RuleId = self.rule
        request.InfoType = TEXT_ONLY
        try:
            answer = self.service.ask(FaceidClient, "GetDetectInfoEnhanced", request)
            if answer.Text is None or type(answer.Text.ErrCode) not in {int, NoneType}:
                raise garbled()  # false is no 0: nobody passes by an answer that is none
        except Refused as error:
            if error.code == EXPIRED:
                return FaceResult("failed", EXPIRED)
            raise NotChecked(error.code, again=error.again) from None
        return _ended(answer.Text.ErrCode)


def _ended(code: int | None) -> FaceResult:
    if code in UNFINISHED:
        return FaceResult("open")
    return FaceResult("passed") if code == PASSED else FaceResult("failed", str(code))
