"""Points set by hand, for faces that cannot be found: five of them place all landmarks."""

from __future__ import annotations

import json
import re

import numpy as np
import torch

from ..errors import InputError
from ..types import Portrait
from .landmarks import FIVE_POINTS, LANDMARKS, five_points
from .portrait import from_landmarks

AVERAGE_FACE = np.array([
    (0.318, 0.394), (0.380, 0.380), (0.442, 0.388), (0.558, 0.388), (0.620, 0.380), (0.682, 0.394),
    (0.344, 0.449), (0.392, 0.432), (0.440, 0.452), (0.392, 0.464), (0.560, 0.452), (0.608, 0.432), (0.656, 0.449), (0.608, 0.464),
    (0.500, 0.452), (0.500, 0.608), (0.462, 0.616), (0.538, 0.616), (0.415, 0.686), (0.585, 0.686),
    (0.500, 0.671), (0.500, 0.682), (0.500, 0.690), (0.500, 0.710),
    (0.284, 0.578), (0.360, 0.784), (0.500, 0.833), (0.640, 0.784), (0.716, 0.578),
])  # fmt: skip
"""[29, 2], LANDMARKS in crop units: the mean of the drawn faces at rest. Source: ours."""

FORM = "five lines `x y` in pixels: left eye, right eye, nose tip, left and right corner of the mouth as you see them"
_NUMBER = re.compile(r"[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?")


def portrait_from_points(image: np.ndarray, text: str) -> Portrait:
    """The portrait of the face that points say.

    Args:
        image: uint8 [H, W, 3], RGB.
        text: See `parse_points`.

    Raises:
        InputError: The text cannot be read, or a point lies outside the picture.
    """
    points = parse_points(text)
    height, width = image.shape[:2]
    outside = [point for point in points if not (0 <= point[0] <= width and 0 <= point[1] <= height)]
    if outside:
        raise InputError(f"point {outside[0][0]:g} {outside[0][1]:g} lies outside the {width}x{height} picture; give {FORM}.")
    return from_landmarks(image, points if len(points) == len(LANDMARKS) else place_landmarks(points))


def parse_points(text: str) -> np.ndarray:
    """Points [5, 2] or [29, 2]: one `x y` a line, or the JSON list of {"x": ..., "y": ...} that point editors give.

    Raises:
        InputError: It is neither, or another number of points.
    """
    if text.lstrip().startswith("["):
        try:
            pairs = [(float(entry["x"]), float(entry["y"])) for entry in json.loads(text)]
        except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise InputError(f'points is no list of {{"x": ..., "y": ...}} ({error}); give that, or {FORM}.') from error
    else:
        pairs = [_pair(line) for line in text.splitlines() if line.strip()]
    if len(pairs) not in (len(FIVE_POINTS), len(LANDMARKS)):
        raise InputError(f"points holds {len(pairs)} points; give {FORM}.")
    return np.array(pairs, np.float32)


def _pair(line: str) -> tuple[float, float]:
    numbers = _NUMBER.findall(line)
    if len(numbers) != 2:
        raise InputError(f"points has the line '{line.strip()}', which is not two numbers; give {FORM}.")
    return float(numbers[0]), float(numbers[1])


def place_landmarks(points: np.ndarray) -> np.ndarray:
    """All landmarks [29, 2] of an average face that is turned, scaled and sheared so that its five points lie at `points` [5, 2]."""
    average = five_points(torch.from_numpy(AVERAGE_FACE)).numpy()  # [5, 2]
    affine = np.linalg.lstsq(np.column_stack([average, np.ones(len(average))]), points.astype(np.float64), rcond=None)[0]  # [3, 2]
    return (np.column_stack([AVERAGE_FACE, np.ones(len(AVERAGE_FACE))]) @ affine).astype(np.float32)
