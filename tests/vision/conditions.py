"""How welders photograph: what happens to a paper between the table and the file."""

import io

import cv2
import numpy as np
from PIL import Image


def on_a_table(sheet, size=1600):
    """Lay a paper on a table; a screenshot (tall) is a whole picture already."""
    if sheet.height > 1.5 * sheet.width:
        return np.array(sheet)
    scale = 0.84 * size / sheet.width
    paper = np.array(sheet.resize((int(sheet.width * scale), int(sheet.height * scale))))
    height = int(paper.shape[0] / 0.84)
    rng = np.random.default_rng(7)
    streaks = cv2.GaussianBlur(rng.normal(0, 60, (height, 1)), (0, 0), 3)
    table = np.full((height, size, 3), (122, 92, 66), np.float64) + streaks[..., None]
    table = np.clip(table + rng.normal(0, 3, (height, size, 1)), 0, 255).astype(np.uint8)
    top, left = (height - paper.shape[0]) // 2, (size - paper.shape[1]) // 2
    table[top : top + paper.shape[0], left : left + paper.shape[1]] = paper
    return table


def turned(photo, degrees):
    """Turn the camera; the canvas grows so that nothing is cut off."""
    if degrees % 90 == 0:
        return np.ascontiguousarray(np.rot90(photo, degrees // 90))
    height, width = photo.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    grown = int(height * sin + width * cos), int(height * cos + width * sin)
    matrix[:, 2] += (grown[0] - width) / 2, (grown[1] - height) / 2
    return cv2.warpAffine(photo, matrix, grown, borderValue=(110, 85, 60))


def aslant(photo):
    """Look from a corner."""
    height, width = photo.shape[:2]
    flat = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    seen = flat + np.float32([[0.06, 0.09], [-0.02, 0.01], [-0.07, -0.03], [0.01, -0.06]]) * (
        width,
        height,
    )
    matrix = cv2.getPerspectiveTransform(flat, seen.astype(np.float32))
    return cv2.warpPerspective(photo, matrix, (width, height), borderValue=(110, 85, 60))


def blurred(photo, sigma):
    return cv2.GaussianBlur(photo, (0, 0), sigma)


def noisy(photo, sigma, seed=3):
    noise = np.random.default_rng(seed).normal(0, sigma, photo.shape)
    return np.clip(photo + noise, 0, 255).astype(np.uint8)


def glaring(photo):
    """A lamp's reflection in a dark room."""
    height, width = photo.shape[:2]
    y, x = np.mgrid[:height, :width]
    spot = np.exp(-(((x - 0.72 * width) ** 2 + (y - 0.2 * height) ** 2) / (0.13 * width) ** 2))
    return np.clip(photo * 0.45 + 130 * spot[..., None], 0, 255).astype(np.uint8)


def smaller(photo, longest):
    scale = longest / max(photo.shape[:2])
    return cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def jpeg(photo, quality=92):
    out = io.BytesIO()
    Image.fromarray(photo).save(out, "JPEG", quality=quality)
    return out.getvalue()


CONDITIONS = {
    "clean": jpeg,
    "turned 6": lambda p: jpeg(turned(p, 6)),
    "turned -15": lambda p: jpeg(turned(p, -15)),
    "turned 90": lambda p: jpeg(turned(p, 90)),
    "turned 180": lambda p: jpeg(turned(p, 180)),
    "blur 2": lambda p: jpeg(blurred(p, 2)),
    "blur 4": lambda p: jpeg(blurred(p, 4)),
    "JPEG 10": lambda p: jpeg(p, 10),
    "noise 25": lambda p: jpeg(noisy(p, 25)),
    "perspective": lambda p: jpeg(aslant(p)),
    "glare, dark": lambda p: jpeg(glaring(p)),
    "700 px": lambda p: jpeg(smaller(p, 700)),
    "all at once": lambda p: jpeg(noisy(blurred(turned(aslant(p), 4), 1.2), 10), 35),
}
"""The strongest blur is ``blur 4``: it must be refused rather than read."""


def photographed(sheet, condition):
    return CONDITIONS[condition](on_a_table(sheet))
