"""Where lines of text lie to one another, however the camera was held."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

Corners = tuple[tuple[float, float], ...]

TURNS = (0, 90, 180, 270)


@dataclass(frozen=True, slots=True)
class Line:
    """A run of text: what it says, how far it can be trusted, its four corners in pixels."""

    text: str
    score: float
    corners: Corners


@dataclass(frozen=True, slots=True)
class Run:
    """A line of text as it would lie on an upright page."""

    text: str
    score: float
    left: float
    right: float
    top: float
    bottom: float

    @property
    def height(self) -> float:
        """Return pixels, never zero."""
        return max(1.0, self.bottom - self.top)

    def beside(self, other: Run) -> bool:
        """Tell whether another begins to the right, on the same row."""
        shared = min(self.bottom, other.bottom) - max(self.top, other.top)
        low = min(self.height, other.height)
        return shared > 0.4 * low and other.left > self.right - 0.6 * self.height

    def above(self, other: Run) -> bool:
        """Tell whether another stands right below, not farther than two rows."""
        shared = min(self.right, other.right) - max(self.left, other.left)
        gap = other.top - self.bottom
        return shared > 0 and -0.3 * self.height < gap < 1.8 * self.height


def pages(lines: Sequence[Line]) -> Iterator[tuple[float, tuple[Run, ...]]]:
    """Yield the lines as runs on a page, for each way the page may lie: one of them is right.

    With each the angle in degrees, clockwise, by which it lies in the picture.
    """
    if not lines:
        return
    slant = _slant(lines)
    for turn in TURNS:
        angle = slant + math.radians(turn)
        runs = (_run(line, angle) for line in lines)
        yield math.degrees(angle), tuple(sorted(runs, key=lambda run: (run.top, run.left)))


def _slant(lines: Iterable[Line]) -> float:
    """Return by how much rows slope, a right angle left open: the median over long lines."""
    slopes: list[tuple[float, float]] = []
    for line in lines:
        (ax, ay), (bx, by), (cx, cy), *_ = line.corners
        along, across = (bx - ax, by - ay), (cx - bx, cy - by)
        longer = along if math.hypot(*along) >= math.hypot(*across) else across
        angle = math.atan2(longer[1], longer[0])
        slopes.append((math.hypot(*longer), (angle + math.pi / 4) % (math.pi / 2) - math.pi / 4))
    longest = max(length for length, _ in slopes)
    return median(slope for length, slope in slopes if length >= 0.4 * longest)


def _run(line: Line, angle: float) -> Run:
    """Turn a line back; where it slopes more than the page, its middle decides its row."""
    cos, sin = math.cos(-angle), math.sin(-angle)
    points = [(x * cos - y * sin, x * sin + y * cos) for x, y in line.corners]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    middle = sum(ys) / len(ys)
    # of four corners the two middle heights bound what is printed, whatever is left of the slope
    ordered = sorted(ys)
    half = (ordered[2] + ordered[3] - ordered[0] - ordered[1]) / 4
    return Run(line.text, line.score, min(xs), max(xs), middle - half, middle + half)
