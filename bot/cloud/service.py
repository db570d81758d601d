"""What every service of Tencent Cloud has in common: an account, an address, time-outs, refusals.

The SDKs sign and send. They are imported in this room alone, and it is opened by workers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

TIMEOUT_S = 10
"""To connect, and between bytes of the answer."""

_STUMBLED = re.compile(r"(?!Internal|Client|Server)\w+(?:Error|Timeout)")
"""What the SDKs make of an answer that is none: the name of the exception they stumbled over."""

TRY_AGAIN = (
    "ClientNetworkError",
    "ServerNetworkError",
    "InternalError",
    "RequestLimitExceeded",
    "FailedOperation.CompareLibServiceUnavailable",
    "FailedOperation.DbError",
    "FailedOperation.EngineRecognizeTimeout",
    "FailedOperation.RequestLimitExceeded",
    "FailedOperation.ServiceIsolate",
    "FailedOperation.UnKnow",
    "FailedOperation.WarningServiceFailed",
)
"""Codes, or beginnings of codes, that say the same request may go through later."""


class Refused(Exception):
    """A request did not go through; ``again``: the same one may later.

    ``code`` is the service's, or the SDK's where the service was not reached or not understood.
    What the service says beside it is dropped: it may quote names and numbers.
    """

    def __init__(self, code: str, *, again: bool) -> None:
        super().__init__(code)
        self.code = code
        self.again = again


@dataclass(frozen=True, slots=True)
class Service:
    """One service: whose account, its address, and a region where it wants one."""

    secret_id: str = field(repr=False)
    secret_key: str = field(repr=False)
    base: str
    region: str = ""
    timeout_s: float = TIMEOUT_S

    def ask(self, client: type, action: str, request: object) -> Any:
        """Do one action by the SDK's client and return its answer. Raises ``Refused``."""
        address = urlsplit(self.base)
        http = HttpProfile(address.scheme, address.netloc, reqTimeout=self.timeout_s)
        profile = ClientProfile(httpProfile=http)
        try:
            held = Credential(self.secret_id, self.secret_key)
            return getattr(client(held, self.region, profile), action)(request)
        except TencentCloudSDKException as error:
            raise refusal(str(error.code)) from None


def refusal(code: str) -> Refused:
    """Tell by its code whether what was refused may be tried again."""
    if _STUMBLED.fullmatch(code):
        return garbled()
    return Refused(code, again=code.startswith(TRY_AGAIN))


def garbled() -> Refused:
    """Say that an answer came which is none."""
    return Refused("Garbled", again=True)
