"""A portrait with what was found on it: box, landmarks, and the square that the network sees."""

from __future__ import annotations

import cv2
import numpy as np

from ..face.landmarks import INDEX, MAPS
from ..types import Portrait
from .canvas import ACCENT

_LINES = (120, 220, 255)
_CROP = (255, 255, 255)
_LARGEST_SIDE = 1536
_SHIFT = 4
"""OpenCV draws at sixteenths of a pixel."""


def draw_portrait(portrait: Portrait) -> np.ndarray:
    """uint8 [H, W, 3]: the picture, at most 1536 pixels long, with landmark lines, points, face box and crop square."""
    scale = min(1.0, _LARGEST_SIDE / max(portrait.image.shape[:2]))
    sheet = cv2.resize(portrait.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else portrait.image.copy()
    width = max(1, round(max(sheet.shape[:2]) / 500))
    points = portrait.landmarks.astype(np.float64) * scale
    from_crop = np.linalg.inv(np.vstack([portrait.to_crop, [0, 0, 1]]))[:2]
    corners = np.array([[0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]]) @ from_crop.T * scale
    left, top, right, bottom = (value * scale for value in portrait.box)
    _polyline(sheet, corners, _CROP, width, closed=True)
    _polyline(sheet, np.array([[left, top], [right, top], [right, bottom], [left, bottom]]), ACCENT, width, closed=True)
    for lines in MAPS.values():
        for line in lines:
            _polyline(sheet, points[[INDEX[name] for name in line]], _LINES, width, closed=False)
    for point in points:
        centre = np.rint(point * 2**_SHIFT).astype(int)
        cv2.circle(sheet, (int(centre[0]), int(centre[1])), (width + 1) << _SHIFT, ACCENT, -1, cv2.LINE_AA, _SHIFT)
    return sheet


def _polyline(sheet: np.ndarray, points: np.ndarray, colour: tuple[int, int, int], width: int, closed: bool) -> None:
    fixed = np.rint(points * 2**_SHIFT).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(sheet, [fixed], closed, colour, width, cv2.LINE_AA, _SHIFT)
