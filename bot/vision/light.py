"""How sharp and how light a picture is, in plain figures."""

from __future__ import annotations

import cv2
import numpy as np

from bot.vision.ocr import LONGEST, Picture

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


def red_alone(picture: Picture) -> Picture:
    """Return the red of a picture as grey: red stamps are nearly gone, black print stays."""
    return cv2.cvtColor(picture[:, :, 2], cv2.COLOR_GRAY2BGR).astype(np.uint8)


def turned_back(picture: Picture, angle: float) -> Picture:
    """Turn a picture so that what lies at an angle (degrees, clockwise) lies straight."""
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    grown = round(height * sin + width * cos), round(height * cos + width * sin)
    scale = min(1.0, LONGEST / max(grown))
    matrix[:, 2] += (grown[0] - width) / 2, (grown[1] - height) / 2
    size = round(grown[0] * scale), round(grown[1] * scale)
    flat = cv2.warpAffine(picture, matrix * scale, size, flags=cv2.INTER_LINEAR)
    return flat.astype(np.uint8, copy=False)
