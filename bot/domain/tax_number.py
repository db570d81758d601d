"""The number of a firm on an invoice: the unified social credit code (GB 32100-2015)."""

from __future__ import annotations

import re

from bot.domain.spelling import visible

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
MODULUS = 31


def read_tax_number(text: str) -> str | None:
    """Return the code, tidied; None unless it is 18 signs and its check sign is right."""
    tidy = "".join(visible(text).split()).upper().replace("-", "")
    if not re.fullmatch(rf"[{SIGNS}]{{18}}", tidy):
        return None
    return tidy if check_sign(tidy[:17]) == tidy[17] else None


def check_sign(body: str) -> str:
    """Return the check sign of the first 17 signs."""
    total = sum(SIGNS.index(sign) * weight for sign, weight in zip(body, WEIGHTS, strict=True))
    return SIGNS[-total % MODULUS]
