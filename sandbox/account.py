"""The service account which the sandbox plays, and where its bot listens."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Literal

Mode = Literal["safe", "plain"]


@dataclass(frozen=True, slots=True)
class Account:
    """What an operator copies between WeChat's console and his bot."""

    app_id: str
    app_secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    push_url: str
    base_url: str = "http://127.0.0.1:8090"
    mode: Mode = "safe"

    @property
    def name(self) -> str:
        """The original id (``gh_…``): ToUserName of every push."""
        return "gh_" + hashlib.sha256(self.app_id.encode()).hexdigest()[:12]
