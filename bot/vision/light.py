"""How sharp and how light a picture is, in plain figures."""

from __future__ import annotations

import cv2
import numpy as np

from bot.vision.ocr import Picture

SHARP = 200.0
"""Edges of a picture of 1200 pixels: a strong blur gives 116 to 160, all else 265 and more."""

DARK = 40.0
"""Mean light, of 255, below which print and paper drown alike."""


def edges(picture: Picture) -> float:
    """Return the 99.5th percentile of Sobel's magnitude, noise taken out by a median of 3."""
    grey = cv2.medianBlur(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), 3)
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    return float(np.percentile(cv2.magnitude(across, down), 99.5))


def light(picture: Picture) -> float:
    """Return the mean light, 0 to 255."""
    return float(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).mean())
