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
    height, width = picture.shape[:2]
    mask = np.full((height, width), cv2.GC_BGD, np.uint8)
    head = (116, 115)
    cv2.ellipse(mask, head, (82, 112), 0, 0, 360, cv2.GC_PR_FGD, -1)
    cv2.ellipse(mask, (head[0], head[1] + 14), (44, 62), 0, 0, 360, cv2.GC_FGD, -1)
    mask[207:] = cv2.GC_PR_FGD
    mask[262:, 12:220] = cv2.GC_FGD
    scratch = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(1)
    cv2.grabCut(picture, mask, None, *scratch, 6, cv2.GC_INIT_WITH_MASK)
    inside = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.uint8)
    _parts, labels, stats, _centres = cv2.connectedComponentsWithStats(inside)
    inside = (labels == 1 + stats[1:, cv2.CC_STAT_AREA].argmax()).astype(np.float32)
    return cv2.GaussianBlur(inside, (0, 0), 1.2)


def _framed():
    return astronaut().crop((104, 2, 336, 311))


def portrait(background=(255, 255, 255)):
    """The portrait before another wall, 604 x 804; ``background``: RGB, or None for her own."""
    picture = np.array(_framed(), np.float32)
    if background is not None:
        weight = _cut_out()[..., None]
        picture = picture * weight + np.array(background, np.float32) * (1 - weight)
    return Image.fromarray(picture.astype(np.uint8)).resize((604, 804), Image.LANCZOS)
