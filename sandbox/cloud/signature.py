"""TC3-HMAC-SHA256, the signature of every request (cloud.tencent.com/document/api/1093/35641)."""

from __future__ import annotations

import hashlib
import hmac
import re

from flask import request

from sandbox.cloud.call import Refused

SECRET_ID = "sandbox-cloud-id"  # noqa: S105

SECRET_KEY = "sandbox-cloud-key"  # noqa: S105  # opens nothing but this stand-in

FRESH_S = 300

_AUTHORISED = re.compile(
    r"TC3-HMAC-SHA256 Credential=(?P<id>[^/]+)/(?P<date>[\d-]+)/(?P<service>\w+)/tc3_request, "
    r"SignedHeaders=(?P<signed>[\w;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)


def check_signature(service: str, now: float) -> None:
    """Check the request at hand; ``now`` is real time, as SDKs sign. Raises ``Refused``."""
    found = _AUTHORISED.fullmatch(request.headers.get("Authorization", ""))
    if found is None or found["service"] != service:
        raise Refused("AuthFailure.SignatureFailure", "no TC3 signature for this service")
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
