"""The merchant whose till the sandbox plays, and the settings of his account."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.state import State

MODES = ("public_key", "certificates", "migrating")
"""With which keys WeChat signs: one public key, platform certificates, or both for a while."""


@dataclass(frozen=True, slots=True)
class Merchant:
    """What an operator copies from the merchant console. Raises ValueError with a sentence."""

    mch_id: str
    serial: str
    """Of his API certificate: 40 hexadecimal digits."""
    api_v3_key: str = field(repr=False)
    public_key_id: str
    folder: Path
    """Where keys and certificates lie for him."""
    name: str = "焊工培训中心"
    """What the payer reads on the sheet."""

    def __post_init__(self) -> None:
        """Check what was copied."""
        if not re.fullmatch(r"\d{8,10}", self.mch_id, re.ASCII):
            raise ValueError("the merchant id must be 8 to 10 digits")
        if not re.fullmatch(r"[0-7][0-9A-F]{39}", self.serial):
            raise ValueError("the merchant's serial must be 40 signs 0-9A-F, the first 0 to 7")
        if not re.fullmatch(r"[0-9A-Za-z]{32}", self.api_v3_key, re.ASCII):
            raise ValueError("the API v3 key must be 32 letters and digits")
        if not re.fullmatch(r"PUB_KEY_ID_\d{1,40}", self.public_key_id, re.ASCII):
            raise ValueError("the public key id must be PUB_KEY_ID_ and digits")


DEFAULTS: dict[str, Any] = {
    "mode": "public_key",
    "migrating_share": 0.5,  # of notices signed with the public key while it migrates
    "refund_seconds": 5,
    "notify": True,
    "signtest_chance": 0,
    "balance_fen": None,  # without limit
}


class Settings:
    """What can be set while the sandbox runs."""

    def __init__(self, state: State) -> None:
        self._state = state

    def all(self) -> dict[str, Any]:
        """Return every setting."""
        return {**DEFAULTS, **(self._state.get("pay_settings", "") or {})}

    def __getitem__(self, name: str) -> Any:
        return self.all()[name]

    def change(self, row: dict[str, Any]) -> None:
        """Change some. Raises ValueError with a sentence; then none is changed."""
        for name, value in row.items():
            if name not in DEFAULTS:
                raise ValueError(f"settings are: {', '.join(DEFAULTS)}.")
            if not _good(name, value):
                raise ValueError(f"{name} cannot be {value!r}.")
        with self._state.turn():
            self._state.put("pay_settings", "", {**self.all(), **row})


def _good(name: str, value: Any) -> bool:
    if name == "mode":
        return value in MODES
    if name == "notify":
        return isinstance(value, bool)
    if name == "balance_fen":
        return value is None or (type(value) is int and 0 <= value < 10**12)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 <= value <= (31_536_000 if name == "refund_seconds" else 1)
