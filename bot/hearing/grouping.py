"""Like with like: texts of one meaning in one group."""

from __future__ import annotations

import numpy as np

from bot.hearing.model import Array

ALIKE = 0.72
"""Cosine from which two texts ask the same thing."""


def groups(vectors: Array) -> list[list[int]]:
    """Return places of (texts, numbers) vectors in groups, the largest first.

    Each text joins the group of the earliest text it is like; the first of a group stands
    for it. One pass: the same order in, the same groups out.
    """
    heads: list[int] = []
    found: list[list[int]] = []
    for at in range(len(vectors)):
        likeness = vectors[heads] @ vectors[at] if heads else np.empty(0, np.float32)
        if len(likeness) and likeness.max() >= ALIKE:
            found[int(likeness.argmax())].append(at)
        else:
            heads.append(at)
            found.append([at])
    return sorted(found, key=len, reverse=True)
