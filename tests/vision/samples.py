"""Files inside wheels that the drawn papers use; nothing of the wheels is imported."""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageFont


def inside(package, *path):
    """Return a file of an installed package without importing it."""
    return Path(find_spec(package).submodule_search_locations[0], *path)


@lru_cache
def font(size):
    """Noto Sans SC (OFL), which holds rare signs too."""
    return ImageFont.truetype(str(inside("zhplot", "fonts", "NotoSansSC-Regular.ttf")), size)


@lru_cache
def astronaut():
    """NASA's portrait of Eileen Collins, public domain: 512 x 512."""
    with Image.open(inside("skimage", "data", "astronaut.png")) as picture:
        return picture.convert("RGB")


@lru_cache
def _cut_out():
    """Where the person is, softly: 1 inside, 0 behind her (GrabCut, once)."""
    import cv2

    picture = np.array(_framed())[:, :, ::-1].copy()
    mask = np.full(picture.shape[:2], cv2.GC_PR_BGD, np.uint8)
    height, width = mask.shape
    mask[int(0.62 * height) :, int(0.08 * width) : int(0.86 * width)] = cv2.GC_PR_FGD
    cv2.ellipse(mask, (int(0.49 * width), int(0.36 * height)), (70, 95), 0, 0, 360, cv2.GC_FGD, -1)
    mask[int(0.75 * height) :, int(0.25 * width) : int(0.7 * width)] = cv2.GC_FGD
    mask[: int(0.08 * height)] = cv2.GC_BGD
    mask[: int(0.5 * height), : int(0.14 * width)] = cv2.GC_BGD
    mask[: int(0.5 * height), int(0.84 * width) :] = cv2.GC_BGD
    scratch = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(1)
    cv2.grabCut(picture, mask, None, *scratch, 6, cv2.GC_INIT_WITH_MASK)
    inside = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.uint8)
    parts, labels, stats, _ = cv2.connectedComponentsWithStats(inside)
    inside = (labels == 1 + stats[1:, cv2.CC_STAT_AREA].argmax()).astype(np.float32)
    return cv2.GaussianBlur(inside, (0, 0), 1.2)


def _framed():
    return astronaut().crop((72, 0, 72 + 302, 402)).resize((302, 402))


def portrait(background=(255, 255, 255)):
    """The portrait before another wall, 604 x 804; ``background``: RGB, or None for her own."""
    picture = np.array(_framed(), np.float32)
    if background is not None:
        weight = _cut_out()[..., None]
        picture = picture * weight + np.array(background, np.float32) * (1 - weight)
    return Image.fromarray(picture.astype(np.uint8)).resize((604, 804), Image.LANCZOS)
